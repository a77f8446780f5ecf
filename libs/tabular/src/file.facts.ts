import type { Code, Params, RowIssue } from '@caseledger/errors';
import type { TabularLimits } from './file.limits.js';

export type FileFormat = 'CSV' | 'TSV' | 'XLSX';
export type TextEncoding = 'UTF-8' | 'UTF-16LE' | 'UTF-16BE';
export type LineEnd = 'LF' | 'CRLF' | 'CR' | 'MIXED';
export type ColumnType = 'TEXT' | 'EMAIL' | 'PHONE' | 'DATE' | 'NUMBER' | 'YES_NO' | 'CHOICE';
/** What the values of a date column prove about day and month; MIXED when some prove one and some the other. */
export type DateOrder = 'YMD' | 'DMY' | 'MDY' | 'MIXED' | 'UNPROVEN';

/** Something found in a file and how sure it is, from 0 to 1; an override of the user has 1 (ANA-001). */
export interface Finding<T> {
  readonly value: T;
  readonly confidence: number;
}

/** A remark on the file as a whole. */
export interface FileWarning {
  readonly code: Code;
  readonly params?: Params;
}

/** How the text of a CSV or TSV file is to be read (ANA-002, ANA-003). */
export interface TextFacts {
  readonly encoding: Finding<TextEncoding>;
  /** Bytes of the byte order mark, 0 if there is none. */
  readonly bomBytes: number;
  readonly delimiter: Finding<string>;
  /** A cell is quoted by `"`, and a `"` in it is doubled. */
  readonly quote: Finding<string>;
  readonly lineEnd: Finding<LineEnd>;
  /** The first line is `sep=…`: it names the delimiter and is no row. */
  readonly sepLine: boolean;
}

export interface SheetFacts {
  readonly name: string;
  readonly hidden: boolean;
  /** Cells that hold something; counted only for visible sheets among which one has to be chosen. */
  readonly filledCells?: number;
}

export interface WorkbookFacts {
  readonly sheets: readonly SheetFacts[];
  /** The sheet that is read: the visible one with most filled cells, or the one the user chose (ANA-005). */
  readonly sheet: Finding<string>;
  readonly epoch: 1900 | 1904;
}

/** What one column holds over the whole file (ANA-006). */
export interface ColumnFacts {
  /** Counted from 0. */
  readonly index: number;
  /** The spreadsheet letters of the column, `A`. */
  readonly letters: string;
  /** The header as read. */
  readonly header: string;
  /** The header trimmed, unique, and `Column F` where it is blank (ANA-004). */
  readonly name: string;
  /** Rows in which the cell is not blank. */
  readonly filled: number;
  /** The first values met, at most 1,000, with how often they occur, most frequent first. */
  readonly distinct: readonly { readonly text: string; readonly count: number }[];
  /** Whether `distinct` holds every value of the column. */
  readonly distinctComplete: boolean;
  /** Characters of the shortest and longest filled cell; 0 when none is filled. */
  readonly lengthMin: number;
  readonly lengthMax: number;
  readonly type: Finding<ColumnType>;
  /** Present for a date column. */
  readonly dateOrder?: DateOrder;
  /** The first three different values. */
  readonly samples: readonly string[];
}

/** Everything `readRows` needs to read the file again exactly alike; plain data, kept as JSON. */
export interface FileFacts {
  readonly factsVersion: 1;
  readonly format: Finding<FileFormat>;
  /** Present for CSV and TSV. */
  readonly text?: TextFacts;
  /** Present for XLSX. */
  readonly workbook?: WorkbookFacts;
  /** Physical line (CSV, TSV) or sheet row (XLSX) of the header; 0 when the user said there is none. */
  readonly headerRow: Finding<number>;
  /** Rows at this position and before are not data: the header, or what precedes the first row if there is none. */
  readonly dataAfter: number;
  readonly columns: readonly ColumnFacts[];
  /** Data rows: everything below the header up to the last row that is not blank. */
  readonly rows: number;
  /** Of these rows, the blank ones. */
  readonly blankRows: number;
  /** Blank rows after the last row; they are not rows (FIL-009). */
  readonly blankRowsAtEnd: number;
  readonly warnings: readonly FileWarning[];
  readonly limits: TabularLimits;
  /**
   * What only the user can decide, present until an override does: `HEADER_NOT_FOUND` (the columns are then named A, B,
   * C… and every row is data), or `REQUIRED_MISSING` when no visible sheet holds anything but a hidden one does (there
   * are then no columns and no rows).
   */
  readonly question?: FileWarning;
}

/** What a spreadsheet says a cell is; absent for plain text, and always for CSV. */
export type CellKind = 'text' | 'number' | 'date' | 'error' | 'formula-no-value' | 'boolean';

/** A cell as read. A spreadsheet's numbers and dates are already the text of FIL-011 and FIL-012. */
export interface Cell {
  readonly text: string;
  readonly kind?: CellKind;
}

/** One data row. */
export interface FileRow {
  /** Counted from 1 below the header. */
  readonly row: number;
  /** Physical line on which the row begins (CSV, TSV); for XLSX the row of the sheet. */
  readonly line: number;
  /** Row of the sheet, for XLSX. */
  readonly cellRow?: number;
  /** As many cells as columns; more only in a row that is `ROW_TOO_LONG`. */
  readonly cells: readonly Cell[];
  readonly blank: boolean;
  /** FIL-009 to FIL-011: errors and warnings of the row and, by column, of its cells. */
  readonly issues: readonly RowIssue[];
}
