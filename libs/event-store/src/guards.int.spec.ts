import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { EventCatalog } from './event-catalog.js';
import { uuid7 } from './ids.js';
import { added, person, tagged } from './spec/people.js';
import { storeHarness, type StoreHarness } from './spec/store-harness.js';

/** What the database itself refuses, whoever asks (DESIGN 21, CORRECTNESS §8). */
describe('the guards of the database', () => {
  let harness: StoreHarness;
  let stream: string;

  beforeAll(async () => {
    harness = await storeHarness('guards');
    stream = uuid7();
    await harness.append([person([added(), tagged('x')], { stream })]);
  });
  afterAll(() => harness.drop());

  const asApp = (sql: string, params: unknown[] = []) => harness.store.transaction(harness.tenant, (tx) => tx.query(sql, params));

  describe('E11: facts are not changed, not even by their owner', () => {
    const changes = ['event', 'batch', 'log'].flatMap((table) => [
      [`update es.${table} set batch = batch`.replace('es.batch set batch = batch', 'es.batch set n = n')],
      [`delete from es.${table}`],
      [`truncate es.${table}`],
    ]);

    it.each(changes)('%s', async (sql) => {
      await expect(asApp(sql)).rejects.toMatchObject({ code: '42501' });
      await expect(harness.owner.query(sql)).rejects.toThrow('append-only');
    });

    it('the app role writes no log and no head, and adds nothing to a sealed batch or to none', async () => {
      await expect(asApp("insert into es.log values (0, 99, 99, 99, 1, sha256('x'))")).rejects.toMatchObject({ code: '42501' });
      await expect(asApp('update es.head set pos = 0')).rejects.toMatchObject({ code: '42501' });
      const add = (batch: string) =>
        asApp(
          `insert into es.event (batch, idx, tenant, stream, category, version, event_id, type, schema_version, data, meta)
           values (${batch}, 77, $1, gen_random_uuid(), 'person', 1, gen_random_uuid(), 'PersonTagged', 1, '{}', '{}')`,
          [harness.tenant],
        );
      await expect(add('(select max(id) from es.batch)')).rejects.toThrow('is not open');
      await expect(add('987654321')).rejects.toThrow('is not open');
    });

    it('what runs with the owner’s rights looks for names nowhere but in its own schemas, temporary tables last', async () => {
      const functions: { name: string; config: string[] }[] = await harness.owner.query(
        'select oid::regprocedure::text as name, proconfig as config from pg_proc where prosecdef',
      );
      expect(functions.map(({ name }) => name).sort()).toEqual(['es.admit()', 'es.seal()']);
      for (const { config } of functions) expect(config).toEqual(['search_path=pg_catalog, es, pg_temp']);
    });

    it('a batch that does not hold as many events as it declares is refused at COMMIT', async () => {
      const declare = asApp("insert into es.batch (shard, tenant, n, content_hash, source_kind, at) values (0, $1, 2, sha256('x'), 'user', now())", [
        harness.tenant,
      ]);
      await expect(declare).rejects.toThrow('declares 2 events and has 0');
    });
  });

  describe('T1: a company’s rows are there for that company only', () => {
    const tables = ['es.event', 'es.batch', 'es.stream', 'es.idempotency', 'app.person'];

    it.each(tables)('%s shows nothing to another company, nor without one', async (table) => {
      await harness.store.transaction(harness.tenant, (tx) => tx.once('seen', {}, async () => 1));
      expect((await asApp(`select 1 from ${table}`)).rowCount).toBeGreaterThan(0);
      const other = await harness.store.transaction(randomUUID(), (tx) => tx.query(`select 1 from ${table}`));
      expect(other.rowCount).toBe(0);
      expect(await harness.app.query(`select 1 from ${table}`)).toEqual([]);
    });

    it('another company’s rows are neither written, joined nor counted', async () => {
      const theirs = randomUUID();
      await expect(asApp("insert into es.stream values ($1, gen_random_uuid(), 'person', 1)", [theirs])).rejects.toMatchObject({ code: '42501' });
      await expect(asApp('update es.stream set tenant = $1', [theirs])).rejects.toMatchObject({ code: '42501' });
      const { rows } = await harness.store.transaction(theirs, (tx) =>
        tx.query('select count(*)::int as n, max(e.version) as newest from es.event e join es.batch b on b.id = e.batch'),
      );
      expect(rows).toEqual([{ n: 0, newest: null }]);
    });

    it('the same stream id in two companies is two streams', async () => {
      const theirs = randomUUID();
      await harness.append([person([added('Theirs')], { stream })], { tenant: theirs });
      expect(await harness.store.readStream(theirs, stream)).toHaveLength(1);
      expect(await harness.store.readStream(harness.tenant, stream)).toHaveLength(2);
    });

    it('T2: a connection that failed keeps no company', async () => {
      await expect(asApp('select 1 / 0')).rejects.toThrow('division');
      for (let n = 0; n < 30; n++) {
        const rows: { tenant: string | null }[] = await harness.app.query("select nullif(current_setting('app.tenant', true), '') as tenant");
        expect(rows).toEqual([{ tenant: null }]);
      }
    });

    it('the salts of one company are not another’s', async () => {
      expect((await harness.vault.find(harness.tenant, [stream])).size).toBe(1);
      expect((await harness.vault.find(randomUUID(), [stream])).size).toBe(0);
    });
  });
});

describe('the boot check', () => {
  let harness: StoreHarness;

  beforeAll(async () => {
    harness = await storeHarness('boot');
  });
  afterAll(() => harness.drop());

  const asSuperuser = async (...statements: string[]): Promise<void> => {
    const client = new Client({ connectionString: harness.database.superuserUrl });
    await client.connect();
    for (const statement of statements) await client.query(statement);
    await client.end();
  };

  it.each([
    ['the seal trigger', 'alter table es.batch disable trigger seal', 'alter table es.batch enable trigger seal'],
    ['es.event is not protected', 'alter table es.event disable trigger append_only', 'alter table es.event enable trigger append_only'],
    ['row-level security is not forced on es.stream', 'alter table es.stream no force row level security', 'alter table es.stream force row level security'],
    ['a rebuild was not finished', 'update es.log_id set rebuilding = true', 'update es.log_id set rebuilding = false'],
    ['the log has 2 shards', 'insert into es.head (shard) values (1)', 'delete from es.head where shard = 1'],
  ])('names: %s', async (fault, breaking, repairing) => {
    await asSuperuser(breaking);
    await expect(harness.store.check()).rejects.toThrow(fault);
    await asSuperuser(repairing);
    await harness.store.check();
  });

  it('refuses to work as the owner, and tells every fault at once', async () => {
    const wrong: DataSource = harness.owner;
    const store = harness.another({ dataSource: wrong, tail: harness.app, shards: 3 });
    const message = await store.check().then(
      () => 'no fault',
      (error: Error) => error.message,
    );
    expect(message).toContain('owns tables');
    expect(message).toContain('tail role');
    expect(message).toContain('expects 3');
  });

  it('refuses a server that may lose what it acknowledged', async () => {
    const setting = `alter role caseledger_app in database ${harness.database.name} set synchronous_commit`;
    await asSuperuser(`${setting} = off`);
    const pools = await harness.database.open();
    await expect(harness.another({ dataSource: pools.app }).check()).rejects.toThrow('synchronous_commit is off');
    await asSuperuser(`${setting} = on`);
  });

  it('a catalogue with faults is refused with all of them', () => {
    const make = () => new EventCatalog([{ type: 'A', schemaVersion: 3, upcasts: { 1: (data) => data } }, { type: 'A', schemaVersion: 0 }]);
    expect(make).toThrow('A lacks the upcast from version 2; A is there twice; A has version 0');
  });
});
