import type { XlsxArchive } from './xlsx.archive.js';
import { attributeOf, XmlScanner, type XmlHandler } from './xml.scanner.js';

/**
 * How a cell's number is to be read: as it is, as a date, as a time of day or duration, or through a pattern that
 * shows more than the number holds, such as leading zeros (FIL-011, FIL-012).
 */
export type NumberStyle =
  | { readonly kind: 'plain' }
  | { readonly kind: 'date' }
  | { readonly kind: 'time' }
  | { readonly kind: 'pattern'; readonly sections: readonly PatternSection[] };

/** One `;`-separated section of a pattern. */
export interface PatternSection {
  /** Present for a section that is chosen by value, `[<=9999999]`. */
  readonly condition?: { readonly operator: string; readonly than: number };
  /** Literals as they are; `0` and `#` as placeholders. */
  readonly tokens: readonly { readonly placeholder: boolean; readonly text: string }[];
}

const PLAIN: NumberStyle = { kind: 'plain' };
const STYLES_MAX = 100_000;
const STYLES_PART_CELL_XFS = 'cellXfs';

/** Built-in formats that are dates, in any of Excel's languages; 18 to 21 and 45 to 47 show a time alone. */
const BUILT_IN_DATES = new Set([14, 15, 16, 17, 22, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 55, 56, 57, 58]);
const BUILT_IN_TIMES = new Set([18, 19, 20, 21, 32, 33, 34, 35, 45, 46, 47]);

/** The style of each cell format of the workbook, by the number cells refer to it with. */
export async function readStyles(archive: XlsxArchive, part: string | undefined): Promise<readonly NumberStyle[]> {
  if (part === undefined || !archive.has(part)) return [];
  const handler = new StylesHandler();
  const scanner = new XmlScanner(handler, part);
  for await (const text of archive.text(part)) scanner.push(text);
  scanner.end();
  return handler.formatIds.map((id) => styleOf(id, handler.codes.get(id)));
}

class StylesHandler implements XmlHandler {
  readonly capturing = false;
  readonly codes = new Map<number, string>();
  readonly formatIds: number[] = [];
  private isInCellFormats = false;

  open(name: string, attributes: string): void {
    if (name === STYLES_PART_CELL_XFS) this.isInCellFormats = true;
    if (name === 'numFmt' && this.codes.size < STYLES_MAX) {
      this.codes.set(Number(attributeOf(attributes, 'numFmtId')), attributeOf(attributes, 'formatCode') ?? '');
    }
    if (name === 'xf' && this.isInCellFormats && this.formatIds.length < STYLES_MAX) {
      this.formatIds.push(Number(attributeOf(attributes, 'numFmtId') ?? 0));
    }
  }

  close(name: string): void {
    if (name === STYLES_PART_CELL_XFS) this.isInCellFormats = false;
  }

  text(): void {
    // No text of this part is needed.
  }
}

function styleOf(id: number, code: string | undefined): NumberStyle {
  // A code in the file decides over the meaning its number has by default.
  if (code !== undefined) return parseFormatCode(code);
  if (BUILT_IN_DATES.has(id)) return { kind: 'date' };
  return BUILT_IN_TIMES.has(id) ? { kind: 'time' } : PLAIN;
}

/** Reads a format code, `00000`, `yyyy-mm-dd`, `[<=9999999]###-####;(###) ###-####`. */
export function parseFormatCode(code: string): NumberStyle {
  const bare = code.replace(/"[^"]*"|\\.|_.|\*./gs, '').split(';')[0] ?? '';
  const letters = bare.replace(/\[(?!(?:h+|m+|s+)\])[^\]]*\]/gi, '').toLowerCase();
  if (/\[(?:h+|m+|s+)\]/.test(letters)) return { kind: 'time' };
  if (/general/.test(letters)) return PLAIN;
  if (/[yd]/.test(letters) || /m{3,}/.test(letters) || (/m/.test(letters) && !/[hs]/.test(letters))) return { kind: 'date' };
  if (/[hs]/.test(letters)) return { kind: 'time' };
  return patternOf(code);
}

/** A pattern of `0`, `#` and literals that pads or groups digits; everything else shows the plain number. */
function patternOf(code: string): NumberStyle {
  const [positive, second] = splitSections(code).slice(0, 2).map(parseSection);
  if (positive === undefined) return PLAIN;
  const first = positive.tokens;
  const placeholders = first.filter(({ placeholder }) => placeholder);
  const zeros = placeholders.filter(({ text }) => text === '0').length;
  const from = first.findIndex(({ placeholder }) => placeholder);
  const isGrouped = first.slice(from, first.findLastIndex(({ placeholder }) => placeholder)).some(({ placeholder }) => !placeholder);
  return placeholders.length > 1 && (zeros > 1 || isGrouped) ? { kind: 'pattern', sections: second === undefined ? [positive] : [positive, second] } : PLAIN;
}

function splitSections(code: string): string[] {
  return code.match(/(?:"[^"]*"|\\.|[^;"\\])+/gs) ?? [];
}

function parseSection(section: string): PatternSection | undefined {
  const condition = /^\[(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)\]/.exec(section);
  let rest = section.slice(condition?.[0].length ?? 0).replace(/\[(?:\$[^\]]*|[a-z]+\s?\d*)\]/gi, '');
  const tokens: { placeholder: boolean; text: string }[] = [];
  while (rest.length > 0) {
    const token = /^(?:"([^"]*)"|\\(.)|_(.)|\*.|([0#])|([-+() /:]))/s.exec(rest);
    if (token === null) return undefined;
    const [whole, quoted, escaped, space, digit, literal] = token;
    if (digit !== undefined) tokens.push({ placeholder: true, text: digit });
    else tokens.push({ placeholder: false, text: quoted ?? escaped ?? literal ?? (space === undefined ? '' : ' ') });
    rest = rest.slice(whole.length);
  }
  const chosen = condition === null ? undefined : { operator: condition[1] ?? '', than: Number(condition[2]) };
  return chosen === undefined ? { tokens } : { condition: chosen, tokens };
}
