import type { Cell } from './file.facts.js';
import type { NumberStyle, PatternSection } from './xlsx.styles.js';

const DAY_SECONDS = 86_400;
/** The serial of 9999-12-31; Excel shows nothing beyond it as a date. */
const SERIAL_MAX = 2_958_465;
/** Excel keeps 15 significant digits. */
const DIGITS_MAX = 15;

/** A number of a worksheet as the cell it stands for, and whether it has more digits than Excel keeps. */
export interface NumberCell {
  readonly cell: Cell;
  readonly isPrecisionLost: boolean;
}

/**
 * The text of a number (FIL-011, FIL-012): a date by the workbook's epoch, the displayed text of a padding or special
 * format, else the shortest exact decimal without exponent.
 * @param raw the value as the part has it
 */
export function numberCell(raw: string, style: NumberStyle | undefined, epoch: 1900 | 1904): NumberCell | undefined {
  const value = Number(raw);
  if (raw.trim().length === 0 || !Number.isFinite(value)) return undefined;
  if (style?.kind === 'date' || style?.kind === 'time') {
    const text = style.kind === 'date' || value >= 1 ? serialDate(value, epoch) : timeOfDay(value);
    if (style.kind === 'time') return { cell: { text: value >= 1 && text !== undefined ? durationOrDate(value, text) : (text ?? decimalText(value)) }, isPrecisionLost: false };
    if (text !== undefined) return { cell: { text, kind: 'date' }, isPrecisionLost: false };
  }
  const isPrecisionLost = digitsOf(value) > DIGITS_MAX;
  const text = style?.kind === 'pattern' ? displayed(value, style.sections) : decimalText(value);
  return { cell: { text, kind: 'number' }, isPrecisionLost };
}

/** The shortest decimal that reads back as the same number, never with an exponent: 1e21 is 22 digits. */
export function decimalText(value: number): string {
  const short = String(value === 0 ? 0 : value);
  const parts = /^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(short);
  if (parts === null) return short;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = parts;
  const shift = Number(exponent);
  if (shift < 0) return `${sign}0.${'0'.repeat(-shift - whole.length)}${whole}${fraction}`;
  return `${sign}${whole}${fraction}${'0'.repeat(shift - fraction.length)}`;
}

/** Significant digits; every digit before the point counts, since Excel fills up with zeros what it has lost. */
function digitsOf(value: number): number {
  const text = decimalText(Math.abs(value)).replace(/^0\.0*/, '');
  return text.replace('.', '').length;
}

/**
 * A serial as `YYYY-MM-DD`, with `THH:mm:ss` when it has a time; undefined for what is no date. Computed in whole
 * days and seconds: no time zone is ever involved.
 */
export function serialDate(serial: number, epoch: 1900 | 1904): string | undefined {
  if (serial < 0 || serial >= SERIAL_MAX + 1) return undefined;
  let day = Math.floor(serial);
  let second = Math.round((serial - day) * DAY_SECONDS);
  if (second === DAY_SECONDS) [day, second] = [day + 1, 0];
  const date = dayText(day, epoch);
  return second === 0 ? date : `${date}T${clock(second)}`;
}

function dayText(day: number, epoch: 1900 | 1904): string {
  if (epoch === 1904) return isoDay(Date.UTC(1904, 0, 1 + day));
  // Excel has a 29 February 1900, which never was; it is shown as Excel shows it and refused as a date later.
  if (day === 60) return '1900-02-29';
  return isoDay(Date.UTC(1899, 11, day < 60 ? 31 + day : 30 + day));
}

/** Birthdays and signing dates repeat; a century of days is 36,525. */
const DAYS_CACHED_MAX = 50_000;
const daysCached = new Map<number, string>();

function isoDay(ms: number): string {
  const cached = daysCached.get(ms);
  if (cached !== undefined) return cached;
  const day = new Date(ms).toISOString().slice(0, 10);
  if (daysCached.size < DAYS_CACHED_MAX) daysCached.set(ms, day);
  return day;
}

function timeOfDay(value: number): string | undefined {
  if (value < 0) return undefined;
  return clock(Math.round(value * DAY_SECONDS));
}

/** A format that shows only a time stands for hours beyond a day as long as they are few, else for a moment. */
function durationOrDate(value: number, date: string): string {
  return value < 1_000 ? clock(Math.round(value * DAY_SECONDS)) : date;
}

function clock(seconds: number): string {
  const two = (part: number): string => String(part).padStart(2, '0');
  return `${two(Math.floor(seconds / 3_600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** What Excel shows for a whole-number pattern: digits fill the placeholders from the right. */
function displayed(value: number, sections: readonly PatternSection[]): string {
  const [first, second] = sections;
  const isFirst = first?.condition === undefined ? value >= 0 || second === undefined : holds(value, first.condition);
  const section = isFirst ? first : (second ?? first);
  if (section === undefined) return decimalText(value);
  const needsSign = value < 0 && (isFirst || section.condition !== undefined);
  let digits = decimalText(Math.round(Math.abs(value)));
  if (digits === '0') digits = '';
  let text = '';
  const firstPlaceholder = section.tokens.findIndex(({ placeholder }) => placeholder);
  for (let at = section.tokens.length - 1; at >= 0; at -= 1) {
    const token = section.tokens[at];
    if (token === undefined) continue;
    if (!token.placeholder) {
      text = token.text + text;
      continue;
    }
    // Digits for which no placeholder is left stand before the first one.
    const take = at === firstPlaceholder ? digits : digits.slice(-1);
    digits = digits.slice(0, digits.length - take.length);
    text = (take.length > 0 ? take : token.text === '0' ? '0' : '') + text;
  }
  return needsSign ? `-${text}` : text;
}

function holds(value: number, { operator, than }: { readonly operator: string; readonly than: number }): boolean {
  switch (operator) {
    case '<':
      return value < than;
    case '<=':
      return value <= than;
    case '>':
      return value > than;
    case '>=':
      return value >= than;
    case '=':
      return value === than;
    default:
      return value !== than;
  }
}

const ISO = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2})(?::(\d{2}))?(?:\.\d+)?Z?)?$/;

/** An ISO 8601 cell (`t="d"`) in the same two forms as a serial; undefined for anything else. */
export function isoCell(raw: string): Cell | undefined {
  const parts = ISO.exec(raw.trim());
  if (parts === null) return undefined;
  const [, day = '', minutes, seconds = '00'] = parts;
  const time = minutes === undefined ? '00:00:00' : `${minutes}:${seconds}`;
  return { text: time === '00:00:00' ? day : `${day}T${time}`, kind: 'date' };
}

/** Excel writes characters XML has no place for as `_x000D_`. */
export function decodeEscapes(text: string): string {
  if (!text.includes('_x')) return text;
  return text.replace(/_x([0-9a-fA-F]{4})_/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
