import type { targetsV1 } from '@caseledger/contracts';
import type { LedgerRow } from './projections/ledger.queries.js';
import type { PlanRow } from './projections/plan.queries.js';
import { ledgerEntry, planEntry } from './row-entries.js';

const code: targetsV1.OutcomeCode = { code: 'VALUE_NOT_ALLOWED', severity: 'ERROR', column: 1, field: 'caseStatus', params: { field: 'Case status' }, suggestion: 'Active' };

function entry(codes: targetsV1.OutcomeCode[]): LedgerRow {
  return { row: 1, attempt: 1, outcome: 'FAILED', reason: codes[0]?.code ?? '', codes, effects: [], match: null, decision: null };
}

describe('an entry of the ledger (LED-002, LED-010)', () => {
  it('has the suggestion it was kept with, whether the file is there or gone', () => {
    expect(ledgerEntry(entry([code]), undefined, { differences: [] }).issues).toMatchObject([{ suggestion: 'Active', text: '' }]);
  });

  it('has none where none was kept', () => {
    const { suggestion, ...bare } = code;
    expect(suggestion).toBe('Active');
    expect(ledgerEntry(entry([bare]), undefined, { differences: [] }).issues).toMatchObject([{ suggestion: '' }]);
  });
});

describe('a held row (DUP-003, DUP-011)', () => {
  const found = { kind: 'CONTACT', verdict: 'AMBIGUOUS', key: 'EMAIL', record: '', records: ['a', 'b'], score: 1, earlierRow: 0 };
  const match: targetsV1.MatchFound = { ...found, part: 0, further: { matches: [{ ...found, part: 2, verdict: 'REVIEW', key: 'PHONE', records: ['c'] }] } };
  const who = ({ heldFor }: ReturnType<typeof ledgerEntry>) => heldFor.map((each) => `${each.who} ${each.verdict} ${each.key} ${each.records.join()}`);
  const held = (given: targetsV1.MatchFound, reason = 'HELD_FOR_REVIEW') => ({ ...entry([]), outcome: 'SKIPPED', reason, match: given });

  it('tells for which of its contacts it is held, in the preview as in the ledger', () => {
    const told = ['Client AMBIGUOUS EMAIL a,b', 'Contact 2 REVIEW PHONE c'];
    expect(who(ledgerEntry(held(match), undefined, { differences: [] }))).toEqual(told);
    const planned = { row: 1, outcome: 'SKIPPED', reason: 'HELD_FOR_REVIEW', codes: [] } as unknown as PlanRow;
    const verdict = { row: 1, outcome: 'SKIPPED', reason: 'HELD_FOR_REVIEW', match, effects: [], changes: [], issues: [], pinnedVersion: 0, record: '', part: 0 };
    expect(who(planEntry(planned, undefined, verdict, undefined))).toEqual(told);
  });

  it('is held for its own record where no contact is named', () => {
    expect(who(ledgerEntry(held({ ...found, kind: 'CASE', key: 'CASE_NAME' }), undefined, { differences: [] }))).toEqual(['Case AMBIGUOUS CASE_NAME a,b']);
    expect(who(ledgerEntry(held(found), undefined, { differences: [] }))).toEqual(['Contact AMBIGUOUS EMAIL a,b']);
  });

  it('alone is held for anybody', () => {
    expect(who(ledgerEntry(held(match, 'DUPLICATE_EXISTING'), undefined, { differences: [] }))).toEqual([]);
  });
});
