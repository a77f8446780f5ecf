import type { targetsV1 } from '@caseledger/contracts';
import type { ColumnMapping, ReadOptions } from '@caseledger/fields';
import { fileSource, readRows, type FileFacts } from '@caseledger/tabular';
import { encodeRow } from './row-objects.js';
import { toRow } from './row-reading.js';

/** A file to be read and how; nothing in it but data, so that a thread can be given it. */
export interface FileReading {
  /** Of a private copy that stays as it is meanwhile. */
  readonly path: string;
  readonly facts: FileFacts;
  readonly columns: readonly ColumnMapping[];
  readonly options: ReadOptions;
}

/** Rows as they lie in a row object, with what its manifest entry says of them. */
export interface EncodedRows {
  readonly bytes: Buffer;
  readonly rows: number;
  readonly firstRow: number;
  readonly lastRow: number;
}

/** The rows of a file, read and normalised, in batches for row objects; the same at each reading. */
export async function* fileRows({ path, facts, columns, options }: FileReading, signal?: AbortSignal): AsyncGenerator<EncodedRows> {
  const sheet = facts.workbook?.sheet.value ?? '';
  const source = await fileSource(path);
  for await (const rows of readRows(source, facts, signal === undefined ? {} : { signal })) {
    yield encodeRows(rows.map((row) => toRow(row, { row: row.row, line: row.line, sheet }, columns, options)));
  }
}

export function encodeRows(rows: readonly targetsV1.Row[]): EncodedRows {
  let firstRow = Infinity;
  let lastRow = 0;
  for (const { row } of rows) {
    firstRow = Math.min(firstRow, row);
    lastRow = Math.max(lastRow, row);
  }
  return { bytes: Buffer.concat(rows.map(encodeRow)), rows: rows.length, firstRow, lastRow };
}
