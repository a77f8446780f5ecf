import { randomUUID } from 'node:crypto';
import { eventually } from '@caseledger/testing';
import { importsHarness, TENANT, type ImportsHarness } from './imports.fixture.js';
import { JobRunner, type JobAtWork } from './job.runner.js';
import { MemoryTarget } from './target.fixture.js';

const KIND = 'cut';
const SHORT_MS = 1;

let harness: ImportsHarness;

beforeAll(async () => {
  harness = await importsHarness('job-runner', async () => {
    const { target, feed } = new MemoryTarget();
    return { target, feed };
  });
});
afterAll(() => harness.close());

/** A job that so many workers have died with. */
async function jobLeftBy(workers: number): Promise<string> {
  const { store, jobs } = harness.context;
  const id = randomUUID();
  await store.transaction(TENANT, (tx) => jobs.enqueue(tx, { id, kind: KIND, tenant: TENANT, payload: { id } }));
  for (let died = 0; died < workers; died += 1) {
    const claimed = await eventually(() => jobs.claim([KIND], `worker ${died}`, SHORT_MS), { everyMs: 2 });
    expect([claimed?.id, claimed?.tries]).toEqual([id, died + 1]);
  }
  return id;
}

/** What a worker that lives does with the job: each time it is begun, and whether it is given up. */
async function ended(id: string, run: () => Promise<void>): Promise<string[]> {
  const { store, jobs, logger } = harness.context;
  const told: string[] = [];
  const done = (job: JobAtWork): Promise<void> => store.transaction(TENANT, (tx) => job.complete(tx));
  const handler = {
    kind: KIND,
    run: async (job: JobAtWork): Promise<void> => {
      told.push('begun');
      await run();
      await done(job);
    },
    giveUp: async (job: JobAtWork): Promise<void> => {
      await done(job);
      told.push('given up');
    },
  } as const;
  const runner = new JobRunner({ jobs, handlers: [handler], logger, concurrency: 1 });
  runner.start();
  const isLeft = async (): Promise<boolean> => store.transaction(TENANT, async (tx) => (await tx.query('select 1 from es.job where id = $1', [id])).rowCount === 1);
  await eventually(async () => !(await isLeft()));
  await runner.stop();
  return told;
}

const works = (): Promise<void> => Promise.resolve();

describe('a leased job', () => {
  it.each([3, 7, 11])('RUN-004: whose workers were killed %d times, by whatever else they did, is done by the next one', async (killed) => {
    expect(await ended(await jobLeftBy(killed), works)).toEqual(['begun']);
  });

  it('RUN-006: that ends every worker is given up without being begun again', async () => {
    expect(await ended(await jobLeftBy(12), works)).toEqual(['given up']);
  });

  it('RUN-006: that fails by itself is given up at the third try', async () => {
    const fails = (): Promise<void> => Promise.reject(new Error('broken'));
    expect(await ended(await jobLeftBy(0), fails)).toEqual(['begun', 'begun', 'begun', 'given up']);
  });
});
