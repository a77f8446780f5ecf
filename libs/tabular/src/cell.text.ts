const BLANK = /^[\s\u180e\u200b-\u200d\u2060\ufeff]*$/;
const EDGES = /^[\s\u180e\u200b-\u200d\u2060\ufeff]+|[\s\u180e\u200b-\u200d\u2060\ufeff]+$/g;
const NUL_OR_LONE_SURROGATE = /\0|\p{Surrogate}/u;

/** Whether a cell holds nothing but white space, no-break and zero-width characters included (FIL-010). */
export function isBlankText(text: string): boolean {
  if (text.length === 0) return true;
  const first = text.charCodeAt(0);
  if (first > 0x20 && first < 0x7f) return false;
  return BLANK.test(text);
}

/** A cell's text without the white space around it (FIL-010). */
export function trimText(text: string): string {
  const first = text.charCodeAt(0);
  const last = text.charCodeAt(text.length - 1);
  if (first > 0x20 && first < 0x7f && last > 0x20 && last < 0x7f) return text;
  return text.replace(EDGES, '');
}

/** Whether a text holds NUL or any surrogate: a cheap look that lets nearly every text pass. */
export function mayBeInvalid(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0 || (code & 0xf800) === 0xd800) return true;
  }
  return false;
}

/** The first character that cannot be stored, as `U+0000`: NUL or half of a surrogate pair (FIL-010). */
export function invalidCharOf(text: string): string | undefined {
  const found = mayBeInvalid(text) ? NUL_OR_LONE_SURROGATE.exec(text) : null;
  if (found === null) return undefined;
  return `U+${found[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** A copy that shares no memory with the chunk it was cut from; V8 keeps the whole chunk alive for a slice. */
export function detached(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}

/** The beginning of a text, a little over the limit, as a copy that lets go of the rest. No character is cut in two. */
export function beginningOf(text: string, charsMax: number): string {
  const cut = text.slice(0, charsMax + 2);
  return detached(/[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut);
}

/** Spreadsheet letters of a column counted from 0: 0 is `A`, 26 is `AA`. */
export function columnLetters(index: number): string {
  let letters = '';
  for (let rest = index + 1; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    letters = String.fromCharCode(65 + ((rest - 1) % 26)) + letters;
  }
  return letters;
}
