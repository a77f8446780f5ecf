/** Zero-width and direction marks that stand at the ends of cells copied from web pages; `\s` does not cover them. */
const ZERO_WIDTH = new Set(
  '\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff\u00ad',
);

/** Letters that do not fall apart into a letter and an accent. */
const PLAIN_LETTERS = new Map([
  ['ß', 'ss'],
  ['æ', 'ae'],
  ['œ', 'oe'],
  ['ø', 'o'],
  ['đ', 'd'],
  ['ð', 'd'],
  ['ł', 'l'],
  ['þ', 'th'],
  ['ı', 'i'],
  ['ħ', 'h'],
  ['ŧ', 't'],
]);

const PLAIN_LETTER = new RegExp(`[${[...PLAIN_LETTERS.keys()].join('')}]`, 'g');

const ASCII = /^[\x00-\x7e]*$/;

/**
 * A cell as it is stored: Unicode as NFC, without white space at its ends, no-break and zero-width characters
 * included (FIL-010). Inner text is untouched. Walks from both ends, so its time grows with the text only.
 */
export function trimText(text: string): string {
  if (isTrimmedAscii(text)) return text;
  const composed = text.normalize('NFC');
  let start = 0;
  let end = composed.length;
  while (start < end && isSpace(composed.charAt(start))) start += 1;
  while (end > start && isSpace(composed.charAt(end - 1))) end -= 1;
  return composed.slice(start, end);
}

/** A text on one line: every run of white space becomes one space. */
export function onOneLine(text: string): string {
  return trimText(text.replace(/\s+/g, ' '));
}

/**
 * A text reduced to what is compared: small letters and digits without accents, apostrophes dropped, any other
 * punctuation as one space. Letters of every script are kept.
 */
export function fold(text: string): string {
  return ASCII.test(text) ? foldAscii(text) : foldUnicode(text);
}

/** Most cells are plain ASCII and need neither decomposition nor the properties of Unicode: four times as fast. */
function foldAscii(text: string): string {
  return text
    .toLowerCase()
    .replace(/['`]/g, '')
    .replace(/[^a-z0-9]+/g, ' ')
    .trim();
}

function foldUnicode(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(PLAIN_LETTER, (letter) => PLAIN_LETTERS.get(letter) ?? letter)
    .replace(/['\u2018\u2019\u02bc`\u00b4]/g, '')
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, ' ')
    .trim()
    .normalize('NFC');
}

/** How many characters a person would count: code points, not UTF-16 units. */
export function characterCount(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** Whether nothing is to be done: visible ASCII at both ends and nothing but ASCII between. */
function isTrimmedAscii(text: string): boolean {
  const last = text.charCodeAt(text.length - 1);
  return text.charCodeAt(0) > 32 && last > 32 && ASCII.test(text);
}

function isSpace(character: string): boolean {
  return character.trim() === '' || ZERO_WIDTH.has(character);
}
