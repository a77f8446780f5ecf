import { predictCases, type CaseOptions, type OracleCaseRow } from './case-oracle.js';

const row = (at: number, given: Partial<OracleCaseRow> = {}): OracleCaseRow => ({
  row: at,
  recordId: '',
  name: 'In re Hale',
  type: 'Family Law',
  status: '',
  source: '',
  externalId: '',
  description: '',
  deadline: '',
  tags: '',
  client: { recordId: '', firstName: 'Ana', lastName: 'Hale', email: 'ana@x.net', phone: '', jobTitle: '' },
  others: [],
  ...given,
});
const OPTIONS: CaseOptions = { policy: 'SKIP', clientPolicy: 'SKIP', onReview: 'HOLD', type: '', list: '', listType: '', addSkipped: true, numbersAfter: 0 };
const NOTHING = { contacts: [], cases: [], clients: [] };

describe('the oracle of cases itself', () => {
  it('DUP-011: two rows of one client make two cases of one contact', () => {
    const { contacts, cases, outcomes } = predictCases(NOTHING, [row(1), row(2, { name: 'Byrne v. Hale' })], OPTIONS);
    expect([contacts.length, cases.map(({ number, primary }) => [number, primary])]).toEqual([1, [[1, 'row 1'], [2, 'row 1']]]);
    expect(outcomes.map(({ effects }) => effects)).toEqual([['CONTACT_CREATED row 1', 'CASE_CREATED case row 1'], ['CASE_CREATED case row 2', 'CLIENT_LINKED row 1']]);
  });

  it('RUN-012: a row whose case is not written writes no client, and a client in doubt holds the row', () => {
    const stranger = { recordId: '', firstName: 'Omar', lastName: 'Byrne', email: 'ana@x.net', phone: '', jobTitle: '' };
    const fails = row(1, { type: '', client: { ...stranger, email: 'omar@x.net' } });
    const { contacts, outcomes } = predictCases(NOTHING, [fails, row(2), row(3, { client: stranger })], OPTIONS);
    expect(contacts).toHaveLength(1);
    expect(outcomes.map(({ outcome, reason }) => `${outcome} ${reason}`.trim())).toEqual(['FAILED CASE_TYPE_MISSING', 'CREATED', 'SKIPPED HELD_FOR_REVIEW']);
  });

  it('OPT-006: a skipped duplicate goes to the list all the same', () => {
    const first = predictCases(NOTHING, [row(1)], OPTIONS);
    const { cases, outcomes } = predictCases(first, [row(1)], { ...OPTIONS, type: 'Family Law', list: 'Spring', listType: 'Family Law' });
    expect(cases[0]?.lists).toEqual(['Spring']);
    expect(outcomes[0]).toEqual({ row: 1, outcome: 'SKIPPED', reason: 'DUPLICATE_IN_FILE', effects: ['LIST_MEMBER_ADDED case row 1'] });
  });
});
