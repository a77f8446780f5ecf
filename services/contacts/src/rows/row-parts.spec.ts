import type { targetsV1 } from '@caseledger/contracts';
import { verdictOf } from '@caseledger/row-target';
import { contactKind } from './contact.kind.js';
import { contact, email, judge, options, row, viewOf } from './row.fixture.js';
import type { Judged } from './row-judge.js';

const ada = { firstName: 'Ada', lastName: 'Quill', email: 'ada@kestrel.net' };
const bo = { firstName: 'Bo', lastName: 'Reed', phone: '+14155550132' };

/** Options of a case import as contacts are given them. */
function ofCases(clientDuplicatePolicy = 'SKIP', more: Partial<targetsV1.ApplyOptions> = {}): targetsV1.ApplyOptions {
  const cases = { caseType: '', list: '', newList: '', addSkipped: true, clientDuplicatePolicy };
  return options({ importType: 'CASES', duplicatePolicy: 'CREATE', cases, ...more });
}

const said = (judged: readonly Judged[]) => judged.map(({ outcome, record }) => `${outcome} ${record}`);
const codes = (judged: Judged | undefined) => judged?.issues.map(({ code, params }) => ({ code, params }));

describe('the contacts of a case row', () => {
  it('are records of their own, and only the first of them is a client', () => {
    const [client, witness] = judge([row(1, ada), row(1, bo, { part: 2 })], ofCases());
    expect(said([client, witness].filter((each) => each !== undefined))).toEqual(['CREATED imp-1', 'CREATED imp-1/2']);
    expect(client?.after?.state.client).toBe(true);
    expect(witness?.after?.state.client).toBe(false);
  });

  it('are one record where they are one person, whom the later part finds as the earlier one made it', () => {
    expect(said(judge([row(1, ada), row(1, ada, { part: 1 })], ofCases()))).toEqual(['CREATED imp-1', 'SKIPPED imp-1']);
    const updated = judge([row(1, ada), row(1, { ...ada, jobTitle: 'Partner' }, { part: 1 })], ofCases('UPDATE'));
    expect(said(updated)).toEqual(['CREATED imp-1', 'UPDATED imp-1']);
    expect(updated[1]?.after?.version).toBe(2);
  });

  it('follow the policy for clients, whatever the one for cases says (DUP-011)', () => {
    const known = () => viewOf({ a: contact({ emails: [email('ada@kestrel.net')] }) });
    const rows = [row(1, { ...ada, jobTitle: 'Partner' })];
    expect(said(judge(rows, ofCases('SKIP'), known()))).toEqual(['SKIPPED a']);
    expect(said(judge(rows, ofCases('UPDATE'), known()))).toEqual(['UPDATED a']);
    expect(said(judge(rows, ofCases('CREATE'), known()))).toEqual(['CREATED imp-1']);
  });

  it('that are linked to only tell how much of the file they do not get', () => {
    const known = () => viewOf({ a: contact({ emails: [email('ada@kestrel.net')] }) });
    const more = { ...ada, jobTitle: 'Partner', phone: '+14155550132', city: 'Eugene', street: '1 Elm St' };
    const [linked] = judge([row(1, more)], ofCases(), known());
    expect(codes(linked)).toEqual([{ code: 'CLIENT_DATA_NOT_APPLIED', params: { record: 'a', n: 4 } }]);
    expect(codes(judge([row(1, more, { part: 3 })], ofCases(), known())[0])).toHaveLength(1);
    expect(codes(judge([row(1, ada)], ofCases(), known())[0])).toEqual([]);
    expect(codes(judge([row(1, more)], options({ importType: 'CLIENTS' }), known())[0])).toEqual([]);
  });

  it('take the defaults of clients only where they are the client (OPT-003)', () => {
    const [client, witness] = judge([row(1, ada), row(1, bo, { part: 1 })], ofCases('SKIP', { defaults: { city: 'Eugene', email: 'office@kestrel.net' } }));
    expect([client, witness].map((each) => each?.after?.state.addresses.length)).toEqual([1, 0]);
    expect(witness?.after?.state.emails).toEqual([]);
  });

  it('that are held for a decision or fail have no record', () => {
    const twice = viewOf({ a: contact({ emails: [email('ada@kestrel.net')] }), b: contact({ emails: [email('ada@kestrel.net')] }) });
    const rows = [row(1, ada), row(2, { recordId: '6f0d7f5e-3a54-4b0e-8f59-3c1f6f3f9c11' })];
    const verdicts = judge(rows, ofCases(), twice).map((judged) => verdictOf(contactKind, judged));
    expect(verdicts.map(({ outcome, reason, record }) => [outcome, reason, record])).toEqual([
      ['SKIPPED', 'HELD_FOR_REVIEW', ''],
      ['FAILED', 'RECORD_NOT_FOUND', ''],
    ]);
    expect(verdicts[0]?.match?.kind).toBe('CONTACT');
  });
});

describe('a contact whose case will not be written (RUN-012)', () => {
  it('is there for the further contacts of its own row, which end the same whether it is written or not', () => {
    const parts = (withheld: boolean) => [row(1, ada, { withheld }), row(1, { ...bo, email: ada.email }, { part: 1, withheld }), row(2, ada)];
    const ends = (withheld: boolean) => judge(parts(withheld), ofCases()).map(({ outcome, reason }) => `${outcome} ${reason}`.trim());
    expect(ends(false)).toEqual(['CREATED', 'SKIPPED HELD_FOR_REVIEW', 'SKIPPED DUPLICATE_IN_FILE']);
    expect(ends(true)).toEqual(['CREATED', 'SKIPPED HELD_FOR_REVIEW', 'CREATED']);
  });

  it('is judged as ever and names its record, but later rows do not see it', () => {
    const rows = [row(1, ada, { withheld: true }), row(2, ada), row(3, ada)];
    const judged = judge(rows, ofCases());
    expect(said(judged)).toEqual(['CREATED imp-1', 'CREATED imp-2', 'SKIPPED imp-2']);
    const told = judged[0] === undefined ? undefined : verdictOf(contactKind, judged[0]);
    expect(told).toMatchObject({ outcome: 'CREATED', record: 'imp-1', effects: [], changes: [] });
  });
});
