import type { Finding, Reading } from './finding.js';
import { postalCode, readZip } from './postal.js';
import { countryCode, countryName, stateCode } from './regions.js';
import { isCity, splitStreetAndCity, startsAsStreet, takeUnit } from './street.js';
import { onOneLine, trimText } from './text.js';

/** The parts of an address; blank parts are empty texts. `country` is an ISO code. */
export interface Address {
  readonly street: string;
  readonly unit: string;
  readonly city: string;
  readonly state: string;
  readonly zip: string;
  readonly country: string;
}

const NOTHING: Address = { street: '', unit: '', city: '', state: '', zip: '', country: '' };

/** Longer texts are refused by their limit before; this only bounds the work. */
const ADDRESS_CHARACTERS_MAX = 1_000;

/** More parts than this are no address. */
const SEGMENTS_MAX = 10;

/** Countries that write the postal code before the city: `10115 Berlin`. */
const CODE_BEFORE_CITY = new Set([
  'DE',
  'AT',
  'CH',
  'FR',
  'ES',
  'IT',
  'BE',
  'DK',
  'NO',
  'SE',
  'NL',
  'CZ',
  'SK',
  'PL',
  'PT',
]);

/**
 * A whole address in its parts (NRM-010). `country` is the ISO code that an address without one belongs to. When the
 * split is not certain the whole text stays in `street` with `ADDRESS_NOT_SPLIT`, so nothing is thrown away (NRM-011).
 */
export function readAddress(text: string, country: string): Reading<Address | undefined> {
  const written = trimText(text);
  if (written === '') return { value: undefined, findings: [] };
  const whole: Reading<Address> = { value: { ...NOTHING, street: written }, findings: [{ code: 'ADDRESS_NOT_SPLIT' }] };
  if (written.length > ADDRESS_CHARACTERS_MAX) return whole;

  const segments = written
    .split(/[\r\n,;]/)
    .map(onOneLine)
    .filter((segment) => segment !== '');
  if (segments.length > SEGMENTS_MAX) return whole;
  const named = takeCountry(segments);
  const at = named.country ?? country;
  const split =
    splitAmerican(named.segments, named.country, country) ??
    splitBritish(named.segments, at) ??
    splitContinental(named.segments, at);
  return split === undefined ? whole : { value: split.address, findings: split.findings };
}

/** An address on one line, as shown and exported; read again, it gives the same parts. */
export function formatAddress(address: Address): string {
  const { street, unit, city, state, zip } = address;
  const country = countryName(address.country);
  if (CODE_BEFORE_CITY.has(address.country))
    return joined([joined([street, unit], ' '), joined([zip, city], ' '), country]);
  if (address.country === 'GB') return joined([joined([street, unit], ' '), city, zip, country]);
  return joined([joined([street, unit], ' '), city, joined([state, zip], ' '), country]);
}

type Split = { readonly address: Address; readonly findings: readonly Finding[] };

/** The country named last: a part of its own, or the last word of the last part. */
function takeCountry(segments: readonly string[]): { segments: string[]; country?: string } {
  const last = segments.at(-1) ?? '';
  const code = countryOf(last);
  if (code !== undefined && segments.length > 1) return { segments: segments.slice(0, -1), country: code };
  const cut = last.lastIndexOf(' ');
  const tail = countryOf(last.slice(cut + 1));
  const isAfterCode = /\d[A-Z]{0,2}$/i.test(last.slice(0, Math.max(cut, 0)));
  if (cut < 0 || tail === undefined || !isAfterCode) return { segments: [...segments] };
  return { segments: [...segments.slice(0, -1), last.slice(0, cut)], country: tail };
}

/** `CA`, `DE`, `IN` at the end of an address are states; only longer names and the codes that are no state count. */
function countryOf(text: string): string | undefined {
  const isState = text.length === 2 && (stateCode(text, 'US') ?? stateCode(text, 'CA')) !== undefined;
  return isState || text.length < 2 ? undefined : countryCode(text);
}

/** United States and Canada: `…, city, state zip` or all in one part. */
function splitAmerican(segments: readonly string[], named: string | undefined, usual: string): Split | undefined {
  const candidates = named === undefined ? [...new Set([usual, 'US', 'CA'])] : [named];
  for (const country of candidates.filter((code) => code === 'US' || code === 'CA')) {
    const tail = takeStateAndZip(segments, country);
    if (tail === undefined || (tail.zip === '' && country !== (named ?? usual))) continue;
    const front = splitFront(tail.segments);
    if (front === undefined) continue;
    const zip = readZip(tail.zip, country, tail.state);
    return { address: { ...front, state: tail.state, zip: zip.value, country }, findings: zip.findings };
  }
  return undefined;
}

/** Takes the ZIP and the state off the end; what is left ends with the city. */
function takeStateAndZip(
  segments: readonly string[],
  country: string,
): { segments: string[]; state: string; zip: string } | undefined {
  const words = (segments.at(-1) ?? '').split(' ');
  const zipWords = [2, 1].find((count) => isZip(words.slice(-count).join(' '), country) && words.length >= count) ?? 0;
  const zip = words.slice(words.length - zipWords).join(' ');
  let rest = [...segments.slice(0, -1), words.slice(0, words.length - zipWords).join(' ')].filter(
    (part) => part !== '',
  );
  const last = (rest.at(-1) ?? '').split(' ');
  const stateWords = stateWordsAtEnd(last, country);
  if (stateWords === undefined) return undefined;
  const state = stateCode(last.slice(-stateWords).join(' '), country) ?? '';
  const city = last.slice(0, -stateWords).join(' ');
  rest = [...rest.slice(0, -1), city].filter((part) => part !== '');
  return { segments: rest, state, zip };
}

/** How many words at the end name a state: a code of two letters, or the longest name (`West Virginia`). */
function stateWordsAtEnd(words: readonly string[], country: string): number | undefined {
  if (words.at(-1)?.length === 2 && stateCode(words.at(-1) ?? '', country) !== undefined) return 1;
  const counts = [3, 2, 1].filter((count) => count <= words.length);
  return counts.find((count) => stateCode(words.slice(-count).join(' '), country) !== undefined);
}

function isZip(text: string, country: string): boolean {
  return postalCode(text, country) !== undefined || (country === 'US' && /^\d{4}$/.test(text));
}

/** Street, unit and city of the parts before the state. */
function splitFront(segments: readonly string[]): Pick<Address, 'street' | 'unit' | 'city'> | undefined {
  const [first = '', ...rest] = segments;
  if (segments.length === 1) return splitStreetAndCity(first);
  const city = rest.at(-1) ?? '';
  const between = rest.slice(0, -1);
  const street = takeUnit(first);
  if (street === undefined || !startsAsStreet(first) || !isCity(city) || between.length > 1) return undefined;
  const [extra] = between;
  if (extra === undefined) return { ...street, city };
  const unit = takeUnit(`0 ${extra}`);
  if (street.unit !== '' || unit?.street !== '0') return undefined;
  return { street: street.street, unit: extra, city };
}

/** United Kingdom: `street, city, postcode`, or city and postcode in one part. */
function splitBritish(segments: readonly string[], country: string): Split | undefined {
  if (country !== 'GB') return undefined;
  const words = (segments.at(-1) ?? '').split(' ');
  const zip = postalCode(words.slice(-2).join(' '), 'GB');
  if (zip === undefined) return undefined;
  const front = [...segments.slice(0, -1), words.slice(0, -2).join(' ')].filter((part) => part !== '');
  const [first = '', city = '', ...more] = front;
  const street = takeUnit(first);
  if (more.length > 0 || street === undefined || !isCity(city)) return undefined;
  return { address: { ...street, city, state: '', zip, country }, findings: [] };
}

/** The continent: `street, 10115 Berlin`. */
function splitContinental(segments: readonly string[], country: string): Split | undefined {
  const [street = '', last = '', ...more] = segments;
  if (!CODE_BEFORE_CITY.has(country) || more.length > 0 || !/\d/.test(street)) return undefined;
  const words = last.split(' ');
  const codeWords = [2, 1].find((count) => postalCode(words.slice(0, count).join(' '), country) !== undefined);
  const zip = codeWords === undefined ? undefined : postalCode(words.slice(0, codeWords).join(' '), country);
  const city = words.slice(codeWords).join(' ');
  if (zip === undefined || !isCity(city)) return undefined;
  return { address: { ...NOTHING, street, city, zip, country }, findings: [] };
}

function joined(parts: readonly string[], separator = ', '): string {
  return parts.filter((part) => part !== '').join(separator);
}
