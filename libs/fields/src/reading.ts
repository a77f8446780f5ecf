import type { RowIssue } from '@caseledger/errors';
import type { DateOrder } from '@caseledger/normalise';
import type { ImportType } from './field.js';

/** Which column of the file feeds which field. Columns are counted from 0 (MAP-003). */
export interface ColumnMapping {
  readonly column: number;
  /** The key of a field. */
  readonly target: string;
}

/** What a blank cell does to a record that exists (OPT `blankCells`). */
export type BlankCells = 'KEEP' | 'CLEAR' | 'FILL';

/** How the cells of one import are read; pinned with the import (OPT-001). */
export interface ReadOptions {
  readonly importType: ImportType;
  /** ISO 3166 code, two letters. */
  readonly defaultCountry: string;
  /** By column; a column that is not named is `AUTOMATIC`. */
  readonly dateOrders: Readonly<Record<number, DateOrder>>;
  readonly blankCells: BlankCells;
  readonly invalidOptionalValue: 'FAIL' | 'LEAVE_OUT';
  readonly nameCase: 'KEEP' | 'FIX';
  readonly singleName: 'FAIL' | 'LAST' | 'FIRST';
  readonly couples: 'KEEP' | 'FAIL';
  /** The day of the import in the company's zone, `YYYY-MM-DD`: the last day a birth can have. */
  readonly importDay: string;
  /** IANA zone of the company, for times without one. */
  readonly timeZone: string;
  /** Refuse e-mails of domains that can never take mail (NRM-021); a demo company stores them. */
  readonly checkDeliverability?: boolean;
}

/** One cell as the file reader gives it. */
export interface Cell {
  /** The cell as text; for Excel numbers already by FIL-011, for Excel dates in ISO form. */
  readonly text: string;
  readonly kind?: 'text' | 'number' | 'date' | 'error' | 'formula-no-value' | 'boolean';
  /** What the spreadsheet shows, where that differs. */
  readonly display?: string;
  readonly date1904?: boolean;
  /** The error code of a cell that could not be read, such as `TEXT_UNDECODABLE`. */
  readonly invalid?: string;
}

/** One value of one field, from one cell. A field with several values appears several times, in order. */
export interface FieldValue {
  /** The key of the field; never a stand-in. */
  readonly field: string;
  /** The form that is stored; empty when `clear`. */
  readonly text: string;
  /** The cell as read. */
  readonly original: string;
  /** The column in the file, counted from 0. */
  readonly column: number;
  /** The field is emptied: `<clear>`, or a blank cell where blank cells clear (VAL-003, VAL-007). */
  readonly clear: boolean;
  /** The value is a part of a stand-in such as Full name (VAL-002). */
  readonly derived: boolean;
}

/** A row as read: what it says and what is wrong with it. */
export interface ReadRow {
  readonly values: FieldValue[];
  readonly issues: RowIssue[];
  /** An invalid value was left out (VAL-004): the contact needs a review. */
  readonly leftOut: boolean;
}
