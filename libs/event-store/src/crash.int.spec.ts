import { randomInt } from 'node:crypto';
import { eventually } from '@caseledger/testing';
import { uuid7 } from './ids.js';
import { added, person, tagged } from './spec/people.js';
import { ownCluster, type OwnCluster } from './spec/own-cluster.js';
import { Tail } from './spec/tail.js';

/** E9 and the prepared transaction of E3, on a server of their own. */
describe('a database that crashes', () => {
  let cluster: OwnCluster;

  beforeAll(async () => {
    cluster = await ownCluster({ max_prepared_transactions: '5', shared_buffers: '32MB' });
  }, 60_000);
  afterAll(() => cluster.stop(), 60_000);

  const context = () => ({ tenant: cluster.tenant, origin: { kind: 'api' as const } });

  /** Appends two events under a key, however often it must be tried. */
  const append = (key: string, stream: string) =>
    cluster.store.transaction(
      cluster.tenant,
      (tx) =>
        tx.once(key, { stream }, async () => {
          await tx.append(context(), [person([added(key), tagged('x')], { stream, expected: 'any' })]);
          return key;
        }),
      { attempts: 1_000, deadlineMs: 60_000 },
    );

  it('E3: a prepared transaction that nobody ends does not hold up the reader', async () => {
    const superuser = await cluster.superuser();
    await superuser.query('begin');
    await superuser.query("insert into app.person values (gen_random_uuid(), gen_random_uuid(), 1, 'prepared', '[]')");
    await superuser.query("prepare transaction 'forgotten'");
    const tail = new Tail(cluster.store);
    await append('beside-prepared', uuid7());
    expect(await tail.read(2_000)).toBe(2);
    await superuser.query("rollback prepared 'forgotten'");
    // The boot check would refuse such a server: a prepared append would keep the head for itself.
    await expect(cluster.store.check()).rejects.toThrow('max_prepared_transactions is 5');
  });

  it('E9: kill -9 of the backend inside the seal: nothing of the batch is stored, and its retry is stored once', async () => {
    const superuser = await cluster.superuser();
    await superuser.query(`create function wait_in_seal() returns trigger language plpgsql as
      $$ begin perform pg_advisory_xact_lock_shared(77); return new; end $$`);
    await superuser.query('create trigger wait_in_seal before insert on es.log for each row execute function wait_in_seal()');
    await superuser.query('select pg_advisory_lock(77)');
    const stream = uuid7();
    const appending = append('in-seal', stream);
    const backend = await eventually(async () => {
      const { rows } = await superuser.query<{ pid: number }>("select pid from pg_stat_activity where wait_event = 'advisory' and query = 'commit'");
      return rows[0]?.pid;
    });
    process.kill(backend, 'SIGKILL');
    // The crash of one backend ends them all, the one that held the lock as well.
    await appending;
    expect(await cluster.store.readStream(cluster.tenant, stream)).toHaveLength(2);
    const again = await eventually(() => cluster.superuser());
    await again.query('drop trigger wait_in_seal on es.log');
    expect(await cluster.store.verify()).toMatchObject({ ok: true });
  }, 60_000);

  it('E9: kill -9 of the postmaster at random points under four writers: what was acknowledged is there, once', async () => {
    const seed = randomInt(1_000_000);
    console.info(`E9 seed ${seed}`);
    const acknowledged = new Map<string, string>();
    let isOver = false;
    const writer = async (name: string): Promise<void> => {
      for (let n = 0; !isOver; n++) {
        const stream = uuid7();
        const { result } = await append(`${name}-${n}`, stream);
        acknowledged.set(result, stream);
      }
    };
    const writers = Promise.all(['a', 'b', 'c', 'd'].map(writer));
    for (let crash = 0; crash < 10; crash++) {
      const before = acknowledged.size;
      const after = 1 + ((seed + crash * 7919) % 60);
      await eventually(() => acknowledged.size >= before + after, { deadlineMs: 30_000, everyMs: 1 });
      cluster.kill();
      await cluster.restart();
    }
    isOver = true;
    await writers;

    for (const stream of acknowledged.values()) {
      const events = await cluster.store.readStream(cluster.tenant, stream);
      expect(events.map((event) => event.version)).toEqual([1, 2]);
    }
    const report = await cluster.store.verify();
    expect(report.faults).toEqual([]);
    const tail = new Tail(cluster.store);
    await tail.finish();
    expect(tail.seen.map((event) => event.position)).toEqual(tail.seen.map((_, index) => index + 1));
    expect(tail.seen.length).toBe(report.events);
  }, 180_000);
});
