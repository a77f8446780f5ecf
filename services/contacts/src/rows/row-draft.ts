import type { RowIssue } from '@caseledger/errors';
import type { GivenValue } from '@caseledger/row-target';
import { copyOf, primaryOf, type ContactState } from '../contact/contact.js';
import type { ElementList } from '../contact/contact.events.js';
import type { ValueSource } from '../contact/contact.changes.js';

/** What becomes of a record: made, changed by policy UPDATE, or completed by policy MERGE (DUP-006). */
export type Mode = 'CREATE' | 'UPDATE' | 'MERGE';

/** How one row is laid over one record. */
export interface DraftRules {
  readonly mode: Mode;
  /** `FILL`: what a record has is never overwritten (OPT `blankCells`). */
  readonly fillOnly: boolean;
  /** Who records consent: IMPORT, API or STAFF. */
  readonly source: string;
}

/** A record with a row being laid over it: the state so far, where its values come from, and what to report. */
export class Draft {
  readonly state: ContactState;
  readonly sources = new Map<string, ValueSource>();
  readonly issues: RowIssue[] = [];

  constructor(
    readonly before: ContactState,
    readonly rules: DraftRules,
  ) {
    this.state = copyOf(before);
  }

  get creates(): boolean {
    return this.rules.mode === 'CREATE';
  }

  /** Notes where the value of a field, as `fieldOf` names it, came from. */
  from(field: string, value: GivenValue): void {
    const { column, original } = value;
    this.sources.set(field, original === undefined ? { column } : { column, text: original });
  }

  warn(
    code: RowIssue['code'],
    value: Pick<GivenValue, 'field' | 'column' | 'text'>,
    params: RowIssue['params'] = {},
  ): void {
    const { field, column, text } = value;
    this.issues.push({ code, severity: 'WARNING', field, text, params, ...(column < 0 ? {} : { column }) });
  }

  fail(code: RowIssue['code'], field: string, column: number, params: RowIssue['params'] = {}): void {
    this.issues.push({ code, severity: 'ERROR', field, params, ...(column < 0 ? {} : { column }) });
  }

  /** The next element id of a list; ids are never given twice. */
  newId(list: ElementList): number {
    this.state.lastId[list] += 1;
    return this.state.lastId[list];
  }

  /** Marks an element primary, unless it is so without being marked. */
  markPrimary(list: ElementList, id: number, value: GivenValue): void {
    if (primaryOf(this.state, list) === id) return;
    this.state.primary[list] = id;
    this.from(`primary/${list}`, value);
  }
}
