import { isDomainError } from '@caseledger/errors';
import { isBlankText } from './cell.text.js';
import { CsvSplitter, type CsvRecord } from './csv.splitter.js';
import type { Finding, LineEnd } from './file.facts.js';

/** The delimiters that are tried, in order of preference when two fit alike. */
const DELIMITERS = [',', ';', '\t', '|'] as const;
const SEP_LINE = /^sep=([^\r\n])(?:\r\n|\r|\n|$)/i;

/** How the cells of a text file are told apart. */
export interface CsvDialect {
  readonly delimiter: Finding<string>;
  readonly lineEnd: Finding<LineEnd>;
  readonly sepLine: boolean;
}

/**
 * Finds delimiter and line ends in the beginning of a file (ANA-003). The delimiter is the one under which most
 * records have the same number of cells, more than one, the header among them.
 * @param isWhole whether `head` is the whole text; else its last record is left out as cut.
 */
export function findDialect(head: string, isWhole: boolean): CsvDialect {
  const lineEnd = findLineEnd(head);
  const named = SEP_LINE.exec(head)?.[1];
  if (named !== undefined) return { delimiter: { value: named, confidence: 1 }, lineEnd, sepLine: true };
  const scores = DELIMITERS.map((delimiter) => ({ delimiter, score: scoreOf(head, delimiter, isWhole) })).sort((a, b) => b.score - a.score);
  const [best, second] = scores;
  // A file of one column holds no delimiter: a comma is as good as any, and the confidence says so.
  if (best === undefined || best.score === 0) return { delimiter: { value: ',', confidence: 0.5 }, lineEnd, sepLine: false };
  const confidence = round(Math.min(1, 0.5 + best.score - (second?.score ?? 0) / 2));
  return { delimiter: { value: best.delimiter, confidence }, lineEnd, sepLine: false };
}

/** Where the first record begins: behind a `sep=` line, which is no row. */
export function sepLineLength(head: string): number {
  return SEP_LINE.exec(head)?.[0].length ?? 0;
}

function scoreOf(head: string, delimiter: string, isWhole: boolean): number {
  const records = recordsOf(head, delimiter, isWhole);
  if (records.length === 0) return 0;
  const widths = new Map<number, number>();
  for (const { cells } of records) widths.set(cells.length, (widths.get(cells.length) ?? 0) + 1);
  let score = 0;
  for (const [width, count] of widths) {
    if (width === 1) continue;
    // Cells of the header are most often as many as those of the rows; a delimiter that only occurs in the
    // values, such as a decimal comma, does not split the header.
    const fitsHeader = records[0]?.cells.length === width ? 1 : 0.4;
    score = Math.max(score, (count / records.length) * fitsHeader * (1 - 1 / (width + 1)));
  }
  return score;
}

function recordsOf(head: string, delimiter: string, isWhole: boolean): CsvRecord[] {
  const splitter = new CsvSplitter(delimiter);
  try {
    const records = splitter.push(head);
    // The end of a cut head says nothing: a quote may be open and a record half there.
    if (isWhole) records.push(...splitter.end());
    return records.filter(({ cells }) => !cells.every(isBlankText));
  } catch (error) {
    if (isDomainError(error)) return [];
    throw error;
  }
}

function findLineEnd(head: string): Finding<LineEnd> {
  const crlf = countOf(head, /\r\n/g);
  const lf = countOf(head, /\n/g) - crlf;
  const cr = countOf(head, /\r/g) - crlf;
  const all = crlf + lf + cr;
  const [most, kind] = [[crlf, 'CRLF'] as const, [lf, 'LF'] as const, [cr, 'CR'] as const].reduce((a, b) => (b[0] > a[0] ? b : a));
  if (all === 0) return { value: 'LF', confidence: 0.5 };
  return most / all < 0.95 ? { value: 'MIXED', confidence: 1 } : { value: kind, confidence: round(most / all) };
}

function countOf(text: string, pattern: RegExp): number {
  let count = 0;
  for (const _ of text.matchAll(pattern)) count += 1;
  return count;
}

function round(confidence: number): number {
  return Math.round(confidence * 100) / 100;
}
