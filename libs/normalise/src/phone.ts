import { isSupportedCountry, parsePhoneNumberFromString, type PhoneNumber } from 'libphonenumber-js/max';
import type { Finding, Reading } from './finding.js';
import { readNorthAmerican } from './phone-north-america.js';
import { isPlaceholder } from './placeholder.js';
import { onOneLine, trimText } from './text.js';

/** Ten numbers with their extensions and words fit; more is prose. */
const CELL_CHARACTERS_MAX = 400;

/** How many readings are remembered; a file repeats the numbers of households and offices. */
const REMEMBERED_MAX = 10_000;

const EXTENSION = /[\s,;]{0,3}(?:;ext=|\bextension\b|\bextn?\b|(?<=[\d)\s.-])x(?=[\s.:]?\d)|#)[\s.:#]{0,3}(\d{1,7})$/i;
const SCIENTIFIC = /^[+-]?\d{1,20}(?:[.,]\d{1,20})?e[+-]?\d{1,3}$/i;
const SEPARATOR = /[;|\n\r]|,|\s\/\s|\/|\s(?:or|and|und|oder|&)\s/i;

const remembered = new Map<string, Reading<string[]>>();

/**
 * The phone numbers of a cell, the first one primary (NRM-025), in canonical text: E.164, and `;ext=204` when there is
 * an extension. `country` is the ISO code that numbers without `+` belong to. A number is taken when its length and
 * country code are possible (NRM-026); anything else is an error of the whole cell.
 */
export function readPhones(text: string, country: string): Reading<string[]> {
  const plain = readNorthAmerican(text, country);
  if (plain !== undefined) return plain;
  const key = `${country}\n${text}`;
  const known = remembered.get(key);
  if (known !== undefined) return known;
  const reading = readByLibrary(text, country);
  if (remembered.size >= REMEMBERED_MAX) remembered.clear();
  if (key.length <= CELL_CHARACTERS_MAX) remembered.set(key, reading);
  return reading;
}

/** A stored number as people of this country read it: national form at home, international elsewhere. */
export function formatPhone(canonical: string, country: string): string {
  const { number, extension } = splitExtension(canonical);
  const parsed = parsePhoneNumberFromString(number);
  if (parsed === undefined) return canonical;
  const shown = parsed.country === country ? parsed.formatNational() : parsed.formatInternational();
  return extension === undefined ? shown : `${shown} ext. ${extension}`;
}

/** The E.164 number and the extension of a stored number. */
export function splitExtension(canonical: string): { number: string; extension?: string } {
  if (!canonical.includes(';ext=')) return { number: canonical };
  const [number = '', extension] = canonical.split(';ext=', 2);
  return extension === undefined ? { number } : { number, extension };
}

/** Any cell, by the library of numbering plans alone. */
export function readByLibrary(text: string, country: string): Reading<string[]> {
  const trimmed = trimText(text);
  if (trimmed === '') return { value: [], findings: [] };
  if (trimmed.length > CELL_CHARACTERS_MAX) return { value: [], findings: [invalid(trimmed)] };
  if (isPlaceholder(trimmed))
    return { value: [], findings: [{ code: 'VALUE_PLACEHOLDER', params: { text: trimmed } }] };
  const compact = trimmed.replaceAll(' ', '');
  if (SCIENTIFIC.test(compact)) {
    return { value: [], findings: [{ code: 'SCIENTIFIC_NOTATION', params: { value: trimmed, text: trimmed } }] };
  }
  const several = trimmed
    .split(SEPARATOR)
    .map(trimText)
    .filter((piece) => piece !== '');
  const readings = several.map((piece) => readOne(piece, country));
  if (several.length > 1 && readings.every((reading) => reading.number !== undefined)) {
    const numbers = [...new Set(readings.flatMap((reading) => reading.number ?? []))];
    const split: Finding[] = numbers.length > 1 ? [{ code: 'CELL_SPLIT', params: { n: numbers.length } }] : [];
    return { value: numbers, findings: [...split, ...readings.flatMap((reading) => reading.findings)] };
  }
  const whole = readOne(onOneLine(trimmed), country);
  return { value: whole.number === undefined ? [] : [whole.number], findings: whole.findings };
}

function readOne(text: string, country: string): { number?: string; findings: Finding[] } {
  const written = text.replace(/^tel:/i, '').replace(/^(\+?\d{6,15})\.0$/, '$1');
  const match = EXTENSION.exec(written);
  const main = trimText(match === null ? written : written.slice(0, match.index)).replace(
    /^((?:\+|00|011)[\d\s().-]{0,8})\(0\)/,
    '$1',
  );
  // Letters are never turned into digits: a word in a number is refused, not dialled.
  if (!/\p{N}/u.test(main) || /\p{L}/u.test(main) || main.lastIndexOf('+') > 0) return { findings: [invalid(text)] };

  const parsed = parse(main, country);
  if (parsed === undefined) return { findings: [unclear(main, text) ?? invalid(text)] };
  const number = match?.[1] === undefined ? parsed.number : `${parsed.number};ext=${match[1]}`;
  return { number, findings: parsed.isValid() ? [] : [{ code: 'PHONE_NOT_ASSIGNED', params: { number } }] };
}

function parse(text: string, country: string): PhoneNumber | undefined {
  const home = isSupportedCountry(country) ? { defaultCountry: country } : {};
  const parsed = parsePhoneNumberFromString(text, { ...home, extract: false });
  return parsed !== undefined && parsed.isPossible() && hasAreaCode(parsed) ? parsed : undefined;
}

/** North American area codes start with 2 to 9 (NRM-026). */
function hasAreaCode(number: PhoneNumber): boolean {
  return number.countryCallingCode !== '1' || /^[2-9]\d{9}$/.test(number.nationalNumber);
}

/** Digits that would be a number with `+` in front: the country is asked for, never assumed. */
function unclear(main: string, text: string): Finding | undefined {
  if (main.startsWith('+')) return undefined;
  const digits = main.replace(/\D/g, '').replace(/^00/, '');
  const parsed = digits.length < 8 ? undefined : parsePhoneNumberFromString(`+${digits}`);
  if (parsed === undefined || !parsed.isValid()) return undefined;
  return { code: 'PHONE_COUNTRY_UNCLEAR', params: { text }, suggestion: parsed.number };
}

function invalid(text: string): Finding {
  return { code: 'PHONE_INVALID', params: { text } };
}
