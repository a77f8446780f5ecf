import { eventually } from '@caseledger/testing';
import { expireJob } from './expire.job.js';
import { ImportRows } from './import.rows.js';
import { EVERY_FAILED_ROW } from './import/import.events.js';
import { importsHarness, TENANT, type ImportsHarness } from './imports.fixture.js';
import type { JobAtWork } from './job.runner.js';
import { originalFile } from './result-file.js';
import { RevertOperations } from './revert.operations.js';
import { MemoryTarget } from './target.fixture.js';

const DAY_MS = 86_400_000;

let harness: ImportsHarness;
let clock = new Date();

beforeAll(async () => {
  harness = await importsHarness('import-expiry', async () => {
    const { target, feed } = new MemoryTarget();
    return { target, feed };
  });
  await harness.allow(['contacts.write', 'imports.run', 'imports.revert']);
  await harness.worker({ now: () => clock, expirySweepMs: 50 });
});

beforeEach(() => {
  clock = new Date();
});

afterAll(() => harness.close());

const later = (days: number): Date => new Date(Date.now() + days * DAY_MS);
const expired = expect.objectContaining({ code: 'FILE_EXPIRED' });

async function completed(mail: string): Promise<string> {
  const id = await harness.upload(`First name,Last name,Email,City\nAna,Lee,${mail},Eugene\nBo,Hale,not a mail,Bend\n`);
  await harness.run(id);
  await harness.until(id, 'COMPLETED');
  return id;
}

async function objectsOf(id: string): Promise<string[]> {
  const prefix = `tenants/${TENANT}/imports/${id}/`;
  return [...(await harness.sealed.list(prefix, { limit: 1_000 })).keys].map((key) => key.slice(prefix.length));
}

async function removed(id: string) {
  return eventually(async () => {
    const view = await harness.view(id);
    const objects = (await objectsOf(id)).filter((key) => !key.startsWith('reverts/'));
    return !view.file.kept && objects.length === 0 ? view : undefined;
  });
}

async function firstPiece(id: string): Promise<unknown> {
  const view = await harness.view(id);
  return originalFile(view, (async function* () {})()).next();
}

describe('what is kept for a time (FIL-006, MAP-017)', () => {
  it('FIL-006 the file goes after its time with all that was read from it; hash, ledger and revert stay', async () => {
    const id = await completed('ex1@kestrel-mail.net');
    const before = await harness.view(id);
    const draft = await harness.upload('First name,Last name\nX,Y\n');
    clock = later(364);
    await harness.until(draft, 'EXPIRED');
    expect(await firstPiece(id)).toMatchObject({ value: { name: 'clients.csv' } });
    clock = later(366);
    const view = await removed(id);
    expect(view).toMatchObject({ state: 'COMPLETED', counts: before.counts, file: { sha256: before.file.sha256, removedOn: clock.toISOString().slice(0, 10) } });
    await expect(firstPiece(id)).rejects.toEqual(expect.objectContaining({ code: 'FILE_EXPIRED', params: { date: view.file.removedOn } }));
    await expect(harness.context.objects.get(TENANT, id, 'analysis/facts', view.analysis?.sha256 ?? '')).rejects.toEqual(expired);
    await expect(harness.operations.retry(harness.caller, id, EVERY_FAILED_ROW)).rejects.toEqual(expired);
    const query = { of: 'LEDGER' as const, outcome: '', reason: '', code: '', rows: [], allAttempts: false, afterRow: 0, brief: false, first: 10 };
    const { rows } = await new ImportRows(harness.context, async () => []).list(TENANT, view, query);
    expect(rows.map(({ outcome, textGone, cells }) => [outcome, textGone, cells])).toEqual([['CREATED', true, []], ['FAILED', true, []]]);
  });

  it('a revert can be previewed and run after the file is gone', async () => {
    const id = await completed('ex2@kestrel-mail.net');
    clock = later(366);
    await removed(id);
    const reverts = new RevertOperations(harness.context);
    const { id: revert } = await reverts.preview(harness.caller, id, { created: '', records: {} });
    const until = (state: string) =>
      eventually(async () => {
        const [view] = await reverts.get(TENANT, [revert], '');
        return view?.state === state ? view : undefined;
      });
    const { hash } = await until('READY');
    expect((await reverts.records(TENANT, revert, '', { first: 10, after: '' })).records).toHaveLength(1);
    await reverts.confirm(harness.caller, revert, hash);
    expect((await until('COMPLETED')).counts).toMatchObject({ total: 1, archived: 1 });
  });

  it('LED-007 a corrected file whose import has lost its rows is an import like any other', async () => {
    const id = await completed('ex3@kestrel-mail.net');
    clock = later(366);
    await removed(id);
    clock = new Date();
    const again = await harness.upload(`_import,_row,First name,Last name,Email,City\n${id},2,Bo,Hale,bo3@kestrel-mail.net,Bend\n`);
    expect(await harness.view(again)).toMatchObject({ state: 'MAPPING', continuesAs: '', analysis: { rows: 1 } });
  });

  it('MAP-017 a draft nobody came back to expires with its file, once; one that was touched stays', async () => {
    const old = await harness.upload('First name,Last name\nAna,Lee\n');
    const { id: begun } = await harness.uploads.create(harness.caller, { type: 'CLIENTS', fileName: 'b.csv', sizeBytes: 0, importKey: 'begun', origin: 'FILE' });
    await harness.uploads.put(harness.caller, begun, 1, '', (async function* () { yield Buffer.from('First'); })());
    clock = later(29);
    await harness.operations.plan(harness.caller, await harness.upload('First name,Last name\nBo,Hale\n'));
    expect(await harness.view(old)).toMatchObject({ state: 'MAPPING' });
    clock = later(31);
    expect(await removed(old)).toMatchObject({ state: 'EXPIRED', timeline: expect.arrayContaining([expect.objectContaining({ state: 'EXPIRED' })]) });
    expect(await harness.until(begun, 'EXPIRED')).toMatchObject({ file: { kept: false } });
    await eventually(async () => (await objectsOf(begun)).length === 0 || undefined);
    await expect(harness.operations.plan(harness.caller, old)).rejects.toMatchObject({ code: 'STATE_NOT_ALLOWED' });
    expect(await harness.context.store.readStream(TENANT, old)).toHaveLength(8);
  });

  it('MAP-017 an import that waits to be confirmed or started is a draft still, and its plan ends with it', async () => {
    const planned = async (name: string) => {
      const id = await harness.upload(`First name,Last name\n${name},Lee\n`);
      await harness.operations.plan(harness.caller, id);
      return { id, hash: (await harness.until(id, 'AWAITING_CONFIRMATION')).plans.at(-1)?.hash ?? '' };
    };
    const [waiting, confirmed] = [await planned('Ana'), await planned('Bo')];
    await harness.operations.confirm(harness.caller, confirmed.id, confirmed.hash);
    clock = later(31);
    for (const { id, hash } of [waiting, confirmed]) {
      const { state, plans, reason } = await removed(id);
      expect([state, plans.map((plan) => plan.state), reason]).toEqual(['EXPIRED', ['DISCARDED'], null]);
      await expect(harness.operations.confirm(harness.caller, id, hash)).rejects.toMatchObject({ code: 'STATE_NOT_ALLOWED' });
      await expect(harness.operations.start(harness.caller, id, hash)).rejects.toMatchObject({ code: 'STATE_NOT_ALLOWED' });
    }
  });

  it('goes on where a worker was killed between the key and the objects', async () => {
    const id = await completed('ex4@kestrel-mail.net');
    const handler = expireJob({ ...harness.context, objects: harness.context.objects }, () => later(366));
    const job = (complete: () => Promise<void>): JobAtWork => ({ id, tenant: TENANT, about: id, subject: '', payload: {}, tries: 1, signal: new AbortController().signal, complete });
    const deleteAll = harness.context.objects.deleteAll.bind(harness.context.objects);
    harness.context.objects.deleteAll = async () => {
      throw new Error('killed');
    };
    await expect(handler.run(job(async () => undefined))).rejects.toThrow('killed');
    harness.context.objects.deleteAll = deleteAll;
    expect((await harness.view(id)).file.kept).toBe(false);
    expect((await objectsOf(id)).length).toBeGreaterThan(0);
    let done = 0;
    await handler.run(job(async () => void (done += 1)));
    expect([await objectsOf(id), done]).toEqual([[], 1]);
    expect((await harness.context.store.readStream(TENANT, id)).filter(({ type }) => type === 'FileExpired')).toHaveLength(1);
  });
});
