import { fold } from './text.js';

/** Words a street's name ends with, folded. */
const STREET_WORDS = new Set(
  `alley aly av ave avenue bend blvd boulevard bypass circle cir close court ct cove crescent cres crossing drive dr
expressway expy freeway fwy gardens grove heights highway hwy junction lane ln loop mews parkway pkwy path pike place pl
plaza plz point ridge road rd route row run square sq st street terrace ter terr trail trl turnpike tpke view way wy walk`.split(
    /\s+/,
  ),
);

/** Short forms that no city starts with; `St` and `Mt` are left out. */
const STREET_ENDINGS = new Set('ave av blvd cir ct dr hwy ln pkwy pl rd sq ter terr trl wy'.split(' '));

const DIRECTIONS = new Set(
  'n s e w ne nw se sw north south east west northeast northwest southeast southwest'.split(' '),
);

/** Words that open a unit; the next word is its number. */
const UNIT_WORDS = new Set(
  'apt apartment ste suite unit rm room fl floor bldg building no lot spc space trlr office ofc ph penthouse'.split(
    ' ',
  ),
);

const PO_BOX = /^(?:p\.? ?o\.? ?|post office )box \w{1,10}$/i;

export interface Street {
  readonly street: string;
  readonly unit: string;
}

/**
 * A street with its unit taken off the end (`1420 Alder Ct Apt 3B`); undefined when the text is no street: it has
 * neither a number nor is it a PO box.
 */
export function takeUnit(text: string): Street | undefined {
  if (PO_BOX.test(text)) return { street: text, unit: '' };
  const words = text.split(' ');
  if (!words.some((word) => /\d/.test(word))) return undefined;
  const at = unitStart(words);
  if (at === undefined) return { street: text, unit: '' };
  return { street: words.slice(0, at).join(' ').replace(/[, ]$/, ''), unit: words.slice(at).join(' ') };
}

/** Whether a text can be a city: it holds no number and does not start as the rest of a street (`NW Atlanta`, `Ste B`). */
export function isCity(text: string): boolean {
  const first = fold(text).split(' ', 1).join('');
  const isRest = (DIRECTIONS.has(first) && first.length < 3) || UNIT_WORDS.has(first) || STREET_ENDINGS.has(first);
  return text !== '' && !isRest && !/[\d#@&()]/.test(text);
}

/** Whether a text starts as a street of North America and Britain does: with its number or as a PO box. */
export function startsAsStreet(text: string): boolean {
  return PO_BOX.test(text) || /\d/.test(text.split(' ', 1).join(''));
}

/**
 * Street, unit and city written without a comma (`500 W 2nd St Ste 1900 Austin`); undefined unless there is exactly one
 * place where the street can end.
 */
export function splitStreetAndCity(text: string): (Street & { city: string }) | undefined {
  const words = text.split(' ');
  const ends = words.flatMap((_, at) => (canEndStreet(words, at) ? [at + 1] : []));
  const [end, another] = ends;
  if (end === undefined || another !== undefined || end === words.length) return undefined;
  const street = takeUnit(words.slice(0, end).join(' '));
  const city = words.slice(end).join(' ');
  return street === undefined || !isCity(city) ? undefined : { ...street, city };
}

/** The street can end after its unit, else after a PO box number, else after a street word and its direction. */
function canEndStreet(words: readonly string[], at: number): boolean {
  const unit = words.findIndex((_, index) => isUnit(words, index));
  if (unit >= 0) return at === unit + (isHash(words[unit]) ? 0 : 1);
  const box = words.findIndex((word) => fold(word) === 'box');
  if (box > 0) return at === box + 1 && PO_BOX.test(words.slice(0, at + 1).join(' '));
  if (!/\d/.test(words[0] ?? '') || at < 2) return false;
  const isStreetEnd = (index: number): boolean => index >= 2 && STREET_WORDS.has(fold(words[index] ?? ''));
  const isDirection = (index: number): boolean => DIRECTIONS.has(fold(words[index] ?? ''));
  // "Main St St Louis": the second word of the pair belongs to the city.
  // "St South San Francisco": a direction in full belongs to either, so that two ends are possible and none is taken.
  const isShortDirection = isDirection(at + 1) && (words[at + 1] ?? '').length < 3;
  if (isStreetEnd(at)) return !isShortDirection && !isStreetEnd(at - 1);
  return isDirection(at) && isStreetEnd(at - 1);
}

function unitStart(words: readonly string[]): number | undefined {
  const last = words.length - 1;
  if (last >= 1 && isHash(words[last]))
    return UNIT_WORDS.has(fold(words[last - 1] ?? '')) && last > 1 ? last - 1 : last;
  return isUnit(words, last - 1) ? last - 1 : undefined;
}

function isUnit(words: readonly string[], at: number): boolean {
  if (at < 1) return false;
  if (isHash(words[at])) return true;
  const value = words[at + 1] ?? '';
  return UNIT_WORDS.has(fold(words[at] ?? '')) && /^(?:#?[A-Z]?-?\d{1,6}-?[A-Z]?|[A-Z])$/i.test(value);
}

function isHash(word: string | undefined): boolean {
  return word !== undefined && /^#\w{1,8}$/.test(word);
}
