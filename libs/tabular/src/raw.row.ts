import type { RowIssue } from '@caseledger/errors';
import type { Cell } from './file.facts.js';

/** A row as the file has it, header and blank rows included; what both readers give and all of analysis reads. */
export interface RawRow {
  /** Physical line (CSV, TSV) or sheet row (XLSX), counted from 1. */
  readonly position: number;
  readonly cells: readonly Cell[];
  /** Faults of single cells. */
  readonly issues: readonly RowIssue[];
  /** Cells that hold something beyond those kept in `cells`, and the number of the last of them; 0 for none. */
  readonly lastBeyond: number;
}

export const NO_ISSUES: readonly RowIssue[] = Object.freeze([]);
export const BLANK_CELL: Cell = Object.freeze({ text: '' });
