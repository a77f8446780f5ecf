import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { Reading } from './finding.js';

/** One number of ten digits in the usual dresses, with or without the country code, and nothing beside it. */
const PLAIN = /^(\+)?(?:1[ .-]?)?(?:\(([2-9]\d\d)\) ?|([2-9]\d\d)[ .-]?)(\d{3})[ .-]?(\d{4})$/;

/** Where ten digits without `+1` are a North American number. Other members of the plan complete numbers by rules of their own. */
const HOME = new Set(['US', 'CA']);

/** How many blocks are remembered; a firm's clients live in some thousands. */
const BLOCKS_MAX = 50_000;

/** Whether a block of a thousand numbers, known by its first seven digits, is assigned. */
const assigned = new Map<string, boolean>();

/**
 * A plain North American number exactly as the library of numbering plans reads it, for a fiftieth of its time;
 * undefined for anything that is not plain, which is the library's to read. What is assigned is decided by the first
 * seven digits in every member of the plan, so the library is asked once per block. A spec holds both to this.
 */
export function readNorthAmerican(text: string, country: string): Reading<string[]> | undefined {
  const match = PLAIN.exec(text);
  if (match === null) return undefined;
  const [, plus, bracketed, bare = bracketed ?? '', office = '', line = ''] = match;
  if (plus === undefined && !HOME.has(country)) return undefined;
  // A plus is followed by the country code: +4 and +41 are other countries.
  if (plus !== undefined && text.charCodeAt(1) !== ONE) return undefined;
  const number = `+1${bare}${office}${line}`;
  return { value: [number], findings: isAssigned(number) ? [] : [{ code: 'PHONE_NOT_ASSIGNED', params: { number } }] };
}

const ONE = '1'.charCodeAt(0);
const BLOCK_CHARACTERS = '+1'.length + 7;

function isAssigned(number: string): boolean {
  const block = number.slice(0, BLOCK_CHARACTERS);
  const known = assigned.get(block);
  if (known !== undefined) return known;
  if (assigned.size >= BLOCKS_MAX) assigned.clear();
  const answer = parsePhoneNumberFromString(number)?.isValid() === true;
  assigned.set(block, answer);
  return answer;
}
