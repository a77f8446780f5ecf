import { randomInt } from 'node:crypto';
import { eventually } from '@caseledger/testing';
import { uuid7 } from './ids.js';
import { added, person, tagged } from './spec/people.js';
import { spawnPausedWriter } from './spec/paused-writer.js';
import { storeHarness, type StoreHarness } from './spec/store-harness.js';
import { Tail } from './spec/tail.js';

/** The order of the log is the order of commits, and a reader misses nothing (CORRECTNESS §1.1). */
describe('the order of the log', () => {
  let harness: StoreHarness;

  beforeEach(async () => {
    harness = await storeHarness('ordering');
  });
  afterEach(() => harness.drop());

  const context = () => ({ tenant: harness.tenant, origin: { kind: 'user' as const } });

  it('E1: 8 writers with random delays before COMMIT, some rolled back, and a reader at their heels: nothing lost, no gap', async () => {
    const { store, tenant } = harness;
    const tail = new Tail(store).start();
    const committed: string[] = [];
    const writer = async (): Promise<void> => {
      for (let round = 0; round < 40; round++) {
        const stream = uuid7();
        const isRolledBack = randomInt(10) === 0;
        const work = store.transaction(tenant, async (tx) => {
          await tx.append(context(), [person([added(), tagged('x')], { stream })]);
          await tx.query('select count(*) from generate_series(1, $1)', [randomInt(30_000)]);
          if (isRolledBack) throw new Error('rolled back on purpose');
        });
        if (isRolledBack) await expect(work).rejects.toThrow('on purpose');
        else await work.then(() => committed.push(stream));
      }
    };
    await Promise.all(Array.from({ length: 8 }, writer));
    await tail.finish();

    const positions = tail.seen.map((event) => event.position);
    expect(positions.length).toBe(committed.length * 2);
    expect([...positions].sort((a, b) => a - b)).toEqual(positions.map((_, index) => index + 1));
    expect(new Set(tail.seen.map((event) => event.stream))).toEqual(new Set(committed));
    expect(tail.gaps).toBe(0);
    expect(await store.verify()).toMatchObject({ ok: true, events: committed.length * 2 });
  }, 60_000);

  it('E2: a transaction that began first and appends last comes last: versions of a stream keep their order', async () => {
    const { store, tenant, append } = harness;
    const stream = uuid7();
    await store.transaction(tenant, async (tx) => {
      // Takes its transaction id now, before the other one.
      await tx.query('select pg_current_xact_id()');
      await append([person([added()], { stream })]);
      await tx.append(context(), [person([tagged('later')], { stream, expected: 1 })]);
    });
    const tail = new Tail(store);
    await tail.finish();
    expect(tail.seen.map(({ streamVersion, position }) => ({ streamVersion, position }))).toEqual([
      { streamVersion: 1, position: 1 },
      { streamVersion: 2, position: 2 },
    ]);
    expect(await store.verify()).toMatchObject({ ok: true });
  });

  it('E3: transactions left open elsewhere, writing and reading, do not hold up the reader', async () => {
    const { store, tenant, append, app, owner } = harness;
    const writing = app.createQueryRunner();
    const reading = owner.createQueryRunner();
    await writing.query('begin');
    await writing.query("select set_config('app.tenant', $1, true)", [tenant]);
    await writing.query("insert into app.person (tenant, id, version, name, tags) values ($1, $2, 1, 'open', '[]')", [tenant, uuid7()]);
    await reading.query('begin isolation level repeatable read');
    await reading.query('select count(*) from es.event');
    const tail = new Tail(store);
    for (let n = 1; n <= 10; n++) {
      await append([person()]);
      expect(await tail.read(2_000)).toBe(1);
    }
    expect(tail.seen.map((event) => event.position)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    await writing.query('rollback');
    await reading.query('rollback');
    await Promise.all([writing.release(), reading.release()]);
  });

  it('E8: a client stopped (SIGSTOP) after its last insert and before COMMIT holds up no other writer', async () => {
    const { database, store, tenant } = harness;
    const paused = await spawnPausedWriter(database.urls.appUrl, tenant);
    try {
      for (let n = 0; n < 20; n++) {
        await store.transaction(tenant, (tx) => tx.append(context(), [person()]), { deadlineMs: 3_000 });
      }
      const { rows } = await store.transaction(tenant, (tx) => tx.query('select count(*)::int as n from es.event'), { deadlineMs: 2_000 });
      expect(rows).toEqual([{ n: 20 }]);
    } finally {
      paused.kill();
    }
    // Its session ends by itself or with its socket; what it never committed is not there.
    await eventually(async () => {
      const open: { n: number }[] = await harness.tail.query('select count(*)::int as n from es.batch');
      return open[0]?.n === 20;
    });
    expect(await store.verify()).toMatchObject({ ok: true, events: 20 });
  }, 30_000);

  it('an append waits for a rebuild’s gate and then goes on', async () => {
    const { append, owner } = harness;
    const gate = owner.createQueryRunner();
    await gate.query('select pg_advisory_lock(4711004)');
    const waiting = append([person()]);
    await eventually(async () => {
      const rows: unknown[] = await owner.query(
        'select 1 from pg_stat_activity where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0',
      );
      return rows.length === 1;
    });
    await gate.query('select pg_advisory_unlock(4711004)');
    await gate.release();
    expect((await waiting).versions.size).toBe(1);
  });
});
