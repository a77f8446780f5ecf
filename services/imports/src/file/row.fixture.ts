import type { targetsV1 } from '@caseledger/contracts';

/** A row of a file; everything not given is empty. */
export function aRow(row: Partial<targetsV1.Row> & { row: number }): targetsV1.Row {
  return {
    line: row.row + 1,
    sheet: '',
    blank: false,
    values: [],
    issues: [],
    leftOut: false,
    tied: false,
    decision: undefined,
    expected: undefined,
    cells: [],
    appliedBefore: false,
    part: 0,
    withheld: false,
    parts: [],
    candidates: [],
    ...row,
  };
}

/** The prediction for a row; everything not given is empty. */
export function aVerdict(verdict: Partial<targetsV1.RowVerdict> & { row: number }): targetsV1.RowVerdict {
  return { outcome: 'CREATED', reason: '', match: undefined, effects: [], changes: [], issues: [], pinnedVersion: 0, record: '', part: 0, ...verdict };
}
