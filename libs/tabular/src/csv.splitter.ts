import { validation } from '@caseledger/errors';
import { corruptFile } from './file.faults.js';

/** Characters of one record; beyond it a quote was left open or the file is no table. Bounds the memory. */
const RECORD_CHARS_MAX = 8 * 1024 * 1024;
const QUOTE = 34;
const LF = 10;
const CR = 13;

/** One record of a CSV file. */
export interface CsvRecord {
  /** Physical line on which it begins, counted from 1; LF, CRLF and a single CR each end a line. */
  readonly line: number;
  readonly cells: string[];
}

/**
 * Splits text that arrives in pieces into records, the same for every way of cutting it (ANA-003: `"` quotes,
 * `""` inside them, line ends of any kind). A quote counts only at the beginning of a cell; text after a closing
 * quote is kept as spreadsheets do.
 * Cells are slices of the pieces: who keeps one for long should detach it.
 */
export class CsvSplitter {
  /** Text from the beginning of the cell that is not finished. */
  private held = '';
  private cells: string[] = [];
  private cellChars = 0;
  private line: number;
  private recordLine: number;
  /** Where in `held` to go on looking for the closing quote, so that a long cell is not searched again. */
  private searchFrom = 0;
  /** Whether any cell so far was quoted. */
  sawQuotes = false;

  constructor(
    private readonly delimiter: string,
    firstLine = 1,
  ) {
    this.line = firstLine;
    this.recordLine = firstLine;
  }

  /** The next piece of the text; answers the records it finishes. Throws `QUOTE_UNCLOSED`, `FILE_CORRUPT`. */
  push(text: string): CsvRecord[] {
    return this.run(this.held.length === 0 ? text : this.held + text, false);
  }

  /** The end of the text; answers the last record if no line end closed it. Throws as `push`. */
  end(): CsvRecord[] {
    const records = this.run(this.held, true);
    if (this.cells.length > 0) {
      this.cells.push('');
      this.finish(records);
    }
    return records;
  }

  private run(text: string, isLast: boolean): CsvRecord[] {
    const records: CsvRecord[] = [];
    const marks = new Marks(text, this.delimiter);
    let at = 0;
    while (at < text.length) {
      const isQuoted = text.charCodeAt(at) === QUOTE;
      const next = isQuoted ? this.quoted(text, at, marks, isLast, records) : this.plain(text, at, marks, isLast, records);
      if (next < 0) break;
      at = next;
    }
    this.hold(text, at);
    return records;
  }

  /** Takes one unquoted cell; answers where the next begins, or -1 when more text is needed. */
  private plain(text: string, at: number, marks: Marks, isLast: boolean, records: CsvRecord[]): number {
    const end = marks.cellEnd(at);
    if (!isLast && !isDecided(text, end)) return -1;
    this.add(text.slice(at, end));
    return this.closeCell(text, end, records);
  }

  private quoted(text: string, at: number, marks: Marks, isLast: boolean, records: CsvRecord[]): number {
    this.sawQuotes = true;
    const close = this.closingQuote(text, at, isLast);
    if (close < 0) return -1;
    const end = close + 1 >= text.length ? text.length : marks.cellEnd(close + 1);
    if (!isLast && !isDecided(text, end)) return -1;
    const inner = text.slice(at + 1, close);
    const breaks = lineBreaksIn(inner);
    // A cell over several lines with text after its closing quote is the work of a quote left open further up:
    // taken as it stands, the rows between would silently become part of this cell.
    if (end > close + 1 && breaks > 0) throw validation('QUOTE_UNCLOSED', { line: this.line });
    this.searchFrom = 0;
    this.line += breaks;
    const value = inner.includes('"') ? inner.replaceAll('""', '"') : inner;
    this.add(end > close + 1 ? value + text.slice(close + 1, end) : value);
    return this.closeCell(text, end, records);
  }

  /** The quote that closes the cell begun at `at`; -1 when the text does not hold it yet. */
  private closingQuote(text: string, at: number, isLast: boolean): number {
    let from = at + 1 + this.searchFrom;
    for (;;) {
      const quote = text.indexOf('"', from);
      const isOpen = quote < 0;
      if (isOpen && isLast) throw validation('QUOTE_UNCLOSED', { line: this.line });
      if (isOpen || (quote + 1 >= text.length && !isLast)) {
        this.searchFrom = (isOpen ? text.length : quote) - at - 1;
        return -1;
      }
      if (text.charCodeAt(quote + 1) !== QUOTE) return quote;
      from = quote + 2;
    }
  }

  private add(cell: string): void {
    this.cells.push(cell);
    this.cellChars += cell.length + 1;
    if (this.cellChars > RECORD_CHARS_MAX) throw corruptFile(`line ${this.recordLine}`);
  }

  /** Steps over the delimiter or line end at `end`. */
  private closeCell(text: string, end: number, records: CsvRecord[]): number {
    if (end >= text.length) {
      this.finish(records);
      return end;
    }
    const code = text.charCodeAt(end);
    if (code !== LF && code !== CR) return end + 1;
    this.line += 1;
    this.finish(records);
    return code === CR && text.charCodeAt(end + 1) === LF ? end + 2 : end + 1;
  }

  private finish(records: CsvRecord[]): void {
    records.push({ line: this.recordLine, cells: this.cells });
    this.cells = [];
    this.cellChars = 0;
    this.recordLine = this.line;
  }

  private hold(text: string, at: number): void {
    this.held = at >= text.length ? '' : text.slice(at);
    if (this.held.length + this.cellChars <= RECORD_CHARS_MAX) return;
    const isOpenQuote = this.held.charCodeAt(0) === QUOTE;
    throw isOpenQuote ? validation('QUOTE_UNCLOSED', { line: this.line }) : corruptFile(`line ${this.recordLine}`);
  }
}

/** Whether what ends a cell at `end` is all there: a CR at the end of a piece may be half of a CRLF. */
function isDecided(text: string, end: number): boolean {
  if (end >= text.length) return false;
  return text.charCodeAt(end) !== CR || end + 1 < text.length;
}

function lineBreaksIn(text: string): number {
  if (!text.includes('\n') && !text.includes('\r')) return 0;
  let breaks = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === LF || (code === CR && text.charCodeAt(at + 1) !== LF)) breaks += 1;
  }
  return breaks;
}

/** The next delimiter and line end of a piece, each looked up once per occurrence instead of once per cell. */
class Marks {
  private delimiterAt = -1;
  private lfAt = -1;
  private crAt = -1;

  constructor(
    private readonly text: string,
    private readonly delimiter: string,
  ) {}

  /** Where the cell ends that goes on at `at`: at a delimiter, a line end, or the end of the text. */
  cellEnd(at: number): number {
    if (this.delimiterAt < at) this.delimiterAt = this.find(this.delimiter, at);
    if (this.lfAt < at) this.lfAt = this.find('\n', at);
    if (this.crAt < at) this.crAt = this.find('\r', at);
    const lineEnd = this.lfAt < this.crAt ? this.lfAt : this.crAt;
    return this.delimiterAt < lineEnd ? this.delimiterAt : lineEnd;
  }

  private find(mark: string, from: number): number {
    const found = this.text.indexOf(mark, from);
    return found < 0 ? this.text.length : found;
  }
}
