import { monthByName, type Day } from './calendar.js';
import { fold } from './text.js';

/** Clock time of a cell; `offset` as written (`Z`, `+02:00`), absent when the text names no zone. */
export interface Clock {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
  readonly offset?: string;
}

/**
 * What the shape of a date text says before any order is chosen. `certain` has one reading, `numeric` has two numbers
 * whose order is open; `year` is as written, with `twoDigitYear` where the century is missing.
 */
export type DateShape =
  | { readonly kind: 'certain'; readonly day: Day; readonly twoDigitYear: boolean }
  | {
      readonly kind: 'numeric';
      readonly first: number;
      readonly second: number;
      readonly year: number;
      readonly twoDigitYear: boolean;
    }
  | { readonly kind: 'serial'; readonly serial: number };

/** Longer texts are no dates; the patterns below never see them. */
const DATE_CHARACTERS_MAX = 60;

const ISO = /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})$/;
const COMPACT = /^([12]\d{3})(\d{2})(\d{2})$/;
const NUMERIC = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})$/;
const SERIAL = /^\d{4,6}$/;
const CLOCK =
  /^(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?: ?([ap])\.?m\.?)?(?: ?(z|utc|gmt|[+-]\d{2}:?\d{2}|[+-]\d{2}))?$/i;
const WEEKDAY = /^(?:mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so)[a-z]{0,8}$/;

/** The date and the clock time in a text; undefined when it has no shape of a date. */
export function dateShape(text: string): { shape: DateShape; clock?: Clock } | undefined {
  if (text.length === 0 || text.length > DATE_CHARACTERS_MAX) return undefined;
  const { date, time } = splitTime(text);
  const clock = time === undefined ? undefined : readClock(time);
  if (time !== undefined && clock === undefined) return undefined;
  const shape = numericShape(date) ?? wordShape(date);
  if (shape === undefined) return undefined;
  return clock === undefined ? { shape } : { shape, clock };
}

/** The time starts at the last `T`, blank or comma before the first colon. */
function splitTime(text: string): { date: string; time?: string } {
  const colon = text.indexOf(':');
  if (colon < 0) return { date: text };
  const before = text.slice(0, colon);
  const cut = Math.max(before.lastIndexOf(' '), before.lastIndexOf('T'), before.lastIndexOf(','));
  if (cut < 0) return { date: text };
  return { date: text.slice(0, cut).replace(/[ ,]{1,3}$/, ''), time: text.slice(cut + 1) };
}

function readClock(text: string): Clock | undefined {
  const match = CLOCK.exec(text);
  if (match === null) return undefined;
  const [, hours, minutes, seconds, fraction, half, offset] = match;
  const isNoon = Number(hours) === 12;
  const shift = half === undefined ? 0 : half.toLowerCase() === 'p' ? (isNoon ? 0 : 12) : isNoon ? -12 : 0;
  const hour = Number(hours) + shift;
  const minute = Number(minutes);
  const second = Number(seconds ?? 0);
  const isTwelveHour = half === undefined || (Number(hours) >= 1 && Number(hours) <= 12);
  if (hour > 23 || minute > 59 || second > 59 || !isTwelveHour) return undefined;
  const millisecond = Math.trunc(Number(`0.${fraction ?? 0}`) * 1000);
  return { hour, minute, second, millisecond, ...(offset === undefined ? {} : { offset: offset.toUpperCase() }) };
}

function numericShape(text: string): DateShape | undefined {
  const iso = ISO.exec(text) ?? COMPACT.exec(text);
  if (iso !== null) {
    const [year, month, day] = [...iso]
      .slice(1)
      .filter((part) => /\d/.test(part))
      .map(Number);
    return { kind: 'certain', day: { year: year ?? 0, month: month ?? 0, day: day ?? 0 }, twoDigitYear: false };
  }
  const numeric = NUMERIC.exec(text);
  if (numeric !== null) {
    const [, first, separator, second, year] = numeric;
    const twoDigitYear = year?.length === 2;
    // Dots are day first wherever dates are written with them.
    return separator === '.'
      ? { kind: 'certain', day: { year: Number(year), month: Number(second), day: Number(first) }, twoDigitYear }
      : { kind: 'numeric', first: Number(first), second: Number(second), year: Number(year), twoDigitYear };
  }
  return SERIAL.test(text) ? { kind: 'serial', serial: Number(text) } : undefined;
}

/** `15 Jan 2024`, `Jan 15, 2024`, `15-Jan-24`, `15. Januar 2024`, `Monday, January 15th, 2024`, `15 de enero de 2024`. */
function wordShape(text: string): DateShape | undefined {
  const words = fold(text)
    .split(' ')
    .filter((word) => word !== 'de' && word !== 'of' && word !== 'del');
  const [head = '', ...rest] = words;
  const [a = '', b = '', year = '', ...more] = WEEKDAY.test(head) && rest.length === 3 ? rest : words;
  if (more.length > 0 || !/^(?:\d{4}|\d{2})$/.test(year)) return undefined;
  const month = monthByName(a) ?? monthByName(b);
  const day = dayOfWord(monthByName(a) === undefined ? a : b);
  if (month === undefined || day === undefined) return undefined;
  return { kind: 'certain', day: { year: Number(year), month, day }, twoDigitYear: year.length === 2 };
}

function dayOfWord(word: string): number | undefined {
  const match = /^(\d{1,2})(?:st|nd|rd|th|er|o|a)?$/.exec(word);
  return match === null ? undefined : Number(match[1]);
}
