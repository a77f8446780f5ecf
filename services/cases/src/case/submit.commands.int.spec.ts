import { casesV1, type contactsV1 } from '@caseledger/contracts';
import { uuid7 } from '@caseledger/event-store';
import { asked } from '../spec/asked.js';
import { casesHarness, type Cases, type CasesHarness } from '../spec/cases-edge.js';

let harness: CasesHarness;
let script: Cases;
beforeAll(async () => {
  harness = await casesHarness('cases_submit');
  script = await harness.as('manager', { apiKeyId: 'key-1' });
});
afterAll(() => harness.drop());

const fields = (values: Readonly<Record<string, string>>) =>
  Object.entries(values).map(([field, text]) => ({ field, text, clear: false }));
const item = (values: Readonly<Record<string, string>>, more: Partial<casesV1.SubmittedCase> = {}) =>
  asked(casesV1.SubmittedCase, { fields: fields({ caseType: 'Personal Injury', ...values }), ...more });
const person = (firstName: string, email: string) =>
  fields({ firstName, lastName: 'Script', email }) as contactsV1.FieldInput[];

async function submit(items: casesV1.SubmittedCase[], more: Partial<casesV1.SubmitCasesRequest> = {}) {
  const { results, replayed } = await script.submitCases(asked(casesV1.SubmitCasesRequest, { items, ...more }));
  return { results, replayed, outcomes: results.map(({ outcome, reason }) => (reason === '' ? outcome : `${outcome} ${reason}`)) };
}

describe('cases sent by a script (RST-001)', () => {
  it('come with a client by id, by external id or by data, and are answered in order', async () => {
    const { contacts } = harness;
    const known = contacts.add('Known Person', { externalId: { system: 'clio', id: '7' } });
    const { results, outcomes } = await submit([
      item({ caseName: 'By id', caseStatus: 'active' }, { clientId: known }),
      item({ caseName: 'By external id' }, { clientExternalId: { system: 'clio', id: '7' } }),
      item({ caseName: 'By data' }, { clientFields: person('Dana', 'dana@kestrel.net') }),
      item({ caseName: 'Unknown client' }, { clientId: uuid7() }),
      item({ caseName: 'No client' }),
    ]);
    expect(outcomes).toEqual(['CREATED', 'CREATED', 'CREATED', 'FAILED LINK_NOT_FOUND', 'FAILED REQUIRED_MISSING']);
    expect(results[0]?.case).toMatchObject({ name: 'By id', statusName: 'Active', source: 'API' });
    expect(results.slice(0, 2).map(({ client }) => client)).toEqual([known, known]);
    expect(results[2]).toMatchObject({ clientOutcome: 'CREATED', case: { contacts: [{ contact: results[2]?.client, role: 'CLIENT' }] } });
    expect([...contacts.clients]).toEqual(expect.arrayContaining([known]));
    const numbers = results.slice(0, 3).map((each) => each.case?.number);
    expect(new Set(numbers).size).toBe(3);
  });

  it('keep each their own client when one before them is refused for another contact', async () => {
    const { contacts } = harness;
    const byExternalId = (id: string) => ({ system: 'clio', id });
    const [, wanted] = ['71', '72'].map((id) => contacts.add(`Client ${id}`, { externalId: byExternalId(id) }));
    const witness = { contact: uuid7(), role: 'WITNESS', primary: false };
    const { results, outcomes } = await submit([
      item({ caseName: 'Unknown witness' }, { clientExternalId: byExternalId('71'), contacts: [witness] }),
      item({ caseName: 'Known client' }, { clientExternalId: byExternalId('72') }),
    ]);
    expect(outcomes).toEqual(['FAILED LINK_NOT_FOUND', 'CREATED']);
    expect(results[1]?.client).toBe(wanted);
  });

  it('that will not be written make no client (RST-003)', async () => {
    const before = harness.contacts.submissions.length;
    await submit([item({ caseName: 'First', externalId: 'S-1' }, { clientFields: person('Eve', 'eve@kestrel.net') })]);
    const { outcomes } = await submit([
      item({ caseName: 'Second', externalId: 'S-1' }, { clientFields: person('Finn', 'finn@kestrel.net') }),
      item({ caseName: 'Odd type', caseType: 'Maritime' }, { clientFields: person('Gil', 'gil@kestrel.net') }),
      item({ caseName: '' }, { clientFields: person('Hal', 'hal@kestrel.net') }),
    ]);
    expect(outcomes).toEqual(['SKIPPED DUPLICATE_EXISTING', 'FAILED VALUE_NOT_ALLOWED', 'FAILED REQUIRED_MISSING']);
    expect(harness.contacts.submissions).toHaveLength(before + 1);
  });

  it('that name a further contact that is nowhere make no client (RST-003)', async () => {
    const before = harness.contacts.submissions.length;
    const witness = { contact: uuid7(), role: 'WITNESS', primary: false };
    const { outcomes } = await submit([
      item({ caseName: 'Nobody saw it' }, { clientFields: person('Jo', 'jo@kestrel.net'), contacts: [witness] }),
    ]);
    expect(outcomes).toEqual(['FAILED LINK_NOT_FOUND']);
    expect(harness.contacts.submissions).toHaveLength(before);
  });

  it('follow the policy for a case that is there, one of them after the other', async () => {
    const contact = harness.contacts.add('Pol Icy');
    const one = (values: Readonly<Record<string, string>>) => item({ caseName: 'Policy', ...values }, { clientId: contact });
    expect((await submit([one({}), one({ description: 'later' })])).outcomes).toEqual(['CREATED', 'SKIPPED DUPLICATE_EXISTING']);
    const updated = await submit([one({ description: 'told' }), one({ description: 'told' })], { onDuplicate: 'UPDATE' });
    expect(updated.outcomes).toEqual(['UPDATED', 'UNCHANGED']);
    expect(updated.results[0]?.case).toMatchObject({ description: 'told', version: 2 });
  });

  it('fail with the reason of their client, and nothing of them is stored', async () => {
    const nameless = fields({ firstName: 'Only', email: 'only@kestrel.net' }) as contactsV1.FieldInput[];
    const { outcomes, results } = await submit([item({ caseName: 'Nameless' }, { clientFields: nameless })]);
    expect(outcomes).toEqual(['FAILED REQUIRED_MISSING']);
    expect(results[0]?.issues).toMatchObject([{ field: 'clientLastName', params: { field: 'Client last name' } }]);
    const found = await script.listCases(asked(casesV1.ListCasesRequest, { filter: asked(casesV1.CaseFilter, { search: 'nameless' }) }));
    expect(found.edges).toEqual([]);
  });

  it('are made once per idempotency key, clients too', async () => {
    const items = [item({ caseName: 'Once' }, { clientFields: person('Ivy', 'ivy@kestrel.net') })];
    const idempotencyKey = uuid7();
    const first = await submit(items, { idempotencyKey });
    const submissions = harness.contacts.submissions.length;
    const again = await submit(items, { idempotencyKey });
    expect(again).toMatchObject({ replayed: true, outcomes: ['CREATED'] });
    expect(again.results[0]?.case?.id).toBe(first.results[0]?.case?.id);
    expect(harness.contacts.submissions).toHaveLength(submissions);
  });
});

describe('the changes of cases', () => {
  const collect = async (after: string, most: number, filter?: casesV1.CaseFilter): Promise<casesV1.CaseChange[]> => {
    const { client, metadata } = harness.connection;
    const { path, requestSerialize, responseDeserialize } = casesV1.CasesServiceService.changes;
    const signed = metadata(await harness.contextOf('manager'));
    const call = client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, { after, id: '', filter }, signed);
    const changes: casesV1.CaseChange[] = [];
    for await (const change of call) {
      changes.push(change as casesV1.CaseChange);
      if (changes.length === most) break;
    }
    call.cancel();
    return changes;
  };

  it('are told each once and in order, from any cursor on', async () => {
    const { results } = await submit([item({ caseName: 'Told' }, { clientId: harness.contacts.add('To Ld') })]);
    const { id = '', position = '' } = results[0]?.case ?? {};
    for (const name of ['Told 2', 'Told 3']) {
      await script.updateCase(asked(casesV1.UpdateCaseRequest, { id, fields: fields({ caseName: name }) }));
    }
    const told = await collect(position, 2);
    expect(told.map(({ type, version, fields: names }) => [type, version, names])).toEqual([
      ['CaseFieldsChanged', 2, ['caseName']],
      ['CaseFieldsChanged', 3, ['caseName']],
    ]);
    expect((await collect(told[0]?.cursor ?? '', 1)).map(({ version }) => version)).toEqual([3]);
    const family = asked(casesV1.CaseFilter, { search: 'told 3' });
    expect((await collect(position, 2, family)).map(({ id: whose }) => whose)).toEqual([id, id]);
  });
});
