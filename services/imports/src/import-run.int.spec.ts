import { tableChecksum } from '@caseledger/event-store';
import { eventually } from '@caseledger/testing';
import { EVERY_FAILED_ROW } from './import/import.events.js';
import { importsHarness, type ImportsHarness } from './imports.fixture.js';
import { importsViews } from './imports.store.js';
import { MemoryTarget } from './target.fixture.js';

let memory: MemoryTarget;
let harness: ImportsHarness;

beforeAll(async () => {
  harness = await importsHarness('import-run', async () => {
    memory = new MemoryTarget();
    return { target: memory.target, feed: memory.feed };
  });
  await harness.allow(['contacts.write', 'imports.run']);
  await harness.worker();
  await harness.worker();
});

afterAll(() => harness.close());

const file = (rows: number, from = 0): string =>
  `First name,Last name,Email,City\n${Array.from({ length: rows }, (_, row) => `Ana,Lee ${row},ana${from + row}@kestrel-mail.net,Town ${row % 7}`).join('\n')}\n`;

describe('an import from upload to ledger', () => {
  it('RUN-004 gives every row exactly one outcome, in two workers', async () => {
    const id = await harness.upload(file(1_200));
    await harness.run(id);
    const done = await harness.until(id, 'COMPLETED');
    expect(done.counts).toMatchObject({ read: 1_200, created: 1_200, failed: 0 });
    const writes = [...memory.records.values()].map(({ writers }) => writers.length);
    expect(Math.max(...writes)).toBe(1);
    expect(done.timeline.map(({ state }) => state)).toEqual([
      'DRAFT',
      'UPLOADING',
      'ANALYSING',
      'MAPPING',
      'PLANNING',
      'AWAITING_CONFIRMATION',
      'CONFIRMED',
      'QUEUED',
      'RUNNING',
      'COMPLETED',
    ]);
  });

  it('LED-001 counts blank, failed and repeated rows; LED-009 a retry keeps the sum', async () => {
    const text = `First name,Last name,Email,City\nA,B,one@kestrel-mail.net,X\n,,,\nC,D,not a mail,Y\nE,F,one@kestrel-mail.net,Z\n`;
    const id = await harness.upload(text);
    await harness.run(id);
    const done = await harness.until(id, 'COMPLETED');
    expect(done.counts).toMatchObject({ read: 4, created: 1, updated: 1, skipped: 1, failed: 1 });
    await harness.operations.retry(harness.caller, id, EVERY_FAILED_ROW);
    const retried = await eventually(async () => {
      const view = await harness.view(id);
      expect(view).toMatchObject({ state: 'COMPLETED', attempts: [{ attempt: 1 }, { attempt: 2, rows: 1 }] });
      return view;
    });
    expect(retried.counts).toEqual(done.counts);
  });

  it('PRE-004 the same inputs give the same hash', async () => {
    const hashes = [];
    for (let time = 0; time < 2; time += 1) {
      const id = await harness.upload(file(700, 50_000));
      await harness.operations.plan(harness.caller, id);
      hashes.push((await harness.until(id, 'AWAITING_CONFIRMATION')).plans.at(-1)?.hash);
    }
    expect(hashes[0]).toBe(hashes[1]);
    expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/);
  });

  it('PRE-005 a record changed since the plan refuses the start and makes a new plan', async () => {
    memory.edit('eve@kestrel-mail.net', 'Salem');
    const id = await harness.upload('First name,Last name,Email,City\nEve,Hale,eve@kestrel-mail.net,Eugene\n');
    await harness.operations.plan(harness.caller, id);
    const { plans } = await harness.until(id, 'AWAITING_CONFIRMATION');
    const hash = plans.at(-1)?.hash ?? '';
    await harness.operations.confirm(harness.caller, id, hash);
    memory.edit('eve@kestrel-mail.net', 'Bend');
    await expect(harness.operations.start(harness.caller, id, hash)).rejects.toMatchObject({ code: 'PLAN_STALE' });
    expect(memory.records.get('eve@kestrel-mail.net')?.city).toBe('Bend');
    expect((await harness.until(id, 'AWAITING_CONFIRMATION')).plans.at(-1)?.number).toBe(2);
  });

  it('FIL-007 the same import key answers the same import', async () => {
    const wanted = { type: 'CLIENTS' as const, fileName: 'a.csv', sizeBytes: 10, importKey: 'may intake', origin: 'FILE' };
    const first = await harness.uploads.create(harness.caller, wanted);
    expect(await harness.uploads.create(harness.caller, wanted)).toEqual({ id: first.id, replayed: true });
    await expect(harness.uploads.create(harness.caller, { ...wanted, importKey: 'k'.repeat(256) })).rejects.toMatchObject({ code: 'TEXT_TOO_LONG' });
  });

  it('FIL-004 bytes beyond the limit end the import and nothing is kept', async () => {
    const { id } = await harness.uploads.create(harness.caller, { type: 'CLIENTS', fileName: 'a.csv', sizeBytes: 0, importKey: '', origin: 'FILE' });
    const part = harness.context.limits.partBytes;
    async function* endless(): AsyncGenerator<Buffer> {
      for (;;) yield Buffer.alloc(part);
    }
    await expect(harness.uploads.put(harness.caller, id, 1, '', endless())).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' });
    expect(await harness.uploads.parts(harness.caller, id)).toEqual([]);
  });

  it('FIL-008 an empty file and a file without rows are rejected with their codes', async () => {
    const { id } = await harness.uploads.create(harness.caller, { type: 'CLIENTS', fileName: 'a.csv', sizeBytes: 0, importKey: '', origin: 'FILE' });
    await harness.uploads.complete(harness.caller, id, '');
    expect(await harness.until(id, 'REJECTED')).toMatchObject({ reason: { code: 'FILE_EMPTY' }, state: 'REJECTED' });
  });
});

describe('pause, resume and cancel (RUN-005)', () => {
  it('nothing is written after the pause is acknowledged, and all of it after the resume', async () => {
    const id = await harness.upload(file(1_500, 10_000));
    const release = memory.hold(id);
    await harness.run(id);
    await harness.until(id, 'RUNNING');
    await eventually(() => memory.waiting > 0);
    await harness.control.pause(harness.caller, id);
    const before = memory.records.size;
    release();
    await eventually(() => memory.waiting === 0);
    await harness.until(id, 'PAUSED');
    expect(memory.records.size).toBe(before);
    await harness.control.resume(harness.caller, id);
    const done = await harness.until(id, 'COMPLETED');
    expect(done.counts).toMatchObject({ read: 1_500, created: 1_500 });
  });

  it('a cancel before any chunk leaves every row not processed; "continue" imports them', async () => {
    const id = await harness.upload(file(600, 20_000));
    const release = memory.hold(id);
    await harness.run(id);
    await harness.until(id, 'RUNNING');
    await harness.control.cancel(harness.caller, id);
    release();
    const cancelled = await harness.until(id, 'CANCELLED');
    expect(cancelled.counts).toMatchObject({ read: 600, created: 0, skipped: 600, notProcessed: 600 });
    await harness.operations.retry(harness.caller, id, { ...EVERY_FAILED_ROW, continueCancelled: true });
    const continued = await eventually(async () => {
      const view = await harness.view(id);
      expect(view).toMatchObject({ state: 'CANCELLED', counts: { created: 600 } });
      return view;
    });
    expect(continued.counts).toMatchObject({ read: 600, skipped: 0, notProcessed: 0 });
  });
});

describe('rights (SEC-012)', () => {
  it('a right revoked pauses the run; given back it goes on by itself', async () => {
    const id = await harness.upload(file(600, 30_000));
    await harness.allow(['imports.run']);
    await harness.run(id);
    expect(await harness.until(id, 'PAUSED_ACCESS')).toMatchObject({ reason: { code: 'FORBIDDEN' } });
    expect(memory.records.has('ana30000@kestrel-mail.net')).toBe(false);
    await harness.allow(['contacts.write', 'imports.run']);
    expect((await harness.until(id, 'COMPLETED')).counts.created).toBe(600);
  });
});

describe('the log is the truth (DESIGN 27)', () => {
  it('inline views come back row for row', async () => {
    const tables = importsViews.filter(({ table }) => ['app.import', 'app.run', 'app.dispatch', 'app.revert'].includes(table));
    const sums = async () => Promise.all(tables.map(({ table, without }) => tableChecksum(harness.database.tail, table, without)));
    const before = await sums();
    const { owner } = harness.database;
    if (owner === undefined) throw new Error('the test database has an owner');
    await harness.context.store.rebuild({ owner, drop: true });
    expect(await sums()).toEqual(before);
  });
});
