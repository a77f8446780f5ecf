import type { RowIssue } from '@caseledger/errors';
import type { ByteSource } from './byte.source.js';
import { csvRows } from './csv.rows.js';
import type { Cell, FileFacts, FileRow } from './file.facts.js';
import { filledWidth, isBlankRow } from './header.row.js';
import { BLANK_CELL, NO_ISSUES, type RawRow } from './raw.row.js';
import { openWorkbook } from './xlsx.reading.js';

const BATCH_ROWS = 500;
/** Characters after which a batch is handed out though it has fewer rows: bounds the memory of long cells. */
const BATCH_CHARS = 4 * 1024 * 1024;

export interface ReadOptions {
  /** First data row to give, 1 if absent; the rows before it are read but not given. */
  readonly fromRow?: number;
  readonly signal?: AbortSignal;
}

/**
 * The data rows of an analysed file in batches of at most 500, exactly `facts.rows` of them, the same at each reading.
 * Throws what `analyseFile` throws if the file is not the one that was analysed; the signal's reason when aborted.
 * The text of a cell is a slice of the piece it was read from; who keeps one for long should copy it.
 */
export async function* readRows(source: ByteSource, facts: FileFacts, options: ReadOptions = {}): AsyncGenerator<FileRow[]> {
  // A workbook whose sheet is still to be chosen has none.
  if (facts.rows === 0) return;
  const builder = new RowBuilder(facts, options.fromRow ?? 1);
  for await (const rows of rawRows(source, facts, options.signal)) {
    for (const row of rows) {
      if (builder.isDone) break;
      builder.take(row);
      // Asked per row, not per piece: a row after a long gap fills many batches.
      for (let full = builder.full(); full !== undefined; full = builder.full()) yield full;
    }
    if (builder.isDone) break;
  }
  const rest = builder.rest();
  if (rest.length > 0) yield rest;
}

async function* rawRows(source: ByteSource, facts: FileFacts, signal: AbortSignal | undefined): AsyncGenerator<RawRow[]> {
  if (facts.text !== undefined) {
    yield* csvRows(source, facts.text, facts.limits, signal);
    return;
  }
  const reading = await openWorkbook(source, facts.limits, signal);
  try {
    yield* reading.rows(facts.workbook?.sheet.value ?? '');
  } finally {
    reading.close();
  }
}

/** Turns raw rows into data rows, with those a sheet leaves out, and gathers them in batches. */
class RowBuilder {
  private batch: FileRow[] = [];
  private chars = 0;
  private row = 0;
  private lastPosition: number;
  /** The raw row that is waiting for the blank rows before it. */
  private waiting: RawRow | undefined;
  private readonly width: number;
  private readonly isSheet: boolean;

  constructor(
    private readonly facts: FileFacts,
    private readonly fromRow: number,
  ) {
    this.lastPosition = facts.dataAfter;
    this.width = facts.columns.length;
    this.isSheet = facts.workbook !== undefined;
  }

  get isDone(): boolean {
    return this.row >= this.facts.rows;
  }

  take(raw: RawRow): void {
    if (raw.position > this.facts.dataAfter) this.waiting = raw;
  }

  /** A full batch, if the row taken last fills one; to be asked until it answers undefined. */
  full(): FileRow[] | undefined {
    while (this.waiting !== undefined && !this.isDone) {
      if (this.batch.length >= BATCH_ROWS || this.chars >= BATCH_CHARS) return this.rest();
      const isGap = this.isSheet && this.lastPosition + 1 < this.waiting.position;
      const raw = isGap ? { position: this.lastPosition + 1, cells: [], issues: NO_ISSUES, lastBeyond: 0 } : this.waiting;
      if (!isGap) this.waiting = undefined;
      this.give(raw);
    }
    return undefined;
  }

  /** What has been gathered; a new batch is begun. */
  rest(): FileRow[] {
    const { batch } = this;
    this.batch = [];
    this.chars = 0;
    return batch;
  }

  private give(raw: RawRow): void {
    this.lastPosition = raw.position;
    this.row += 1;
    if (this.row < this.fromRow) return;
    this.batch.push(this.rowOf(raw));
    for (const cell of raw.cells) this.chars += cell.text.length;
  }

  private rowOf(raw: RawRow): FileRow {
    const blank = isBlankRow(raw);
    const issues = blank ? NO_ISSUES : this.issuesOf(raw);
    const place = this.isSheet ? { line: raw.position, cellRow: raw.position } : { line: raw.position };
    return { row: this.row, ...place, cells: this.cellsOf(raw), blank, issues };
  }

  private cellsOf(raw: RawRow): readonly Cell[] {
    const { cells } = raw;
    if (cells.length === this.width) return cells;
    if (cells.length > this.width) return filledWidth(raw) > this.width ? cells : cells.slice(0, this.width);
    const padded = cells.slice();
    while (padded.length < this.width) padded.push(BLANK_CELL);
    return padded;
  }

  private issuesOf(raw: RawRow): readonly RowIssue[] {
    const found = raw.cells.length > this.width || raw.lastBeyond > 0 ? filledWidth(raw) - this.width : 0;
    if (found > 0) return [...raw.issues, { code: 'ROW_TOO_LONG', severity: 'ERROR', params: { n: found } }];
    const missing = this.width - raw.cells.length;
    // A sheet has no short rows: it stores only the cells that hold something.
    if (missing <= 0 || this.isSheet) return raw.issues;
    return [...raw.issues, { code: 'ROW_SHORT', severity: 'WARNING', params: { n: missing } }];
  }
}
