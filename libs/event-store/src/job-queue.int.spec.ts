import { randomUUID } from 'node:crypto';
import { eventually } from '@caseledger/testing';
import { JobQueue, type NewJob } from './job-queue.js';
import { storeHarness, type StoreHarness } from './spec/store-harness.js';

/** Work that one worker at a time does (DESIGN §6). */
describe('the job queue', () => {
  let harness: StoreHarness;
  let jobs: JobQueue;

  beforeAll(async () => {
    harness = await storeHarness('jobs');
    jobs = new JobQueue(harness.app, harness.store.wakeUps);
  });
  afterAll(() => harness.drop());

  const add = async (kind: string, more: Partial<NewJob> = {}): Promise<NewJob> => {
    const job: NewJob = { id: randomUUID(), kind, tenant: harness.tenant, payload: { importId: 'i' }, ...more };
    await harness.store.transaction(harness.tenant, (tx) => jobs.enqueue(tx, job));
    return job;
  };
  /** The lease is over by the database's clock. */
  const expire = (id: string) => harness.app.query("update es.job set lease_until = clock_timestamp() - interval '1 second' where id = $1", [id]);

  it('gives a job to one worker, of the kinds asked for', async () => {
    const job = await add('split');
    const claims = await Promise.all(Array.from({ length: 8 }, (_, n) => jobs.claim(['split'], `worker-${n}`, 30_000)));
    const claimed = claims.filter((claim) => claim !== undefined);
    expect(claimed).toEqual([{ ...job, owner: expect.stringMatching(/^worker-/), leaseEpoch: 1, tries: 1 }]);
    expect(await jobs.claim(['other'], 'w', 30_000)).toBeUndefined();
  });

  it('goes to one of two workers that reach for it at the same moment', async () => {
    const { id } = await add('rush');
    const holding = harness.owner.createQueryRunner();
    await holding.query('begin');
    await holding.query('select 1 from es.job where id = $1 for update', [id]);
    const claims = [jobs.claim(['rush'], 'one', 30_000), jobs.claim(['rush'], 'other', 30_000)];
    const settled = Promise.allSettled(claims).then(() => true);
    const waiting = async (): Promise<boolean> => {
      const rows: unknown[] = await harness.owner.query(
        'select 1 from pg_stat_activity where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0',
      );
      return rows.length === 2;
    };
    // They pass over a locked job; if they waited for it, both would take it in the end.
    await eventually(async () => (await Promise.race([settled, waiting()])) || undefined);
    await holding.query('rollback');
    await holding.release();
    const taken = [...(await Promise.all(claims)), await jobs.claim(['rush'], 'last', 30_000)];
    expect(taken.filter((claim) => claim !== undefined).map((claim) => claim.id)).toEqual([id]);
  });

  it('enqueues with the transaction, and the same id once', async () => {
    const id = randomUUID();
    await add('once', { id });
    await add('once', { id });
    const failing = harness.store.transaction(harness.tenant, async (tx) => {
      await jobs.enqueue(tx, { id: randomUUID(), kind: 'once', tenant: harness.tenant, payload: {} });
      throw new Error('rolled back');
    });
    await expect(failing).rejects.toThrow('rolled back');
    expect((await jobs.claim(['once'], 'w', 30_000))?.id).toBe(id);
    expect(await jobs.claim(['once'], 'w', 30_000)).toBeUndefined();
  });

  it('goes to another worker when the lease is over, and the first one is fenced', async () => {
    const { id } = await add('zombie');
    const first = await jobs.claim(['zombie'], 'first', 30_000);
    await expire(id);
    const second = await jobs.claim(['zombie'], 'second', 30_000);
    expect(second).toMatchObject({ id, owner: 'second', leaseEpoch: 2, tries: 2 });
    if (first === undefined || second === undefined) throw new Error('Both claimed');
    expect(await jobs.heartbeat(first, 30_000)).toBe(false);
    expect(await jobs.complete(first)).toBe(false);
    expect(await jobs.fail(first, { backoffMs: 0, reason: 'late' })).toBe(false);
    expect(await jobs.heartbeat(second, 30_000)).toBe(true);
    expect(await jobs.complete(second)).toBe(true);
    expect(await jobs.claim(['zombie'], 'third', 30_000)).toBeUndefined();
  });

  it('is done together with its effects or not at all', async () => {
    const { id } = await add('effects');
    const job = await jobs.claim(['effects'], 'w', 30_000);
    if (job === undefined) throw new Error('Claimed');
    const failing = harness.store.transaction(harness.tenant, async (tx) => {
      expect(await jobs.complete(job, tx)).toBe(true);
      throw new Error('the effect failed');
    });
    await expect(failing).rejects.toThrow('effect failed');
    await expire(id);
    expect((await jobs.claim(['effects'], 'w', 30_000))?.id).toBe(id);
  });

  it('waits after a failure as long as it is told', async () => {
    const { id } = await add('retry');
    const job = await jobs.claim(['retry'], 'w', 30_000);
    if (job === undefined) throw new Error('Claimed');
    expect(await jobs.fail(job, { backoffMs: 60_000, reason: 'the object store did not answer' })).toBe(true);
    expect(await jobs.claim(['retry'], 'w', 30_000)).toBeUndefined();
    await harness.app.query("update es.job set run_at = clock_timestamp() where id = $1", [id]);
    expect(await jobs.claim(['retry'], 'w', 30_000)).toMatchObject({ id, tries: 2 });
  });

  it('counts no try that failed by no fault of the job', async () => {
    const { id } = await add('outage');
    for (let times = 0; times < 5; times += 1) {
      const job = await jobs.claim(['outage'], 'w', 30_000);
      expect(job).toMatchObject({ id, tries: 1 });
      if (job !== undefined) await jobs.fail(job, { backoffMs: 0, reason: 'the object store did not answer', passing: true });
    }
  });
});
