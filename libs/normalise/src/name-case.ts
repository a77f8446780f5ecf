import { PARTICLES } from './name-words.js';
import { fold } from './text.js';

/** Scripts whose letters have one capital each; Greek has endings and accents that do not come back. */
const CASED = /^[\p{Script=Latin}\p{Script=Cyrillic}'’.]+$/u;

/**
 * Capitals of a name by the usual rule (NRM-003 `nameCase`): only words that are all capitals or all small change.
 * Initials, numerals such as `III` and small particles stay.
 */
export function fixCase(text: string): string {
  return text
    .split(' ')
    .map((word) => word.split('-').map(fixWord).join('-'))
    .join(' ')
    .normalize('NFC');
}

function fixWord(word: string): string {
  const letters = word.replace(/[^\p{L}]/gu, '');
  if (letters.length < 2 || !CASED.test(word) || /^(?:II|III|IV)$/.test(word) || /^(?:\p{L}\.){2,}$/u.test(word))
    return word;
  const isSmall = letters === letters.toLowerCase();
  if (!isSmall && letters !== letters.toUpperCase()) return word;
  if (isSmall && PARTICLES.has(fold(word))) return word;
  const capitalised = word
    .toLowerCase()
    .replace(/(^|['’.])(\p{L})/gu, (_, before: string, letter: string) => before + letter.toUpperCase());
  return capitalised.replace(/^Mc(\p{Ll})/u, (_, letter: string) => `Mc${letter.toUpperCase()}`);
}
