/** How CSV cells are written: GUARDED so that no spreadsheet runs them, RAW as they are (EXP-011). */
export type GuardMode = 'GUARDED' | 'RAW';

/** What a spreadsheet takes for the beginning of a formula or command, with the full-width forms. */
const DANGEROUS = /^'*[=+\-@|%\t\r＝＋－＠｜％]/;
const PLAIN_NUMBER = /^[+-]?(?:\d+(?:[.,]\d+)?|[.,]\d+)$/;

/**
 * Puts an apostrophe before a text that a spreadsheet could run (EXP-011). Plain numbers and E.164 phones stay.
 * `unguard(guard(text))` is `text` for every text.
 */
export function guard(text: string): string {
  return DANGEROUS.test(text) && !PLAIN_NUMBER.test(text) ? `'${text}` : text;
}

/** Removes the one apostrophe that `guard` puts, and no other; for files that are known to be guarded. */
export function unguard(text: string): string {
  if (!text.startsWith("'")) return text;
  const bare = text.slice(1);
  return guard(bare) === text ? bare : text;
}
