import { predict, type OracleContact, type OracleRow } from './sequential-oracle.js';

const row = (at: number, given: Partial<OracleRow>): OracleRow => ({ row: at, firstName: 'Ana', lastName: 'Quinn', email: '', phone: '', mobile: '', jobTitle: '', tags: '', ...given });
const outcomes = (...args: Parameters<typeof predict>): string[] => predict(...args).outcomes.map(({ outcome, reason }) => (reason === '' ? outcome : `${outcome}/${reason}`));

describe('the oracle itself', () => {
  it('DUP-009: three rows tied by a second key make one record under UPDATE', () => {
    const rows = [row(1, { email: 'a@x.net', phone: '415-555-0101' }), row(2, { email: 'b@x.net', phone: '415-555-0101' }), row(3, { email: 'b@x.net' })];
    const result = predict([], rows, 'UPDATE');
    expect(result.outcomes.map(({ outcome }) => outcome)).toEqual(['CREATED', 'UPDATED', 'UNCHANGED']);
    expect(result.contacts).toHaveLength(1);
    expect(result.contacts[0]?.emails).toEqual(['b@x.net']);
  });

  it('holds a row whose name clearly differs, and one that hits two records', () => {
    const rows = [row(1, { email: 'a@x.net' }), row(2, { firstName: 'Omar', lastName: 'Byrne', email: 'b@x.net' }), row(3, { firstName: 'Omar', lastName: 'Hale', email: 'a@x.net' }), row(4, { email: 'a@x.net', phone: '' }), row(5, { firstName: 'Ana', lastName: 'Byrne', email: 'b@x.net', mobile: '646-555-0101' })];
    expect(outcomes([], rows, 'SKIP')).toEqual(['CREATED', 'CREATED', 'SKIPPED/HELD_FOR_REVIEW', 'SKIPPED/DUPLICATE_IN_FILE', 'SKIPPED/DUPLICATE_IN_FILE']);
  });

  it('keeps what is there under MERGE and adds what is not', () => {
    const there: OracleContact = { name: 'existing 0', firstName: 'Ana', lastName: 'Quinn', jobTitle: 'Nurse', tags: ['vip'], emails: ['a@x.net'], phones: [], archived: false };
    const result = predict([there], [row(1, { email: 'A@x.net', jobTitle: 'Pilot', tags: 'intake', phone: '4155550101' })], 'MERGE');
    expect(result.outcomes[0]?.outcome).toBe('MERGED');
    expect(result.contacts[0]).toEqual({ ...there, tags: ['intake', 'vip'], phones: [{ label: 'OTHER', number: '+14155550101', primary: true }] });
  });
});
