import type { targetsV1 } from '@caseledger/contracts';
import type { LedgerRow } from './projections/ledger.queries.js';
import { ledgerEntry } from './row-entries.js';

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
