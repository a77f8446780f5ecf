import { randomUUID } from 'node:crypto';
import { Network, Refused } from '@caseledger/testing';
import { contactLines, judgedLines, ledgerLines, oracleLedger, oracleLines } from './compare.js';
import { newCompany, type Session } from './company.js';
import { csvOf, randomContacts, randomRows } from './oracle/random-file.js';
import { predict, type OracleContact, type Policy } from './oracle/sequential-oracle.js';

const FILE = [
  'First Name,Last Name,Email,Phone,Job Title,Favourite colour',
  'Ana,Ferrer,ana@kestrel-mail.net,(415) 555-0132,Welder,blue',
  'Noah,Hale,noah@kestrel-mail.net,415.555.0133,,red',
  'Ingrid,Moreau,not an address,,Nurse,',
  ',,,,,',
  'Omar,,omar@kestrel-mail.net,,,green',
  'Ana,Ferrer,ANA@kestrel-mail.net,,Pilot,',
].join('\r\n');

/** A row of each kind, over the contacts that FILE makes. */
const KINDS = [
  'First Name,Last Name,Email,Phone,Job Title,Source',
  'Ana,Ferrer,ana@kestrel-mail.net,,Pilot,Web',
  'Zoe,Quill,ana@kestrel-mail.net,,,',
  'Ana,Ferrer,ana@kestrel-mail.net,415.555.0133,,',
  'Omar,Reyes,omar@kestrel-mail.net,,Clerk,',
  'Omar,Reyes,omar@kestrel-mail.net,,Diver,',
  'Lena,Brandt,lena@kestrel-mail.net,,,',
  'Ingrid,Moreau,"not an address, nor this",,Nurse,',
  ',,,,,',
  'Noah,Hale,noah@kestrel-mail.net,,,',
].join('\r\n');

async function seed(company: Session, contacts: readonly OracleContact[]): Promise<void> {
  for (const contact of contacts) {
    const data = await company.graphql<{ createContact: { contact: { id: string } | null; userErrors: { code: string }[] } }>(
      'mutation ($input: ContactInput!) { createContact(input: $input) { contact { id } userErrors { code message } } }',
      {
        input: {
          firstName: contact.firstName,
          lastName: contact.lastName,
          jobTitle: contact.jobTitle === '' ? null : contact.jobTitle,
          phones: contact.phones.map(({ label, number, primary }) => ({ label, number, primary })),
          emails: contact.emails.map((address) => ({ address, primary: true })),
          createAnyway: true,
        },
      },
    );
    const { contact: made, userErrors } = data.createContact;
    if (made === null) throw new Error(JSON.stringify(userErrors));
    if (contact.archived) await company.graphql('mutation ($id: ID!) { archiveContact(id: $id) { userErrors { code } } }', { id: made.id });
  }
}

describe('the main job, on the product as it is started', () => {
  const network = new Network();
  beforeAll(() => network.start(), 180_000);
  afterAll(() => network.stop(), 60_000);

  it('imports a file, tells what happened to every row, and counts all of them', async () => {
    const company = await newCompany(network);
    const done = await company.import(FILE);
    expect(done.state).toBe('COMPLETED');
    expect(done.status).toBe('PARTIALLY_WORKED');
    expect(done.counts).toEqual({ read: 6, created: 2, updated: 0, merged: 0, unchanged: 0, skipped: 2, failed: 2, held: 0 });
    expect(ledgerLines(await company.rows(done.id))).toEqual(['1 CREATED', '2 CREATED', '3 FAILED EMAIL_INVALID', '4 SKIPPED ROW_BLANK', '5 FAILED REQUIRED_MISSING', '6 SKIPPED DUPLICATE_IN_FILE']);
    expect((await company.contacts()).map(({ name }) => name).sort()).toEqual(['Ana Ferrer', 'Noah Hale']);
  }, 120_000);

  it('PRE-005, invariant 4: what was planned is what happens, field by field', async () => {
    const company = await newCompany(network);
    for (const content of [FILE, FILE.replaceAll('Welder', 'Diver')]) {
      const planned = await company.plan(content, { duplicatePolicy: 'UPDATE' });
      const predicted = judgedLines(await company.rows(planned.id, 'plan'));
      await company.begin(planned);
      await company.until(planned.id, ['COMPLETED']);
      expect(judgedLines(await company.rows(planned.id))).toEqual(predicted);
    }
  }, 120_000);

  it.each(['SKIP', 'MERGE'])('LED-002: the ledger tells every row as the plan did, its match and its decision included: policy %s', async (duplicatePolicy) => {
    const company = await newCompany(network);
    await company.import(FILE);
    const planned = await company.plan(KINDS, { duplicatePolicy }, 'kinds.csv');
    await company.json('POST', `/api/imports/${planned.id}/decisions`, { rows: [6], action: 'EXCLUDE' });
    await company.json('POST', `/api/imports/${planned.id}/plan`, {});
    const decided = await company.until(planned.id, ['AWAITING_CONFIRMATION']);
    const predicted = await company.rows(decided.id, 'plan');
    await company.begin(decided);
    await company.until(decided.id, ['COMPLETED']);
    const happened = await company.rows(decided.id);
    expect(happened.map((row) => ({ ...row, attempt: 0 }))).toEqual(predicted);
    expect(happened[0]).toMatchObject({ outcome: duplicatePolicy === 'SKIP' ? 'SKIPPED' : 'MERGED', match: { verdict: 'MATCH', key: 'EMAIL', score: 1 } });
    expect(happened[1]).toMatchObject({ reason: 'HELD_FOR_REVIEW', match: { verdict: 'REVIEW' }, issues: [{ code: 'DUP_NAME_CONFLICT' }] });
    expect(happened[1]?.issues[0]?.message).toContain(`EMAIL as ${happened[1]?.match?.record}`);
    expect(happened[2]).toMatchObject({ reason: 'HELD_FOR_REVIEW', match: { verdict: 'AMBIGUOUS' } });
    expect(happened[2]?.match?.records).toHaveLength(2);
    expect(happened[4]?.match).toMatchObject({ earlierRow: 4 });
    expect(happened[5]).toMatchObject({ reason: 'EXCLUDED', decision: { action: 'EXCLUDE' } });
  }, 120_000);

  it('HIS-006: tells where a value comes from, to the cell', async () => {
    const company = await newCompany(network);
    await company.import(FILE, {}, 'intake-may.csv');
    const [ana] = await company.contacts({ search: 'ferrer' });
    const { fieldProvenance } = await company.graphql<{ fieldProvenance: Record<string, unknown>[] }>(
      'query ($id: ID!) { fieldProvenance(id: $id) { path value fileName row line column original } }',
      { id: ana?.['id'] },
    );
    const phone = fieldProvenance.find(({ path }) => String(path).startsWith('phones/'));
    expect(phone).toMatchObject({ fileName: 'intake-may.csv', row: 1, line: 2, column: 'Phone', original: '(415) 555-0132' });
  }, 120_000);

  it('REV-003: reverts an import and keeps what people did since', async () => {
    const company = await newCompany(network);
    const done = await company.import(FILE);
    const [ana] = await company.contacts({ search: 'ferrer' });
    const mutation = 'mutation ($id: ID!, $version: Int!) { updateContact(id: $id, version: $version, input: { jobTitle: "Partner" }) { contact { version } userErrors { code } } }';
    await company.graphql(mutation, { id: ana?.['id'], version: ana?.['version'] });
    const reverted = await company.revert(done.id);
    expect(reverted.counts).toMatchObject({ total: 2, archived: 1, kept: 1 });
    const left = await company.contacts();
    expect(left.map(({ name, jobTitle, review }) => ({ name, jobTitle, review }))).toEqual([{ name: 'Ana Ferrer', jobTitle: 'Partner', review: ['IMPORT_REVERTED'] }]);
  }, 120_000);

  it('REV-012: a revert can be taken back, and everything is as before it', async () => {
    const company = await newCompany(network);
    const done = await company.import(FILE);
    const before = contactLines(await company.contacts());
    const reverted = await company.revert(done.id);
    expect(await company.contacts()).toEqual([]);
    await company.restore(reverted.id);
    expect(contactLines(await company.contacts())).toEqual(before);
  }, 120_000);

  it('SEC-001: two companies do not see each other', async () => {
    const [one, other] = [await newCompany(network), await newCompany(network)];
    const done = await one.import(FILE);
    const [ana] = await one.contacts({ search: 'ferrer' });
    expect(await other.contacts()).toEqual([]);
    await expect(other.importView(done.id)).rejects.toMatchObject({ status: 404, code: 'NOT_FOUND' });
    await expect(other.rows(done.id)).rejects.toBeInstanceOf(Refused);
    expect(await other.graphql('query ($id: ID!) { contact(id: $id) { id } }', { id: ana?.['id'] })).toEqual({ contact: null });
    await expect(other.json('POST', `/api/imports/${done.id}/revert`, {})).rejects.toMatchObject({ status: 404 });
    await expect(other.json('GET', `/api/imports/${randomUUID()}`)).rejects.toMatchObject({ status: 404 });
  }, 120_000);

  it.each<[Policy, number]>([['SKIP', 11], ['UPDATE', 12], ['CREATE', 13], ['MERGE', 14]])('equals the sequential oracle: policy %s', async (policy, seed_) => {
    const company = await newCompany(network);
    // CREATE makes owners of one key many, so that contact keys meet more people.
    const existing = randomContacts(seed_, 8, 30);
    const rows = randomRows(seed_, 120, 30);
    await seed(company, existing);
    const expected = predict(existing, rows, policy);
    const done = await company.import(csvOf(rows), { duplicatePolicy: policy });
    expect(done.state).toBe('COMPLETED');
    expect(ledgerLines(await company.rows(done.id))).toEqual(oracleLedger(expected));
    expect(contactLines(await company.contacts({ archived: 'INCLUDE' }))).toEqual(oracleLines(expected));
  }, 180_000);
});
