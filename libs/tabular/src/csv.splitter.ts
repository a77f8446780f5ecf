import { validation } from '@caseledger/errors';
import { beginningOf } from './cell.text.js';
import { isDecided, lineBreaksIn, LongCell } from './csv.long-cell.js';
import { corruptFile } from './file.faults.js';

/** Characters of a record that are kept whatever its cells; beyond it cells over their limit are cut. Bounds the memory. */
const KEPT_CHARS_MAX = 8 * 1024 * 1024;
/** What the cells of one record may take together; a file with such a record is no table. */
const RECORD_CHARS_MAX = 32 * 1024 * 1024;
/** Room for a pair of surrogates, which is not cut in two. */
const PAIR = 2;
/** What a cell takes beside its characters. */
const CELL_COST = 4;
const QUOTE = 34;
const LF = 10;
const CR = 13;

/** One record of a CSV file. */
export interface CsvRecord {
  /** Physical line on which it begins, counted from 1; LF, CRLF and a single CR each end a line. */
  readonly line: number;
  readonly cells: string[];
  /** By column, the characters of cells of which only the beginning was kept; absent when there is none. */
  readonly cutFrom?: ReadonlyMap<number, number>;
}

export interface SplitOptions {
  /** Physical line the text begins on; 1 if absent. */
  readonly firstLine?: number;
  /** Characters over which a cell is at fault; only such cells are ever cut, and stay over it. Absent: none is cut. */
  readonly cellCharsMax?: number;
  /** Characters of a record from which on such cells are cut. */
  readonly keptCharsMax?: number;
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
  private cutFrom: Map<number, number> | undefined;
  /** What the record takes so far. */
  private recordChars = 0;
  /** The cell at work, once it is too long to be held. */
  private long: LongCell | undefined;
  private readonly cellCharsMax: number;
  private readonly keptCharsMax: number;
  private line: number;
  private recordLine: number;
  /** Where in `held` to go on looking for the closing quote, so that a long cell is not searched again. */
  private searchFrom = 0;
  /** Whether any cell so far was quoted. */
  sawQuotes = false;

  constructor(
    private readonly delimiter: string,
    { firstLine = 1, cellCharsMax = Number.POSITIVE_INFINITY, keptCharsMax = KEPT_CHARS_MAX }: SplitOptions = {},
  ) {
    this.cellCharsMax = cellCharsMax;
    this.keptCharsMax = keptCharsMax;
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
    while (at < text.length || (isLast && this.long !== undefined)) {
      const next = this.next(text, at, marks, isLast, records);
      if (next < 0) break;
      at = next;
    }
    if (this.long === undefined) this.hold(text, at);
    return records;
  }

  /** Takes one cell; answers where the next begins, or -1 when more text is needed. */
  private next(text: string, at: number, marks: Marks, isLast: boolean, records: CsvRecord[]): number {
    if (this.long !== undefined) return this.goOn(this.long, text, at, marks, isLast, records);
    const isQuoted = text.charCodeAt(at) === QUOTE;
    return isQuoted ? this.quoted(text, at, marks, isLast, records) : this.plain(text, at, marks, isLast, records);
  }

  private goOn(long: LongCell, text: string, at: number, marks: Marks, isLast: boolean, records: CsvRecord[]): number {
    const stop = long.take(text, at, (from) => marks.cellEnd(from), isLast);
    if (!stop.isComplete) {
      this.held = text.slice(stop.at);
      return -1;
    }
    this.long = undefined;
    this.held = '';
    this.line += long.breaks;
    this.add(long.kept, long.chars);
    return this.closeCell(text, stop.at, records);
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

  /** @param chars of the whole cell, of which `text` may be the beginning */
  private add(text: string, chars = text.length): void {
    const isCut = chars > this.cellCharsMax && this.recordChars + chars > this.keptCharsMax;
    if (isCut) (this.cutFrom ??= new Map()).set(this.cells.length, chars);
    const kept = isCut ? beginningOf(text, this.cellCharsMax) : text;
    this.cells.push(kept);
    this.recordChars += kept.length + CELL_COST;
    if (this.recordChars > RECORD_CHARS_MAX) throw corruptFile(`line ${this.recordLine}`);
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
    const { cutFrom } = this;
    records.push({ line: this.recordLine, cells: this.cells, ...(cutFrom === undefined ? {} : { cutFrom }) });
    this.cells = [];
    this.cutFrom = undefined;
    this.recordChars = 0;
    this.recordLine = this.line;
  }

  private hold(text: string, at: number): void {
    this.held = at >= text.length ? '' : text.slice(at);
    const chars = this.held.length + this.recordChars;
    if (chars <= this.keptCharsMax) return;
    if (this.held.length > this.cellCharsMax) return this.lengthen();
    if (chars <= RECORD_CHARS_MAX) return;
    const isOpenQuote = this.held.charCodeAt(0) === QUOTE;
    throw isOpenQuote ? validation('QUOTE_UNCLOSED', { line: this.line }) : corruptFile(`line ${this.recordLine}`);
  }

  /** From here on the cell that is held is counted instead of gathered. */
  private lengthen(): void {
    const isQuoted = this.held.charCodeAt(0) === QUOTE;
    // What is left of the record's allowance is kept: only then is it known whether the cell has to be cut.
    const long = new LongCell(isQuoted, this.line, Math.max(this.cellCharsMax + PAIR, this.keptCharsMax - this.recordChars));
    const marks = new Marks(this.held, this.delimiter);
    const { at } = long.take(this.held, isQuoted ? 1 : 0, (from) => marks.cellEnd(from), false);
    this.held = this.held.slice(at);
    this.searchFrom = 0;
    this.long = long;
  }
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
