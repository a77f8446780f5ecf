import { targetsV1, type contactsV1 } from '@caseledger/contracts';
import { uuid7 } from '@caseledger/event-store';
import { grantsOf, type CallContext } from '@caseledger/service-kit';
import { options, row } from '../rows/row.fixture.js';
import { contactsWorld, type ContactsWorld, type WorldRun } from '../spec/contacts-world.js';
import { differencesOf } from './differences.js';
import { historyOf } from './history.js';
import { provenanceOf } from './provenance.js';

let world: ContactsWorld;
let caller: CallContext;
beforeAll(async () => {
  world = await contactsWorld('provenance');
  const permissions = grantsOf(['owner']);
  caller = { kind: 'user', tenant: world.tenant, subject: 'dana', roles: ['owner'], permissions };
});
afterAll(() => world.close());

const update = options({ duplicatePolicy: 'UPDATE' });

/** A row as it was read: the phone's cell is not what is stored. */
function asRead(number: number, jobTitle: string): targetsV1.Row {
  const cells = {
    firstName: 'Ada',
    lastName: 'Quill',
    email: 'ada@kestrel.net',
    mobilePhone: '+14155550132',
    jobTitle,
  };
  const read = row(number, cells, { line: number + 3, sheet: 'Intake' });
  return {
    ...read,
    values: read.values.map((value) =>
      value.field === 'mobilePhone' ? { ...value, original: '(415) 555-0132' } : value,
    ),
  };
}

async function entryOf(id: string, path: string): Promise<contactsV1.ProvenanceEntry | undefined> {
  return (await provenanceOf(world.store, caller, { id, path })).entries[0];
}

describe('where a value came from (HIS-006)', () => {
  let first: WorldRun;
  let second: WorldRun;
  let id: string;
  beforeAll(async () => {
    first = await world.openRun([1]);
    await first.apply(0, 0, [asRead(4711, 'Welder')]);
    id = first.record(4711);
    second = await world.openRun([1]);
    await second.apply(0, 0, [asRead(7, 'Baker')], update);
  });

  it('names import, run, row, column and the cell’s own text', async () => {
    const phone = await entryOf(id, 'phones/1/number');
    expect(phone).toMatchObject({ path: 'phones/1', row: 4711, column: 3, original: '(415) 555-0132', version: 1 });
    expect(phone?.origin).toMatchObject({ kind: 'import', id: first.importId, run: first.id });
    expect(await entryOf(id, 'jobTitle')).toMatchObject({ value: '"Baker"', row: 7, column: 4, version: 2 });
  });

  it('tells the first writer of a value that a revert put back', async () => {
    const { tenant, target } = world;
    const run = await world.openRun([1], { importId: second.importId, kind: targetsV1.RunKind.RUN_KIND_REVERT });
    const shared = { tenant, importId: second.importId, run: run.id, attempt: 1, lane: 0, seq: 0, actor: 'dana' };
    const policy = { restore: false, dryRun: false, createdPolicy: 'KEEP', recordPolicies: {}, targets: [], dependents: [], traceparent: '' };
    await target.revert({ ...shared, ...policy, records: [id], versions: [] });
    const job = await entryOf(id, 'jobTitle');
    expect(job).toMatchObject({ value: '"Welder"', row: 4711 });
    const history = await historyOf(world.store, caller, { id, afterVersion: 0, first: 0, kind: '' });
    expect(history.entries.map(({ type, origin }) => [type, origin?.kind])).toEqual([
      ['ContactCreated', 'import'],
      ['ContactFieldsChanged', 'import'],
      ['ImportContributionReverted', 'revert'],
    ]);
  });
});

describe('the ledger’s before and after', () => {
  it('are told in the same words as the plan’s prediction', async () => {
    const seed = await world.openRun([1]);
    const email = `${uuid7()}@kestrel.net`;
    const cells = { firstName: 'Bo', lastName: 'Reed', email, tags: ['a', 'b'], city: 'Eugene' };
    await seed.apply(0, 0, [row(1, cells)]);
    const run = await world.openRun([1]);
    const rows = [
      row(1, { ...cells, tags: ['b', 'c'], city: 'Salem', jobTitle: 'New' }),
      row(2, { firstName: 'Cy', lastName: 'New' }),
    ];
    const planned = await run.judge(rows, update);
    const done = await run.apply(0, 0, rows, update);
    const records = done.outcomes.flatMap(({ effects }) => effects);
    const told = await differencesOf(world.store, caller, { records });
    const changes = told.differences.flatMap((one) => one.changes);
    expect(changes).toEqual(planned.flatMap((one) => one.changes));
    expect(changes.find(({ field }) => field === 'tags')).toMatchObject({
      before: '["a","b"]',
      after: '["b","c"]',
    });
  });
});

describe('at rest', () => {
  it('no personal value stands in clear in the log', async () => {
    const run = await world.openRun([1]);
    const cells = {
      firstName: 'Canaryfirst',
      lastName: 'Canarylast',
      email: 'canary@kestrel.net',
      tags: ['canarytag'],
      externalId: 'canaryid',
      city: 'Canarycity',
    };
    await run.apply(0, 0, [row(1, cells)]);
    await run.apply(0, 0, [row(1, cells)]);
    const sql = `select string_agg(data::text || meta::text, '') as text from es.event`;
    const { rows } = await world.store.transaction(world.tenant, (tx) => tx.query<{ text: string }>(sql));
    expect(rows[0]?.text.toLowerCase()).not.toContain('canary');
  });
});
