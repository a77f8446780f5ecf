import { guard, type GuardMode } from './formula.guard.js';

const BOM = '\uFEFF';
const LINE_END = '\r\n';
/** Characters gathered before a piece is handed out. */
const PIECE_CHARS = 64 * 1024;

export interface CsvWriterOptions {
  /** One character, `,` if absent. */
  readonly delimiter?: string;
  /** Whether the file begins with a byte order mark, by which Excel knows UTF-8. */
  readonly bom?: boolean;
  /** GUARDED if absent. */
  readonly guard?: GuardMode;
}

/** Rows of text. */
export type TextRows = Iterable<readonly string[]> | AsyncIterable<readonly string[]>;

/**
 * Writes rows as CSV (RFC 4180, CRLF, UTF-8) piece by piece; a row is asked for only when the piece before it has
 * been taken, so memory stays bounded.
 */
export function csvWriter(options: CsvWriterOptions = {}): (rows: TextRows) => AsyncGenerator<Buffer> {
  const { delimiter = ',', bom = false, guard: mode = 'GUARDED' } = options;
  if (delimiter.length !== 1 || '"\r\n'.includes(delimiter)) throw new RangeError('A delimiter is one character, no quote and no line end');
  const needsQuotes = new RegExp(`["\\r\\n${escapeForClass(delimiter)}]|^(?:sep=|${BOM})`, 'i');
  return async function* write(rows: TextRows): AsyncGenerator<Buffer> {
    let text = bom ? BOM : '';
    for await (const row of rows) {
      text += lineOf(row, delimiter, mode, needsQuotes);
      if (text.length < PIECE_CHARS) continue;
      yield Buffer.from(text, 'utf8');
      text = '';
    }
    if (text.length > 0) yield Buffer.from(text, 'utf8');
  };
}

function lineOf(row: readonly string[], delimiter: string, mode: GuardMode, needsQuotes: RegExp): string {
  let line = '';
  for (let index = 0; index < row.length; index += 1) {
    const cell = row[index] ?? '';
    const text = mode === 'GUARDED' ? guard(cell) : cell;
    if (index > 0) line += delimiter;
    line += needsQuotes.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  }
  // A row of one empty cell would be an empty line, which is no row to many readers.
  return (line.length === 0 && row.length === 1 ? '""' : line) + LINE_END;
}

function escapeForClass(delimiter: string): string {
  return /[\\\]^-]/.test(delimiter) ? `\\${delimiter}` : delimiter;
}
