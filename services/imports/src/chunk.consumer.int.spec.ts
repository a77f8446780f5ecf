import { ResourceExhausted, uuid8 } from '@caseledger/event-store';
import { eventually } from '@caseledger/testing';
import type { ChunkCrashPoint } from './chunk.consumer.js';
import { importsHarness, TENANT, type ImportsHarness } from './imports.fixture.js';
import { listObjects, placeOf } from './objects/manifest.js';
import { MemoryTarget } from './target.fixture.js';

let memory: MemoryTarget;
let harness: ImportsHarness;
/** Where the next worker of the test breaks off, and how often. */
let crash: { at: ChunkCrashPoint; times: number } | undefined;

beforeAll(async () => {
  harness = await importsHarness(
    'chunk-consumer',
    async () => {
      memory = new MemoryTarget();
      return { target: memory.target, feed: memory.feed };
    },
    { redispatchMs: 1_000 },
  );
  await harness.allow(['contacts.write']);
  await harness.worker({
    crashPoint: (point) => {
      if (crash?.at !== point || crash.times === 0) return;
      crash.times -= 1;
      throw Object.assign(new Error('The worker was killed here'), { code: 'ECONNRESET' });
    },
  });
});

afterAll(() => harness.close());

const file = (rows: number, from: number): string =>
  `First name,Last name,Email,City\n${Array.from({ length: rows }, (_, row) => `Ana,Lee ${row},cy${from + row}@kestrel-mail.net,Town`).join('\n')}\n`;

/** Everything a run must hold whatever happened to its worker: every row once, in the target and in the ledger. */
async function expectWhole(id: string, rows: number, from: number): Promise<void> {
  const done = await harness.until(id, 'COMPLETED');
  expect(done.counts).toMatchObject({ read: rows, created: rows });
  for (let row = 0; row < rows; row += 1) expect(memory.records.get(`cy${from + row}@kestrel-mail.net`)?.writers).toHaveLength(1);
}

describe('one chunk', () => {
  it.each<[ChunkCrashPoint, number]>([
    ['after_load', 0],
    ['before_apply', 10_000],
    ['after_apply', 20_000],
    ['before_ack', 30_000],
  ])('I1 a worker killed at %s loses and doubles nothing', async (at, from) => {
    crash = { at, times: 2 };
    const id = await harness.upload(file(700, from));
    await harness.run(id);
    await expectWhole(id, 700, from);
    expect(crash.times).toBe(0);
    crash = undefined;
  });

  it('I4 redelivered after the run has no effect', async () => {
    const id = await harness.upload(file(500, 40_000));
    await harness.run(id);
    await expectWhole(id, 500, 40_000);
    const { attempts } = await harness.view(id);
    const run = attempts[0]?.run ?? '';
    const [entry] = await harness.context.store.transaction(TENANT, (tx) => listObjects(tx, run, 'run'));
    if (entry === undefined) throw new Error('a run has chunks');
    const object = await harness.context.objects.put(TENANT, id, placeOf(entry), await harness.context.objects.get(TENANT, id, placeOf(entry), entry.sha256));
    const calls = memory.calls;
    for (let time = 1; time <= 5; time += 1) {
      const data = { run, importId: id, kind: 'IMPORT', attempt: 1, lane: 0, seq: 0, dispatch: 100 + time, objectKey: object.key, sha256: object.sha256, rows: 500, actor: '' };
      await harness.context.store.transaction(TENANT, (tx) =>
        tx.append({ tenant: TENANT, origin: { kind: 'system' } }, [
          { stream: uuid8('lane', run, '0'), category: 'import-lane', expected: 'any', events: [{ type: 'ChunkDispatched', data }] },
        ]),
      );
    }
    const later = await harness.upload(file(1, 45_000));
    await harness.run(later);
    await expectWhole(later, 1, 45_000);
    expect(memory.calls).toBe(calls + 1);
    await expectWhole(id, 500, 40_000);
  });

  it('I7 changed in storage pauses the run with CHUNK_CORRUPT and writes nothing', async () => {
    const release = memory.hold('nobody');
    const id = await harness.upload(file(600, 50_000));
    await harness.allow([]);
    await harness.run(id);
    await harness.until(id, 'PAUSED_ACCESS');
    const run = (await harness.view(id)).attempts[0]?.run ?? '';
    await harness.context.store.transaction(TENANT, (tx) =>
      tx.query(`update app.manifest set sha256 = repeat('0', 64) where tenant = $1 and set_id = $2 and kind = 'run'`, [TENANT, run]),
    );
    await harness.allow(['contacts.write']);
    expect(await harness.until(id, 'PAUSED')).toMatchObject({ reason: { code: 'CHUNK_CORRUPT' } });
    expect(memory.records.has('cy50000@kestrel-mail.net')).toBe(false);
    release();
  });

  it('a database without space keeps the chunk and goes on by itself (RUN-006)', async () => {
    let full = true;
    memory.beforeApply = () => {
      if (full) throw new ResourceExhausted('disk', {});
    };
    const id = await harness.upload(file(10, 60_000));
    await harness.run(id);
    await harness.until(id, 'PAUSED_RESOURCE');
    full = false;
    await expectWhole(id, 10, 60_000);
    memory.beforeApply = () => undefined;
  });

  it('that breaks every try pauses its run and leaves others alone (RUN-007)', async () => {
    memory.beforeApply = ({ rows }) => {
      if (rows.some(({ values }) => values.some(({ text }) => text.startsWith('cy70000@')))) throw new Error('broken');
    };
    const broken = await harness.upload(file(5, 70_000));
    const sound = await harness.upload(file(5, 80_000));
    await harness.run(broken);
    await harness.run(sound);
    await expectWhole(sound, 5, 80_000);
    expect(await harness.until(broken, 'PAUSED')).toMatchObject({ reason: { code: 'INTERNAL_ERROR' } });
    memory.beforeApply = () => undefined;
    await harness.control.resume(harness.caller, broken);
    await expectWhole(broken, 5, 70_000);
  });

  it('without an outcome is dispatched again', async () => {
    let lost = 1;
    memory.beforeApply = () => {
      if (lost === 0) return;
      lost -= 1;
      throw Object.assign(new Error('the answer was lost'), { code: 'ECONNRESET' });
    };
    const id = await harness.upload(file(5, 90_000));
    await harness.run(id);
    await expectWhole(id, 5, 90_000);
    await eventually(() => lost === 0);
  });
});
