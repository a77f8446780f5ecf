import type { importsV1 } from '@caseledger/contracts';
import type { CallContext } from '@caseledger/service-kit';
import { entryOf } from './row-entries.js';
import type { ImportView } from './projections/import-view.js';
import { HIDDEN, hidingFrom, shownRow } from './sensitive.js';

const caller = (permissions: string[]): CallContext => ({ kind: 'user', tenant: 't', subject: 'u', roles: [], permissions });

/** A case file whose third column is the client's date of birth; nothing else of the view is asked. */
const view = { createdBy: 'somebody', mapping: { version: 1, columns: [{ column: 0, target: 'caseName' }, { column: 2, target: 'clientDateOfBirth' }] } } as unknown as ImportView;

describe('what of a case file is kept from callers without sensitive.read (SEC-013)', () => {
  const row: importsV1.RowEntry = {
    ...entryOf(undefined),
    cells: ['Quinn v. Ames', 'x', '1980-02-03'],
    values: ['caseName', 'clientDateOfBirth', 'contact1DateOfBirth'].map((field) => ({ field, text: 'x', original: '', column: 0, clear: false, derived: false })),
    changes: [{ record: 'c', field: 'dateOfBirth', before: '', after: '"1980-02-03"', column: 2, keptBecause: '' }],
    issues: [{ code: 'DATE_INVALID', severity: 'ERROR', column: 2, field: 'clientDateOfBirth', text: '1980-02-03', suggestion: '', params: { field: 'Client date of birth', text: '1980-02-03' } }],
  };

  it('hides the client\'s date of birth wherever it is told', () => {
    const shown = shownRow(row, hidingFrom(caller(['imports.read']), view, undefined));
    expect(shown.cells).toEqual(['Quinn v. Ames', 'x', HIDDEN]);
    expect(shown.values.map(({ field }) => field)).toEqual(['caseName']);
    expect(shown.changes).toEqual([]);
    expect(JSON.stringify(shown)).not.toContain('1980-02-03');
    expect(shown.issues[0]?.params).toEqual({ field: 'Client date of birth' });
  });

  it('shows it to those who may', () => {
    expect(shownRow(row, hidingFrom(caller(['imports.read', 'sensitive.read']), view, undefined))).toEqual(row);
  });
});
