import { validation } from '@caseledger/errors';
import { ColumnProfile } from './column.profile.js';
import type { ColumnFacts, FileWarning, Finding } from './file.facts.js';
import type { TabularLimits } from './file.limits.js';
import { filledWidth, isBlankRow, lettersHeader, readHeader, type Header } from './header.row.js';
import type { RawRow } from './raw.row.js';

/** Rows looked at before the header is decided. */
const HEAD_ROWS = 50;
/** Characters looked at before the header is decided: bounds what is held of rows with long cells. */
const HEAD_CHARS = 16 * 1024 * 1024;
/** Sheets and files of old programs end here: rows may have been cut (ANA-007). */
const FORMAT_LIMITS = new Set([65_536, 1_048_576]);

export interface TableOptions {
  readonly limits: TabularLimits;
  readonly rowsMax: number;
  /** Position of the header chosen by the user, or NONE; absent to find it. */
  readonly headerRow?: number | 'NONE';
  /** Whether positions count rows (a sheet) or lines (a text file, whose rows may span several). */
  readonly isSheet: boolean;
}

/** The part of the facts that does not depend on the format. */
export interface TableFacts {
  readonly headerRow: Finding<number>;
  readonly dataAfter: number;
  readonly columns: readonly ColumnFacts[];
  readonly rows: number;
  readonly blankRows: number;
  readonly blankRowsAtEnd: number;
  readonly warnings: readonly FileWarning[];
}

/** The names of the columns and the first rows, known long before the whole file is read. */
export interface TableHead {
  readonly headerRow: number;
  readonly columns: readonly string[];
  readonly firstRows: readonly (readonly string[])[];
}

/** Takes the rows of a file one by one and tells, at the end, what the table is. */
export class TableAnalysis {
  private head: RawRow[] | undefined = [];
  private headChars = 0;
  private header: Header | undefined;
  private headerRow = 0;
  private dataAfter = 0;
  private readonly profiles: ColumnProfile[] = [];
  private rows = 0;
  private blankRows = 0;
  private pendingBlanks = 0;
  private lastPosition = 0;
  private lastFilled = 0;

  constructor(
    private readonly options: TableOptions,
    private readonly onHead?: (head: TableHead) => void,
  ) {}

  /** Throws `HEADER_NOT_FOUND`, `FILE_TOO_MANY_COLUMNS`. */
  add(row: RawRow): void {
    if (this.head === undefined) {
      this.count(row);
      return;
    }
    if (this.head.length === 0 && !this.mayBegin(row)) return;
    this.head.push(row);
    for (const { text } of row.cells) this.headChars += text.length;
    if (this.head.length >= HEAD_ROWS || this.headChars >= HEAD_CHARS) this.decide();
  }

  /** Throws `FILE_EMPTY`, `FILE_NO_ROWS`, `FILE_TOO_MANY_ROWS` too. */
  finish(): TableFacts {
    if (this.head !== undefined) this.decide();
    const { header } = this;
    if (header === undefined) throw validation('FILE_EMPTY');
    if (this.rows === 0) throw validation('FILE_NO_ROWS');
    if (this.rows > this.options.rowsMax) throw validation('FILE_TOO_MANY_ROWS', { rows: this.rows, limit: this.options.rowsMax });
    return {
      headerRow: { value: this.headerRow, confidence: header.confidence },
      dataAfter: this.dataAfter,
      columns: this.profiles.map((profile, index) => profile.facts(index, header.texts[index] ?? '', header.names[index] ?? '')),
      rows: this.rows,
      blankRows: this.blankRows,
      blankRowsAtEnd: this.pendingBlanks,
      warnings: FORMAT_LIMITS.has(this.lastFilled) ? [{ code: 'FILE_ROWS_AT_FORMAT_LIMIT' }] : [],
    };
  }

  /** Whether the table can begin with this row: blank rows and those above a chosen header are left out. */
  private mayBegin(row: RawRow): boolean {
    const { headerRow } = this.options;
    return typeof headerRow === 'number' ? row.position >= headerRow : !isBlankRow(row);
  }

  private decide(): void {
    const head = this.head ?? [];
    this.head = undefined;
    const [first, ...rest] = head;
    if (first === undefined) {
      if (typeof this.options.headerRow === 'number') throw validation('HEADER_NOT_FOUND');
      return;
    }
    this.header = this.headerOf(first, rest);
    for (let index = 0; index < this.header.names.length; index += 1) this.profiles.push(new ColumnProfile());
    const data = this.headerRow === 0 ? head : rest;
    this.lastPosition = this.dataAfter;
    this.onHead?.({
      headerRow: this.headerRow,
      columns: this.header.names,
      firstRows: data.map(({ cells }) => cells.map(({ text }) => text)),
    });
    for (const row of data) this.count(row);
  }

  private headerOf(first: RawRow, rest: readonly RawRow[]): Header {
    const { headerRow, limits, isSheet } = this.options;
    if (headerRow === 'NONE') {
      this.dataAfter = first.position - 1;
      return lettersHeader(Math.max(...[first, ...rest].map(filledWidth)), limits);
    }
    const isChosen = headerRow !== undefined;
    if (isChosen && (first.position !== headerRow || isBlankRow(first))) throw validation('HEADER_NOT_FOUND');
    this.headerRow = first.position;
    this.dataAfter = first.position;
    return readHeader(first, isChosen, Math.max(0, ...rest.map(filledWidth)), !isSheet, limits);
  }

  private count(row: RawRow): void {
    if (this.options.isSheet) this.pendingBlanks += row.position - this.lastPosition - 1;
    this.lastPosition = row.position;
    if (isBlankRow(row)) {
      this.pendingBlanks += 1;
      return;
    }
    this.rows += this.pendingBlanks + 1;
    this.blankRows += this.pendingBlanks;
    this.pendingBlanks = 0;
    this.lastFilled = row.position;
    // Rows beyond the limit are only counted: the refusal names their number.
    if (this.rows > this.options.rowsMax) return;
    for (let index = 0; index < this.profiles.length; index += 1) {
      const cell = row.cells[index];
      if (cell !== undefined && cell.text.length > 0) this.profiles[index]?.add(cell);
    }
  }
}
