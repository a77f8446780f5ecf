import { rowLine, type RowView } from './imports.commands.js';

const row: RowView = { row: 7, outcome: 'FAILED', reason: 'VALUE_NOT_ALLOWED', issues: [], changes: [], effects: [], match: null, heldFor: [] };

describe('a row in one line', () => {
  it('tells what could stand in a cell once, in the message or beside it (LED-010)', () => {
    const choice = { code: 'VALUE_NOT_ALLOWED', column: 'Status', message: 'Activ is not an allowed Case status. Did you mean Active?', suggestion: 'Active' };
    const zip = { code: 'ZIP_SUSPECT', column: null, message: '2134 does not look right for US.', suggestion: '02134' };
    expect(rowLine({ ...row, issues: [choice, zip] })).toBe(
      '      7  FAILED     VALUE_NOT_ALLOWED in Status: Activ is not an allowed Case status. Did you mean Active?  ZIP_SUSPECT: 2134 does not look right for US. (02134?)',
    );
  });

  it('tells for whom it is held, and who each of them may be (DUP-011)', () => {
    const heldFor = [
      { who: 'Client', key: 'EMAIL', records: ['a', 'b'] },
      { who: 'Contact 2', key: null, records: ['c'] },
    ];
    expect(rowLine({ ...row, outcome: 'SKIPPED', reason: 'HELD_FOR_REVIEW', heldFor })).toBe(
      '      7  SKIPPED    HELD_FOR_REVIEW  Client may be a or b (same email)  Contact 2 may be c',
    );
  });
});
