import type { targetsV1 } from '@caseledger/contracts';
import type { RowIssue } from '@caseledger/errors';
import { readRow, type ColumnMapping, type ReadOptions } from '@caseledger/fields';
import type { Cell, FileRow } from '@caseledger/tabular';
import type { ImportOptions, ImportType } from '../import/import.events.js';
import type { DateOrder } from '@caseledger/normalise';

/** A row of the file as it goes through the import: normalised values, issues, and the cells as read. */
export function toRow(
  fileRow: FileRow,
  place: { readonly row: number; readonly line: number; readonly sheet: string },
  mapping: readonly ColumnMapping[],
  options: ReadOptions,
): targetsV1.Row {
  const read = fileRow.blank ? { values: [], issues: [], leftOut: false } : readRow(fileRow.cells, mapping, options, fileRow.issues);
  return {
    row: place.row,
    line: place.line,
    sheet: place.sheet,
    blank: fileRow.blank,
    values: read.values.map(({ field, text, original, column, clear, derived }) => ({
      field,
      text,
      original: original === text ? '' : original,
      column,
      clear,
      derived,
    })),
    issues: read.issues.map(toProtoIssue),
    leftOut: read.leftOut,
    tied: false,
    decision: undefined,
    expected: undefined,
    cells: fileRow.cells.map(({ text }) => text),
    appliedBefore: false,
    part: 0,
    withheld: false,
    parts: [],
    candidates: [],
  };
}

/** An issue as the contract carries it; its column is −1 where the row as a whole is meant. */
export function toProtoIssue(issue: RowIssue): targetsV1.RowIssue {
  const { code, severity, column = -1, field = '', text = '', suggestion = '', params = {} } = issue;
  return {
    code,
    severity,
    column,
    field,
    text,
    suggestion,
    params: Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)])),
  };
}

export interface ReadingOf {
  readonly type: ImportType;
  readonly options: ImportOptions;
  readonly dateOrders: Readonly<Record<number, DateOrder>>;
  readonly importDay: string;
  readonly timeZone: string;
}

/** How cells are read, from the options of the import. */
export function readOptionsOf({ type, options, dateOrders, importDay, timeZone }: ReadingOf): ReadOptions {
  return {
    importType: type,
    defaultCountry: options.defaultCountry,
    dateOrders,
    blankCells: options.blankCells,
    invalidOptionalValue: options.invalidOptionalValue,
    nameCase: 'KEEP',
    singleName: 'FAIL',
    couples: 'KEEP',
    importDay,
    timeZone,
  };
}

/** The cells of a corrected file in the columns of the first one; a column it lost is blank (LED-007). */
export function reorderCells(row: FileRow, columnOf: readonly number[]): FileRow {
  const cells: Cell[] = columnOf.map((from) => (from === -1 ? { text: '' } : (row.cells[from] ?? { text: '' })));
  const back = new Map(columnOf.map((from, to) => [from, to]));
  const issues = row.issues.flatMap((issue) => {
    if (issue.column === undefined) return [issue];
    const column = back.get(issue.column);
    return column === undefined ? [] : [{ ...issue, column }];
  });
  return { ...row, cells, issues };
}
