import type { RowIssue } from '@caseledger/errors';
import type { GivenValue } from '@caseledger/row-target';
import { copyOf, type CaseState } from '../case/case.js';
import type { ValueSource } from '../case/case.changes.js';
import { wordsFor } from '../case/case.refusals.js';

/** What becomes of a case: made, changed by policy UPDATE, or completed by policy MERGE (DUP-006). */
export type Mode = 'CREATE' | 'UPDATE' | 'MERGE';

/** A case with a row being laid over it: the state so far, where its values come from, and what to report. */
export class Draft {
  readonly state: CaseState;
  readonly sources = new Map<string, ValueSource>();
  readonly issues: RowIssue[] = [];

  constructor(
    readonly before: CaseState,
    readonly mode: Mode,
    /** What a case has is never overwritten (OPT `blankCells`). */
    readonly fillOnly: boolean,
  ) {
    this.state = copyOf(before);
  }

  get creates(): boolean {
    return this.mode === 'CREATE';
  }

  /** Notes where the value of a field, as `fieldOf` names it, came from. */
  from(field: string, value: GivenValue): void {
    const { column, original } = value;
    this.sources.set(field, original === undefined ? { column } : { column, text: original });
  }

  /**
   * Whether a value of the row takes the place of the one that is there: always where there is none, in an update
   * unless it only fills, never in a merge, which says so (DUP-006).
   */
  takes(value: GivenValue, had: string, shown = had): boolean {
    if (value.text === had) return false;
    if (this.creates || had === '') return true;
    if (this.mode === 'UPDATE') return !this.fillOnly;
    this.warnKept(value, shown);
    return false;
  }

  private warnKept({ field, text, column }: GivenValue, existing: string): void {
    const at = column < 0 ? {} : { column };
    const params = { field: wordsFor(field), existing, text };
    this.issues.push({ code: 'MERGE_KEPT_EXISTING', severity: 'WARNING', field, text, params, ...at });
  }

  fail(code: RowIssue['code'], field: string, column: number, more: Partial<RowIssue> = {}): void {
    const at = column < 0 ? {} : { column };
    this.issues.push({ code, severity: 'ERROR', field, params: { field: wordsFor(field) }, ...at, ...more });
  }
}
