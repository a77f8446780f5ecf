import { jest } from '@jest/globals';
import type { importsV1 } from '@caseledger/contracts';
import type { CallContext, Rpc } from '@caseledger/service-kit';
import { analyseFile, bufferSource } from '@caseledger/tabular';
import { eventually } from '@caseledger/testing';
import { ImportsController } from './imports.controller.js';
import { ImportsEdge } from './imports.edge.js';
import { CATALOGUE } from './case-choices.fixture.js';
import { importsHarness, TENANT, USER, type ImportsHarness } from './imports.fixture.js';
import { MemoryTarget } from './target.fixture.js';

let memory: MemoryTarget;
let harness: ImportsHarness;
let controller: ImportsController;

beforeAll(async () => {
  harness = await importsHarness('imports-controller', async () => {
    memory = new MemoryTarget();
    return { target: memory.target, feed: memory.feed };
  });
  await harness.allow(['contacts.write']);
  await harness.worker();
  controller = new ImportsController(new ImportsEdge(harness.context, { differences: async () => [], catalogue: CATALOGUE }));
});

afterAll(() => harness.close());

const manager: CallContext = {
  kind: 'user',
  tenant: TENANT,
  subject: USER,
  roles: [],
  permissions: ['imports.run', 'imports.read', 'imports.revert', 'contacts.write'],
};

function rpc<T>(request: T, caller = manager): Rpc<T> {
  return { request, caller, signal: new AbortController().signal };
}

async function* upload(id: string, text: string): AsyncGenerator<importsV1.PutFileRequest> {
  yield { id, part: 0, sha256: '', bytes: Buffer.alloc(0) };
  for (const half of [text.slice(0, 20), text.slice(20)]) yield { id: '', part: 0, sha256: '', bytes: Buffer.from(half) };
}

async function started(text: string, importKey: string): Promise<string> {
  const created = { type: 'CLIENTS', fileName: 'may.csv', sizeBytes: 0, sha256: '', importKey, origin: '', idempotencyKey: '' };
  const id = (await controller.createImport(rpc(created))).import?.id ?? '';
  await controller.putFile(rpc(upload(id, text)));
  await controller.completeUpload(rpc({ id, sha256: '', idempotencyKey: '' }));
  return id;
}

async function reached(id: string, state: string): Promise<importsV1.Import> {
  return eventually(async () => {
    const [found] = (await controller.getImports(rpc({ ids: [id] }))).imports;
    return found?.state === state ? found : undefined;
  }, { deadlineMs: 20_000 });
}

async function run(id: string): Promise<importsV1.Import> {
  await reached(id, 'MAPPING');
  await controller.planImport(rpc({ id, idempotencyKey: '' }));
  const { plan } = await reached(id, 'AWAITING_CONFIRMATION');
  expect(plan?.positions.map(({ log, shard }) => ({ log, shard }))).toEqual([{ log: 'contacts', shard: 0 }]);
  const hash = plan?.hash ?? '';
  await controller.confirmImport(rpc({ id, hash, idempotencyKey: '' }));
  await controller.startImport(rpc({ id, hash, idempotencyKey: '' }));
  return reached(id, 'COMPLETED');
}

const rowsOf = (id: string, of: string, over: Partial<importsV1.ListRowsRequest> = {}, caller = manager) =>
  controller.listRows(
    rpc({ id, of, outcome: '', reason: '', code: '', column: 0, allAttempts: false, first: 0, afterRow: 0, brief: false, rows: [], filterColumn: false, ...over }, caller),
  );

async function bytesOf(chunks: AsyncIterable<importsV1.FileChunk>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const { bytes } of chunks) parts.push(Buffer.from(bytes));
  return Buffer.concat(parts);
}

async function textOf(chunks: AsyncIterable<importsV1.FileChunk>): Promise<string> {
  return (await bytesOf(chunks)).toString('utf8');
}

const FILE = 'First name,Last name,Email,City\nAna,Lee,ana@kestrel-mail.net,Eugene\nBo,"Hale\nJr",not a mail,=1+1\nCy,Wu,ana@kestrel-mail.net,Bend\n';

describe('the edge of imports', () => {
  it('shows the first rows, the plan and the ledger, and the plan is what happens', async () => {
    const id = await started(FILE, 'edge 1');
    await reached(id, 'MAPPING');
    const preview = await rowsOf(id, 'PREVIEW');
    expect(preview.rows[0]).toMatchObject({ row: 1, cells: ['Ana', 'Lee', 'ana@kestrel-mail.net', 'Eugene'] });
    expect(preview.rows[1]?.issues).toMatchObject([{ code: 'EMAIL_INVALID', column: 2, text: 'not a mail' }]);
    const done = await run(id);
    expect(done).toMatchObject({ status: 'PARTIALLY_WORKED', counts: { read: 3, created: 1, updated: 1, failed: 1 }, done: 3, total: 3 });
    const brief = ({ rows }: importsV1.ListRowsReply) => rows.map(({ row, outcome, reason }) => [row, outcome, reason]);
    const plan = await rowsOf(id, 'PLAN');
    expect(brief(plan)).toEqual([[1, 'CREATED', ''], [2, 'FAILED', 'EMAIL_INVALID'], [3, 'UPDATED', '']]);
    expect(plan.rows[0]?.changes).toHaveLength(1);
    expect(brief(await rowsOf(id, 'LEDGER'))).toEqual(brief(plan));
    expect(brief(await rowsOf(id, 'LEDGER', { outcome: 'FAILED' }))).toEqual([[2, 'FAILED', 'EMAIL_INVALID']]);
    expect((await controller.listIssues(rpc({ id }))).groups).toMatchObject([{ code: 'EMAIL_INVALID', header: 'Email', count: 1, exampleRows: [2] }]);
  });

  it('LED-005, LED-006 gives three result files whose rows add up, with the original text', async () => {
    const id = await started(FILE, 'edge 2');
    await run(id);
    const files = await Promise.all(
      ['SUCCEEDED', 'FAILED', 'NOT_APPLIED'].map(async (result) => textOf(controller.resultFile(rpc({ id, result, format: 'CSV' })))),
    );
    const facts = await Promise.all(files.map((text) => analyseFile(bufferSource(Buffer.from(text)), { fileName: 'r.csv' }).catch(() => undefined)));
    expect(facts.map((one) => one?.rows ?? 0)).toEqual([2, 1, 0]);
    expect(files[1]).toContain('\uFEFF_import,_row,_error_code,_error,_suggestion,First name,Last name,Email,City');
    expect(files[1]).toContain(`${id},2,EMAIL_INVALID,`);
    expect(files[1]).toContain(`"Hale\nJr",not a mail,'=1+1`);
    expect(await textOf(controller.originalFile(rpc({ id })))).toBe(FILE);
  });

  it('LED-006 leaves no cell of a row out that has more of them than columns', async () => {
    const id = await started('First name,Last name,Email\nAna,Lee,ana@kestrel-mail.net\nBo,Hale,bo@kestrel-mail.net,Bend,=2+2\n', 'edge long');
    await run(id);
    const failed = await textOf(controller.resultFile(rpc({ id, result: 'FAILED', format: 'CSV' })));
    expect(failed).toContain(`,Bo,Hale,bo@kestrel-mail.net,Bend,'=2+2`);
    const xlsx = await bytesOf(controller.resultFile(rpc({ id, result: 'FAILED', format: 'XLSX' })));
    expect(await analyseFile(bufferSource(xlsx), { fileName: 'r.xlsx' })).toMatchObject({ rows: 1 });
  });

  it('LED-007 a failed file, fixed and uploaded again, is a retry of its import', async () => {
    const id = await started(FILE.replaceAll('ana@', 'eva@'), 'edge 3');
    await run(id);
    const failed = await textOf(controller.resultFile(rpc({ id, result: 'FAILED', format: 'CSV' })));
    const upload2 = await started(failed.replace(',not a mail,', ',bo@kestrel-mail.net,'), 'edge 3 again');
    expect((await reached(upload2, 'DISCARDED')).continuesAs).toBe(id);
    const retried = await eventually(async () => {
      const now = await reached(id, 'COMPLETED');
      return now.attempts.length === 2 && now.counts?.failed === 0 ? now : undefined;
    }, { deadlineMs: 20_000 });
    expect(retried.counts).toMatchObject({ read: 3, created: 2, updated: 1, failed: 0 });
    expect(memory.records.get('bo@kestrel-mail.net')?.city).toBe('=1+1');
    expect((await rowsOf(id, 'LEDGER', { allAttempts: true })).rows.map(({ row, attempt }) => [row, attempt])).toEqual([[1, 1], [2, 1], [2, 2], [3, 1]]);
    const history = await controller.listImports(
      rpc({ type: '', state: '', status: '', createdBy: '', origin: '', fileName: '', fromMs: 0, toMs: 0, first: 50, after: '' }),
    );
    expect(history.edges.map(({ import: one }) => one?.id)).not.toContain(upload2);
  });

  it('LED-007 a row that was applied keeps its outcome when it comes again (ROW_ALREADY_APPLIED)', async () => {
    const id = await started(FILE.replaceAll('ana@', 'ida@'), 'edge 7');
    await run(id);
    const writers = [...(memory.records.get('ida@kestrel-mail.net')?.writers ?? [])];
    const again = `_import,_row,First name,Last name,Email,City\n${id},1,Ana,Lee,ida@kestrel-mail.net,Elsewhere\n${id},2,Bo,Hale,bo7@kestrel-mail.net,Bend\n`;
    await started(again, 'edge 7 again');
    const retried = await eventually(async () => {
      const now = await reached(id, 'COMPLETED');
      return now.attempts.length === 2 && now.counts?.failed === 0 ? now : undefined;
    }, { deadlineMs: 20_000 });
    expect(retried.attempts[1]).toMatchObject({ rows: 2, counts: { read: 2, created: 1, unchanged: 1 } });
    expect(memory.records.get('ida@kestrel-mail.net')?.writers).toEqual(writers);
    expect(retried.counts).toMatchObject({ read: 3, created: 2, updated: 1, unchanged: 0, failed: 0 });
    const tries = (await rowsOf(id, 'LEDGER', { allAttempts: true, rows: [1] })).rows;
    expect(tries.map(({ attempt, outcome, issues }) => [attempt, outcome, issues.map(({ code }) => code)])).toEqual([[1, 'CREATED', []], [2, 'UNCHANGED', ['ROW_ALREADY_APPLIED']]]);
    expect((await rowsOf(id, 'LEDGER', { rows: [1] })).rows).toMatchObject([{ attempt: 1, outcome: 'CREATED' }]);
  });

  it('RUN-003 progress gives every step once, from any cursor on', async () => {
    const rows = Array.from({ length: 1_100 }, (_, row) => `Ana,Lee,p${row}@kestrel-mail.net,Eugene`);
    const id = await started(`First name,Last name,Email,City\n${rows.join('\n')}\n`, 'edge 4');
    await run(id);
    const all = [];
    for await (const step of controller.progress(rpc({ id, after: '', revert: false }))) all.push(step);
    expect(all.at(-1)).toMatchObject({ state: 'COMPLETED', last: true, done: 1_100, total: 1_100 });
    expect(new Set(all.map(({ cursor }) => cursor)).size).toBe(all.length);
    const half = all[1];
    const rest = [];
    for await (const step of controller.progress(rpc({ id, after: half?.cursor ?? '', revert: false }))) rest.push(step.cursor);
    expect(rest).toEqual(all.slice(2).map(({ cursor }) => cursor));
    expect(all.map(({ done }) => done)).toEqual([...all.map(({ done }) => done)].sort((a, b) => a - b));
  });

  it('REV-001 to REV-012 previews, confirms and runs a revert, and a restore of it', async () => {
    const id = await started('First name,Last name,Email,City\nA,B,r1@kestrel-mail.net,X\nC,D,r2@kestrel-mail.net,Y\n', 'edge 5');
    await run(id);
    const asked = { importId: id, createdPolicy: '', recordPolicies: {}, idempotencyKey: '' };
    const first = (await controller.previewRevert(rpc(asked))).revert?.id ?? '';
    const ready = (revert: string, state: string) =>
      eventually(async () => {
        const [found] = (await controller.getReverts(rpc({ ids: [revert], importId: '' }))).reverts;
        return found?.state === state ? found : undefined;
      }, { deadlineMs: 20_000 });
    expect((await ready(first, 'READY')).counts).toMatchObject({ total: 2, archived: 2 });
    memory.edit('r2@kestrel-mail.net', 'Z');
    memory.edit('r2@kestrel-mail.net', 'Z', 'import:later');
    const hash = (await ready(first, 'READY')).hash;
    await expect(controller.confirmRevert(rpc({ id: first, hash, idempotencyKey: '' }))).rejects.toMatchObject({ code: 'REVERT_PREVIEW_STALE' });
    const second = (await controller.getReverts(rpc({ ids: [], importId: id }))).reverts.at(-1)?.id ?? '';
    const preview = await ready(second, 'READY');
    expect(preview).toMatchObject({ counts: { archived: 1, kept: 1 }, builtOnBy: ['later'] });
    const beside = (await controller.previewRevert(rpc(asked))).revert?.id ?? '';
    await ready(beside, 'READY');
    await controller.confirmRevert(rpc({ id: second, hash: preview.hash, idempotencyKey: '' }));
    const done = await ready(second, 'COMPLETED');
    expect(done).toMatchObject({ counts: { total: 2, archived: 1, kept: 1 }, done: 2, total: 2 });
    expect((await ready(beside, 'STALE')).code).toBe('REVERT_PREVIEW_STALE');
    expect((await reached(id, 'COMPLETED')).revertState).toBe('PARTLY_REVERTED');
    expect((await controller.listRevertRecords(rpc({ id: second, outcome: 'KEPT', first: 0, after: '' }))).records).toHaveLength(1);
    const restore = (await controller.restoreRevert(rpc({ id: second, idempotencyKey: '' }))).revert?.id ?? '';
    const back = await ready(restore, 'READY');
    await controller.confirmRevert(rpc({ id: restore, hash: back.hash, idempotencyKey: '' }));
    await ready(restore, 'COMPLETED');
    expect((await ready(second, 'RESTORED')).state).toBe('RESTORED');
    expect((await reached(id, 'COMPLETED')).revertState).toBe('NONE');
  });

  it('REV-001: says who may not, and that there is nothing, before anything is asked for', async () => {
    const id = await started(FILE.replaceAll('ana@', 'uma@'), 'edge 8');
    await run(id);
    const asked = { importId: id, createdPolicy: '', recordPolicies: {}, idempotencyKey: '' };
    const other = { ...manager, subject: '0198c0de-0000-7000-8000-0000000000dd', permissions: ['imports.read', 'imports.revert:own'] };
    await expect(controller.previewRevert(rpc(asked, other))).rejects.toMatchObject({ code: 'REVERT_FORBIDDEN', kind: 'access' });
    const auditor = { ...manager, permissions: ['imports.read'] };
    await expect(controller.previewRevert(rpc(asked, auditor))).rejects.toMatchObject({ code: 'REVERT_FORBIDDEN' });
    const empty = await started('First name,Last name,Email\nBo,Hale,not a mail\n', 'edge 10');
    expect((await run(empty)).canRevert).toEqual({ available: false, code: 'REVERT_NOTHING_TO_DO' });
    await expect(controller.previewRevert(rpc({ ...asked, importId: empty }))).rejects.toMatchObject({ code: 'REVERT_NOTHING_TO_DO' });
    expect((await controller.getReverts(rpc({ ids: [], importId: empty }))).reverts).toEqual([]);
  });

  it('is cheap to look at: what never changes is opened once', async () => {
    const id = await started(FILE.replaceAll('ana@', 'ola@'), 'edge 11');
    await run(id);
    const opened = jest.spyOn(harness.context.objects, 'get');
    const first = await controller.getImports(rpc({ ids: [id] }));
    const seen = opened.mock.calls.length;
    expect(await controller.getImports(rpc({ ids: [id] }))).toEqual(first);
    expect(opened.mock.calls.length).toBe(seen);
    opened.mockRestore();
  });

  it('SEC-013: dates of birth are hidden from those who may not read them, in rows, findings and result files', async () => {
    const text = 'First name,Last name,Email,Date of birth\nIva,Lee,iva@kestrel-mail.net,1980-02-03\nIvo,Hale,ivo@kestrel-mail.net,1979-13-45\n';
    const id = await started(text, 'edge 12');
    const auditor = { ...manager, subject: '0198c0de-0000-7000-8000-0000000000ee', permissions: ['imports.read'] };
    await run(id);
    const seenBy = async (caller: CallContext): Promise<string> => {
      const rows = await Promise.all(['PREVIEW', 'PLAN', 'LEDGER'].map((of) => rowsOf(id, of, {}, caller)));
      const files = await Promise.all(['SUCCEEDED', 'FAILED'].map((result) => textOf(controller.resultFile(rpc({ id, result, format: 'CSV' }, caller)))));
      return JSON.stringify([rows, files, await controller.getImports(rpc({ ids: [id] }, caller))]);
    };
    const told = await seenBy(auditor);
    for (const secret of ['1980', '1979', '02-03', '13-45']) expect(told).not.toContain(secret);
    expect(told).toContain('DATE_INVALID');
    expect(told).toContain('(hidden)');
    const own = await seenBy({ ...manager, permissions: ['imports.read', 'sensitive.read:own'] });
    for (const known of ['1980-02-03', '1979-13-45']) expect(own).toContain(known);
  });

  it('refuses whoever lacks the right, and another company sees nothing', async () => {
    const id = await started(FILE, 'edge 6');
    const viewer = { ...manager, permissions: ['contacts.read'] };
    await expect(controller.planImport(rpc({ id, idempotencyKey: '' }, viewer))).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const stranger = { ...manager, tenant: '0198c0de-0000-7000-8000-0000000000cc' };
    await expect(controller.planImport(rpc({ id, idempotencyKey: '' }, stranger))).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await controller.getImports(rpc({ ids: [id] }, stranger))).imports).toEqual([]);
    await expect(rowsOf(id, 'NONSENSE')).rejects.toMatchObject({ code: 'VALUE_NOT_ALLOWED' });
    await expect(controller.pauseImport(rpc({ id, idempotencyKey: '' }))).rejects.toMatchObject({ code: 'STATE_NOT_ALLOWED' });
  });
});
