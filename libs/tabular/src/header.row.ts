import { validation } from '@caseledger/errors';
import { columnLetters, detached, isBlankText, trimText } from './cell.text.js';
import type { Cell } from './file.facts.js';
import type { TabularLimits } from './file.limits.js';
import type { RawRow } from './raw.row.js';

const VALUE_LIKE = /^[-+]?[\d\s.,:/()%-]+$|@[^\s@]+\.[^\s@]+$/;
const YEAR = /^(?:19|20)\d\d$/;
const HEADER_CHARS_MAX = 500;

/** The names of a file's columns. */
export interface Header {
  readonly texts: readonly string[];
  readonly names: readonly string[];
  readonly confidence: number;
}

/** Cells up to the last that is not blank. */
export function filledWidth(row: RawRow): number {
  if (row.lastBeyond > 0) return row.lastBeyond;
  let width = row.cells.length;
  while (width > 0 && isBlankCell(row, width - 1)) width -= 1;
  return width;
}

export function isBlankRow(row: RawRow): boolean {
  return row.lastBeyond === 0 && row.cells.every((_, index) => isBlankCell(row, index));
}

function isBlankCell(row: RawRow, index: number): boolean {
  const cell = row.cells[index];
  return cell === undefined || (cell.kind === undefined && isBlankText(cell.text));
}

/**
 * Reads a row as the header (ANA-004): duplicates get ` (2)`, blank ones `Column F`.
 * @param isChosen whether the user named the row; else one that holds values, or a title above wider rows, is
 *   refused with `HEADER_NOT_FOUND`
 * @param rowWidth cells of the widest of the first rows below it
 */
export function readHeader(row: RawRow, isChosen: boolean, rowWidth: number, keepsBlankEnd: boolean, limits: TabularLimits): Header {
  const filled = filledWidth(row);
  const width = keepsBlankEnd ? Math.max(filled, row.cells.length) : filled;
  // Blank cells at the end of a text header still are columns, unless only they go over the limit.
  if (filled > limits.columnsMax) throw validation('FILE_TOO_MANY_COLUMNS', { n: filled, limit: limits.columnsMax });
  const cells = row.cells.slice(0, Math.min(width, limits.columnsMax));
  const used = cells.filter((cell) => cell.kind !== undefined || !isBlankText(cell.text));
  const values = used.filter((cell) => isValue(cell));
  const isTitle = used.length === 1 && rowWidth > 2;
  if (!isChosen && (used.length === 0 || isTitle || values.length * 2 >= used.length || used.every(({ text }) => YEAR.test(text)))) throw validation('HEADER_NOT_FOUND');
  const texts = cells.map((cell) => detached(cell.text.slice(0, HEADER_CHARS_MAX)));
  return { texts, names: uniqueNames(texts), confidence: isChosen ? 1 : Math.round((1 - values.length / used.length) * 100) / 100 };
}

/** Whether a cell holds a value rather than a name; a year may well name a column. */
function isValue({ kind = 'text', text }: Cell): boolean {
  if (YEAR.test(text)) return false;
  return kind !== 'text' || VALUE_LIKE.test(trimText(text)) || text.length > HEADER_CHARS_MAX;
}

/** Columns of a file without a header: A, B, C… */
export function lettersHeader(width: number, limits: TabularLimits): Header {
  if (width > limits.columnsMax) throw validation('FILE_TOO_MANY_COLUMNS', { n: width, limit: limits.columnsMax });
  const names = Array.from({ length: width }, (_, index) => columnLetters(index));
  return { texts: names.map(() => ''), names, confidence: 1 };
}

function uniqueNames(texts: readonly string[]): string[] {
  const wanted = texts.map((text, index) => trimText(text) || `Column ${columnLetters(index)}`);
  const taken = new Set<string>();
  const originals = new Set(wanted);
  return wanted.map((name) => {
    let unique = name;
    // ` (2)` must not collide with a header that is spelled so in the file.
    for (let number = 2; taken.has(unique) || (unique !== name && originals.has(unique)); number += 1) unique = `${name} (${number})`;
    taken.add(unique);
    return unique;
  });
}
