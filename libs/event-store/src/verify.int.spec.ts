import { Client } from 'pg';
import { chainLink, contentHash } from './content-hash.js';
import { uuid7 } from './ids.js';
import { added, person, tagged } from './spec/people.js';
import { storeHarness, type StoreHarness } from './spec/store-harness.js';

/** E12: what a superuser changes behind the store's back is found, and its place is named (AUD-001, CORRECTNESS §6). */
describe('verify', () => {
  let harness: StoreHarness;
  let superuser: Client;

  const tables = ['head', 'stream', 'batch', 'event', 'log'];

  beforeAll(async () => {
    harness = await storeHarness('verify');
    const stream = uuid7();
    await harness.append([person([added('One'), tagged('a')], { stream }), person()]); // positions 1 to 3
    await harness.append([person([tagged('b'), tagged('c')], { stream, expected: 2 })]); // positions 4 and 5
    await harness.append([person([tagged('d')], { stream, expected: 4 })]); // position 6
    superuser = new Client({ connectionString: harness.database.superuserUrl });
    await superuser.connect();
    // What switches triggers off: only a superuser can.
    await superuser.query("set session_replication_role = 'replica'");
    for (const table of tables) await superuser.query(`create temp table kept_${table} as table es.${table}`);
  });
  afterEach(async () => {
    for (const table of tables) {
      await superuser.query(`truncate es.${table}`);
      await superuser.query(`insert into es.${table} table kept_${table}`);
    }
  });
  afterAll(async () => {
    await superuser.end();
    await harness.drop();
  });

  const batchAt = (position: number) => `(select batch from es.log where ${position} between first_pos and last_pos)`;

  it('finds nothing wrong with what the store wrote', async () => {
    expect(await harness.store.verify()).toEqual({
      ok: true,
      events: 6,
      batches: 3,
      shards: [{ shard: 0, position: 6, chain: expect.stringMatching(/^[0-9a-f]{64}$/) }],
      faults: [],
    });
  });

  it.each([
    ['a changed value', `update es.event set data = jsonb_set(data::jsonb, '{tag}', '"z"') where batch = ${batchAt(5)} and idx = 1`, 4, 'content'],
    ['one blank put into the data', `update es.event set data = replace(data::text, ':', ': ')::json where batch = ${batchAt(6)}`, 6, 'content'],
    ['a key written twice', `update es.event set data = replace(data::text, '{', '{"tag":"z",')::json where batch = ${batchAt(6)}`, 6, 'content'],
    ['one flipped byte of sealed data', `update es.event set pii = set_byte(pii, 20, get_byte(pii, 20) # 1) where batch = ${batchAt(1)} and idx = 0`, 1, 'content'],
    ['a changed type', `update es.event set type = 'PersonRenamed' where batch = ${batchAt(6)}`, 6, 'content'],
    ['changed metadata', `update es.event set meta = '{"row": 1}' where batch = ${batchAt(6)}`, 6, 'content'],
    ['another author', `update es.batch set actor = 'somebody' where id = ${batchAt(4)}`, 4, 'content'],
    ['another import', `update es.batch set source_kind = 'import', source_id = 'x' where id = ${batchAt(4)}`, 4, 'content'],
    ['another time', `update es.batch set at = at - interval '1 day' where id = ${batchAt(1)}`, 1, 'content'],
    ['another company', `update es.event set tenant = gen_random_uuid() where batch = ${batchAt(6)}`, 6, 'not those of their batch'],
    ['a deleted event', `delete from es.event where batch = ${batchAt(5)} and idx = 1`, 4, 'should hold 2'],
    ['a deleted batch', `delete from es.batch where id = ${batchAt(4)}`, 4, 'is missing'],
    ['a deleted log row', 'delete from es.log where first_pos = 4', 4, 'positions 4 to 5 are missing'],
    ['a changed content hash', `update es.batch set content_hash = sha256('x') where id = ${batchAt(4)}`, 4, 'content'],
    ['a changed chain', "update es.log set chain = sha256('x') where first_pos = 4", 4, 'chain'],
    ['a changed epoch', 'update es.log set epoch = 2 where first_pos = 1', 1, 'chain'],
    ['the newest batch deleted', `delete from es.log where first_pos = 6`, 6, 'ends at 5'],
    ['a head moved back', 'update es.head set pos = 5', 5, 'head'],
    ['a stream’s version', 'update es.stream set version = version + 1 where version = 5', 0, 'says version 6'],
  ])('names the place of %s', async (_what, sql, position, fault) => {
    const { rowCount } = await superuser.query(sql);
    expect(rowCount).toBeGreaterThan(0);
    const report = await harness.store.verify();
    expect(report.ok).toBe(false);
    expect(report.faults[0]).toEqual({ shard: 0, position, fault: expect.stringContaining(fault) });
  });

  it('finds two batches whose contents were exchanged', async () => {
    const [one, other] = [batchAt(4), batchAt(6)];
    await superuser.query(`create temp table swap on commit preserve rows as select ${one} as a, ${other} as b`);
    await superuser.query('update es.log l set batch = case l.batch when a then -b else -a end from swap where l.batch in (a, b)');
    await superuser.query('update es.log set batch = -batch where batch < 0');
    expect((await harness.store.verify()).faults[0]).toMatchObject({ position: 4 });
  });

  it('finds an event that is in its stream and not in the log', async () => {
    await superuser.query(`insert into es.event (batch, idx, tenant, stream, category, version, event_id, type, schema_version, data, meta)
      select 999, 0, tenant, stream, category, 6, gen_random_uuid(), type, 1, data, meta from es.event where version = 5`);
    expect((await harness.store.verify()).faults[0]).toMatchObject({ fault: 'batch 999 is not in the log' });
  });

  it('finds an event that was changed and hashed anew with its link, by the head', async () => {
    const { rows } = await superuser.query<Forged>(`select e.stream, e.event_id, b.tenant, (extract(epoch from b.at) * 1000)::float8 as at_ms,
        b.id, (select chain from es.log where first_pos = 4) as before
      from es.event e join es.batch b on b.id = e.batch where e.batch = ${batchAt(6)}`);
    const [row] = rows;
    if (row === undefined) throw new Error('There is no event to forge');
    const header = { tenant: row.tenant, shard: 0, sourceKind: 'user', sourceId: null, actor: null, correlation: null, causation: null, traceparent: null };
    const event = { stream: row.stream, category: 'person', version: 5, eventId: row.event_id, type: 'PersonTagged', schemaVersion: 1, pii: null, meta: '{}' };
    const content = contentHash({ ...header, atMs: Math.round(row.at_ms) }, [{ ...event, data: '{"tag":"forged"}' }]);
    await superuser.query(`update es.event set data = '{"tag":"forged"}' where batch = $1`, [row.id]);
    await superuser.query('update es.batch set content_hash = $2 where id = $1', [row.id, content]);
    await superuser.query('update es.log set chain = $2 where batch = $1', [row.id, chainLink(row.before, 1, 6, 1, content)]);
    expect((await harness.store.verify()).faults).toEqual([{ shard: 0, position: 6, fault: 'the head is not the end of its log' }]);
  });
});

interface Forged {
  readonly id: string;
  readonly tenant: string;
  readonly stream: string;
  readonly event_id: string;
  readonly at_ms: number;
  readonly before: Buffer;
}
