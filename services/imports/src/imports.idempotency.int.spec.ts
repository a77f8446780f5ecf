import type { importsV1 } from '@caseledger/contracts';
import type { CallContext, Rpc } from '@caseledger/service-kit';
import { ImportsController } from './imports.controller.js';
import { ImportsEdge } from './imports.edge.js';
import { CATALOGUE } from './case-choices.fixture.js';
import { importsHarness, TENANT, USER, type ImportsHarness } from './imports.fixture.js';
import { MemoryTarget } from './target.fixture.js';

let harness: ImportsHarness;
let controller: ImportsController;

beforeAll(async () => {
  harness = await importsHarness('imports-idempotency', async () => {
    const { target, feed } = new MemoryTarget();
    return { target, feed };
  });
  await harness.allow(['contacts.write', 'imports.run']);
  await harness.worker();
  controller = new ImportsController(new ImportsEdge(harness.context, { differences: async () => [], catalogue: CATALOGUE }));
});

afterAll(() => harness.close());

const caller: CallContext = { kind: 'user', tenant: TENANT, subject: USER, roles: [], permissions: ['imports.run', 'imports.read', 'contacts.write'] };

function rpc<T>(request: T): Rpc<T> {
  return { request, caller, signal: new AbortController().signal };
}

const creation = (idempotencyKey: string, fileName = 'may.csv'): importsV1.CreateImportRequest => ({
  type: 'CLIENTS',
  fileName,
  sizeBytes: 0,
  sha256: '',
  importKey: '',
  origin: '',
  idempotencyKey,
});

const reused = expect.objectContaining({ code: 'IDEMPOTENCY_KEY_REUSED' });

describe('idempotency keys of commands on imports (API-004, RST-002)', () => {
  it('the same creation answers the same import, another one under its key is refused', async () => {
    const first = await controller.createImport(rpc(creation('create 1')));
    const again = await controller.createImport(rpc(creation('create 1')));
    expect([again.import?.id, first.replayed, again.replayed]).toEqual([first.import?.id, false, true]);
    await expect(controller.createImport(rpc(creation('create 1', 'june.csv')))).rejects.toEqual(reused);
    expect((await controller.createImport(rpc(creation('create 2')))).import?.id).not.toBe(first.import?.id);
  });

  it('a key is for one command with one input: any other is refused and does nothing', async () => {
    const id = await harness.upload('First name,Last name\nAna,Lee\n');
    const command = { id, idempotencyKey: 'click 1' };
    expect((await controller.planImport(rpc(command))).replayed).toBe(false);
    await expect(controller.discardImport(rpc(command))).rejects.toEqual(reused);
    await expect(controller.setAnalysis(rpc({ ...command, delimiter: '', sheet: '', headerRow: 1 }))).rejects.toEqual(reused);
    const other = await harness.upload('First name,Last name\nBo,Hale\n');
    await expect(controller.planImport(rpc({ ...command, id: other }))).rejects.toEqual(reused);
    expect(await harness.view(other)).toMatchObject({ state: 'MAPPING' });
    await harness.until(id, 'AWAITING_CONFIRMATION');
    expect((await controller.planImport(rpc(command))).replayed).toBe(true);
  });

  it('a start repeated under its key is answered even after the end', async () => {
    const id = await harness.upload('First name,Last name\nCy,Wu\n');
    await harness.operations.plan(harness.caller, id);
    const hash = (await harness.until(id, 'AWAITING_CONFIRMATION')).plans.at(-1)?.hash ?? '';
    await controller.confirmImport(rpc({ id, hash, idempotencyKey: '' }));
    const start = { id, hash, idempotencyKey: 'start 1' };
    expect((await controller.startImport(rpc(start))).replayed).toBe(false);
    await harness.until(id, 'COMPLETED');
    expect(await controller.startImport(rpc(start))).toMatchObject({ replayed: true, import: { state: 'COMPLETED' } });
    await expect(controller.startImport(rpc({ ...start, idempotencyKey: 'start 2' }))).rejects.toMatchObject({ code: 'STATE_NOT_ALLOWED' });
  });
});
