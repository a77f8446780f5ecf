import { casesV1, targetsV1 } from '@caseledger/contracts';
import type { Command } from '@caseledger/row-target';
import { grantsOf } from '@caseledger/service-kit';
import { CaseListCommands } from './case-list/case-list.commands.js';
import { CaseTypeCommands } from './case-type/case-type.commands.js';
import { CaseCommands, type CommandDeps } from './case/case.commands.js';
import { foldOf } from './case/stored-case.js';
import { keysOfRecord } from './rows/record-keys.js';
import { client as clientPart, options, row } from './rows/row.fixture.js';
import { asked } from './spec/asked.js';
import { casesWorld, type CasesWorld } from './spec/cases-world.js';
import { KnownContacts } from './spec/known-contacts.js';

const contacts = new KnownContacts();
let world: CasesWorld;
let deps: CommandDeps;
beforeAll(async () => {
  world = await casesWorld('cases_rebuild');
  deps = { ...world.cases, input: { defaultCountry: 'US', timeZone: 'UTC' }, contacts };
});
afterAll(() => world.close());

function command(): Command {
  const permissions = grantsOf(['owner']);
  return { caller: { kind: 'user', tenant: world.tenant, subject: 'u1', roles: ['owner'], permissions }, idempotencyKey: '' };
}

const fields = (values: Readonly<Record<string, string>>) =>
  Object.entries(values).map(([field, text]) => ({ field, text, clear: false }));

/** Everything that can be written to cases by people, and rows of a file beside it. */
async function live(): Promise<void> {
  const [types, lists, cases] = [new CaseTypeCommands(deps), new CaseListCommands(deps), new CaseCommands(deps)];
  const statuses = ['Intake', 'Filed', 'Done'].map((name) => asked(casesV1.CaseStatus, { name, category: name === 'Done' ? 'CLOSED' : 'OPEN' }));
  const { id: typeId } = await types.save(asked(casesV1.SaveCaseTypeRequest, { name: 'Probate', statuses }), command());
  const { id: list } = await lists.create(asked(casesV1.CreateCaseListRequest, { name: 'Estates' }), command());
  const client = contacts.add('Ada Quill');
  const links = [{ contact: client, role: 'CLIENT', primary: true }];
  const create = (caseName: string) =>
    cases.create(
      asked(casesV1.CreateCaseRequest, { fields: fields({ caseName, externalId: caseName, deadline: '2027-01-02' }), typeId, contacts: links, lists: [list] }),
      command(),
    );
  const [one, two] = [await create('One'), await create('Two')];
  await cases.link({ id: one.id, contact: contacts.add('Bo'), role: 'CLIENT', primary: true, idempotencyKey: '' }, command());
  await cases.unlink({ id: one.id, contact: client, role: 'CLIENT', idempotencyKey: '' }, command());
  await cases.archive({ id: two.id, reason: 'moved', idempotencyKey: '' }, command());
  await lists.rename(asked(casesV1.RenameCaseListRequest, { id: list, name: 'Old estates' }), command());
  await lists.remove({ id: list, cases: [one.id], idempotencyKey: '' }, command());
  const parts = [clientPart(client)];
  const rows = [
    row(1, { caseName: 'Imported', caseType: 'Probate' }, { parts }),
    row(2, { caseName: 'One', caseType: 'Probate', externalId: 'One' }, { parts }),
  ];
  const opts = options({ duplicatePolicy: 'UPDATE' }, { newList: 'From the file' });
  const run = await world.openRun([1], { cases: opts.cases });
  await run.apply(0, 0, rows, opts);
  await run.setState(targetsV1.RunState.RUN_STATE_CLOSED);
  const [, filed, done] = (await stored(typeId)).statuses;
  const kept = [filed, done].flatMap((status) => (status === undefined ? [] : [{ ...status, next: [] }]));
  const intake = (await stored(typeId)).statuses[0]?.id ?? '';
  const replacements = { [intake]: done?.id ?? '' };
  await types.save(asked(casesV1.SaveCaseTypeRequest, { id: typeId, version: 1, name: 'Probate', statuses: kept, replacements }), command());
}

async function stored(id: string): Promise<{ statuses: casesV1.CaseStatus[] }> {
  const sql = 'select state from app.case_type where id = $1';
  const { rows } = await world.store.transaction(world.tenant, (tx) => tx.query<{ state: { statuses: casesV1.CaseStatus[] } }>(sql, [id]));
  return rows[0]?.state ?? { statuses: [] };
}

describe('the read models of cases', () => {
  beforeAll(() => live());

  it('come back from the log row for row (DESIGN 27)', async () => {
    const before = await world.checksums();
    expect(before.length).toBe(12);
    await world.rebuild();
    expect(await world.checksums()).toEqual(before);
  });

  it('are the folds of their streams, and their keys those of the folded cases', async () => {
    const sql = 'select id, version, state from app.case_state order by id';
    const { rows } = await world.store.transaction(world.tenant, (tx) => tx.query<{ id: string; version: number; state: object }>(sql));
    const streams = await world.store.transaction(world.tenant, (tx) => tx.readStreams(rows.map(({ id }) => id)));
    const owned = new Set<string>();
    for (const { id, version, state } of rows) {
      const folded = foldOf(streams.get(id) ?? []);
      expect(folded).toEqual(state);
      expect(streams.get(id)).toHaveLength(version);
      for (const key of keysOfRecord(folded)) owned.add(world.cases.hasher.hash(world.tenant, key));
    }
    expect(rows.length).toBe(3);
    expect(await world.count('app.match_key')).toBe(owned.size);
  });
});
