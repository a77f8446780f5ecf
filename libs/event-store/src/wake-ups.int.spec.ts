import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { eventually } from '@caseledger/testing';
import { Client } from 'pg';
import { JobQueue, type JobWatch } from './job-queue.js';
import { added, peopleTopic, person } from './spec/people.js';
import { storeHarness, type StoreHarness } from './spec/store-harness.js';
import type { EventStore } from './event-store.js';
import { WakeUps } from './wake-ups.js';

/** Nobody asks a database on and on: who waits is called (DESIGN §6), and looks seldom in case a call was lost. */
describe('who waits for something to be stored', () => {
  let harness: StoreHarness;
  /** As another process has it. */
  let elsewhere: EventStore;
  let superuser: Client;
  const opened: { close(): void }[] = [];
  const stopping = new AbortController();

  beforeAll(async () => {
    harness = await storeHarness('wake_ups');
    elsewhere = harness.another();
    superuser = new Client({ connectionString: harness.database.superuserUrl });
    await superuser.connect();
  });
  afterEach(() => {
    for (const one of opened.splice(0)) one.close();
    jest.restoreAllMocks();
  });
  afterAll(async () => {
    await superuser.end();
    await harness.drop();
  });

  /** Waits for what comes after the present end of the log. */
  const readOn = async (waitMs: number) => {
    const [head = { shard: 0, position: 0 }] = await harness.store.head();
    const after = Array.from({ length: peopleTopic.partitions }, (_, partition) => ({ ...head, partition }));
    return harness.store.feed.read({ topic: peopleTopic.topic, after, limit: 10, waitMs });
  };
  const hears = () => eventually(async () => (await harness.store.wakeUps.isHearing) || undefined);
  const listeners = async (): Promise<number[]> => {
    const { rows } = await superuser.query<{ pid: number }>(`select pid from pg_stat_activity where datname = current_database() and query like 'listen %'`);
    return rows.map(({ pid }) => pid);
  };
  const watch = (): JobWatch => {
    const made = new JobQueue(harness.app, harness.store.wakeUps).watch();
    opened.push(made);
    return made;
  };
  const enqueue = (store: EventStore) =>
    store.transaction(harness.tenant, (tx) => new JobQueue(harness.app, store.wakeUps).enqueue(tx, { id: randomUUID(), kind: 'any', tenant: harness.tenant, payload: {} }));

  it('hears of a job of this process and of another one at once', async () => {
    for (const store of [harness.store, elsewhere]) {
      const jobs = watch();
      await hears();
      jobs.looking();
      const rest = jobs.rest(stopping.signal);
      const began = performance.now();
      await enqueue(store);
      await rest;
      expect(performance.now() - began).toBeLessThan(1_000);
    }
  });

  it('misses no job that comes between a look and the rest after it', async () => {
    const jobs = watch();
    await hears();
    jobs.looking();
    await enqueue(harness.store);
    const began = performance.now();
    await jobs.rest(stopping.signal);
    expect(performance.now() - began).toBeLessThan(100);
  });

  it('is called for a job that was put off when it is due', async () => {
    const jobs = watch();
    const queue = new JobQueue(harness.app, harness.store.wakeUps);
    await hears();
    await harness.app.query('delete from es.job');
    await enqueue(harness.store);
    const [job] = [await queue.claim(['any'], 'w', 30_000)];
    if (job === undefined) throw new Error('No job was claimed');
    await queue.fail(job, { backoffMs: 200, reason: 'passing' });
    jobs.looking();
    const began = performance.now();
    await jobs.rest(stopping.signal);
    expect(performance.now() - began).toBeLessThan(1_500);
    expect(await queue.claim(['any'], 'w', 30_000)).toMatchObject({ id: job.id });
  });

  it('is not called for a job whose transaction is rolled back', async () => {
    const called = jest.spyOn(harness.store.wakeUps, 'stored');
    const failing = harness.store.transaction(harness.tenant, async (tx) => {
      await new JobQueue(harness.app, harness.store.wakeUps).enqueue(tx, { id: randomUUID(), kind: 'any', tenant: harness.tenant, payload: {} });
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(called).not.toHaveBeenCalled();
  });

  it('finds events though the call was lost', async () => {
    jest.spyOn(WakeUps.prototype, 'stored').mockReturnValue();
      const waiting = readOn(20_000);
    await hears();
    await elsewhere.transaction(harness.tenant, (tx) => tx.append({ tenant: harness.tenant, origin: { kind: 'user' } }, [person([added()])]));
    const began = performance.now();
    expect((await waiting).events).toHaveLength(1);
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it('listens again when its connection is lost, and is called because something may have been missed', async () => {
    const jobs = watch();
    await hears();
    jobs.looking();
    const rest = jobs.rest(stopping.signal);
    for (const pid of await listeners()) await superuser.query('select pg_terminate_backend($1)', [pid]);
    const began = performance.now();
    await rest;
    expect(performance.now() - began).toBeLessThan(1_000);
    await hears();
    expect(await listeners()).toHaveLength(1);
  });

  it('keeps no connection when nobody waits', async () => {
    const jobs = watch();
    await hears();
    expect(await listeners()).toHaveLength(1);
    jobs.close();
    await eventually(async () => (await listeners()).length === 0 || undefined);
  });

  it('asks the database a few times only while nothing happens', async () => {
      const jobs = watch();
    await hears();
    const asked = jest.spyOn(harness.tail, 'createQueryRunner');
    expect((await readOn(1_500)).events).toEqual([]);
    jobs.close();
    // The end of the log; head and page before the wait, one look in it, and both again after it.
    expect(asked.mock.calls.length).toBeLessThanOrEqual(6);
  });
});
