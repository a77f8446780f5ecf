import type { RowIssue } from '@caseledger/errors';
import type { ByteSource } from './byte.source.js';
import { invalidCharOf } from './cell.text.js';
import { sepLineLength } from './csv.dialect.js';
import { CsvSplitter, type CsvRecord } from './csv.splitter.js';
import type { Cell, TextFacts } from './file.facts.js';
import type { TabularLimits } from './file.limits.js';
import { NO_ISSUES, type RawRow } from './raw.row.js';
import { decodeText, type TextPiece } from './text.decoder.js';

/** Longest `sep=` line: five characters and its line end. */
const SEP_LINE_CHARS = 7;

/** The rows of a CSV or TSV file, one array for each piece read; throws as the splitter and the decoder do. */
export async function* csvRows(source: ByteSource, text: TextFacts, limits: TabularLimits, signal?: AbortSignal): AsyncGenerator<RawRow[]> {
  const splitter = new CsvSplitter(text.delimiter.value, { firstLine: text.sepLine ? 2 : 1, cellCharsMax: limits.textCellCharsMax });
  const pieces = decodeText(source, text.encoding.value, text.bomBytes, signal);
  let isSuspicious = false;
  for await (const piece of text.sepLine ? withoutSepLine(pieces) : pieces) {
    isSuspicious ||= piece.hasInvalidChar;
    yield splitter.push(piece.text).map((record) => rawRow(record, limits.textCellCharsMax, isSuspicious));
  }
  yield splitter.end().map((record) => rawRow(record, limits.textCellCharsMax, isSuspicious));
}

async function* withoutSepLine(pieces: AsyncIterable<TextPiece>): AsyncGenerator<TextPiece> {
  let head: string | undefined = '';
  for await (const piece of pieces) {
    if (head === undefined) {
      yield piece;
      continue;
    }
    head += piece.text;
    if (head.length < SEP_LINE_CHARS) continue;
    yield { text: head.slice(sepLineLength(head)), hasInvalidChar: piece.hasInvalidChar };
    head = undefined;
  }
  if (head !== undefined) yield { text: head.slice(sepLineLength(head)), hasInvalidChar: true };
}

function rawRow({ line, cells: texts, cutFrom }: CsvRecord, charsMax: number, isSuspicious: boolean): RawRow {
  const cells: Cell[] = new Array<Cell>(texts.length);
  let issues: RowIssue[] | undefined;
  for (let column = 0; column < texts.length; column += 1) {
    const text = texts[column] ?? '';
    cells[column] = { text };
    if (text.length <= charsMax && !isSuspicious && cutFrom === undefined) continue;
    const issue = textIssue(text, column, charsMax, cutFrom?.get(column));
    if (issue !== undefined) (issues ??= []).push(issue);
  }
  return { position: line, cells, issues: issues ?? NO_ISSUES, lastBeyond: 0 };
}

/**
 * `CELL_TOO_LONG` or `CELL_INVALID_CHAR` (FIL-010). The text itself stays out of the issue: it cannot be stored.
 * @param chars of the whole cell, when only its beginning was kept
 */
export function textIssue(text: string, column: number, charsMax: number, chars = text.length): RowIssue | undefined {
  if (chars > charsMax) {
    return { code: 'CELL_TOO_LONG', severity: 'ERROR', column, params: { n: chars, limit: charsMax } };
  }
  const code = invalidCharOf(text);
  return code === undefined ? undefined : { code: 'CELL_INVALID_CHAR', severity: 'ERROR', column, params: { code } };
}
