import { ObjectsUnavailable, type SealedObjects } from '@caseledger/object-store';
import { importsHarness, type ImportsHarness } from './imports.fixture.js';
import { MemoryTarget } from './target.fixture.js';

let harness: ImportsHarness;
/** Calls of the worker that still fail. */
let failing = 0;
let failed = 0;
let swept = 0;

beforeAll(async () => {
  harness = await importsHarness('objects-outage', async () => {
    const { target, feed } = new MemoryTarget();
    return { target, feed };
  });
  await harness.allow(['contacts.write', 'imports.run']);
  await harness.worker({ sealed: failingAtTimes(harness.sealed), sweepObjects: () => Promise.resolve((swept += 1)), expirySweepMs: 20 });
});

afterAll(() => harness.close());

function failingAtTimes(sealed: SealedObjects): SealedObjects {
  const turn = <A extends readonly unknown[], T>(call: (...given: A) => Promise<T>) => async (...given: A): Promise<T> => {
    if (failing > 0) {
      failing -= 1;
      failed += 1;
      throw new ObjectsUnavailable('Reading an object', 'SlowDown', false);
    }
    return call(...given);
  };
  return { ...sealed, put: turn(sealed.put), get: turn(sealed.get), read: turn(sealed.read), source: turn(sealed.source) };
}

describe('an outage of the object store', () => {
  it('I16 is waited out at every step of an import, however often it is asked meanwhile', async () => {
    failing = 6;
    const id = await harness.upload('First name,Last name,Email,City\nAna,Lee,ana@kestrel-mail.net,Eugene\n');
    expect(failed).toBe(6);
    await harness.operations.plan(harness.caller, id);
    failing = 6;
    const planned = await harness.until(id, 'AWAITING_CONFIRMATION');
    expect(failed).toBe(12);
    const hash = planned.plans.at(-1)?.hash ?? '';
    await harness.operations.confirm(harness.caller, id, hash);
    failing = 12;
    await harness.operations.start(harness.caller, id, hash);
    expect((await harness.until(id, 'COMPLETED')).counts).toMatchObject({ read: 1, created: 1, failed: 0 });
    expect(failed).toBe(24);
  });

  it('does not keep what killed puts left behind from being swept', () => {
    expect(swept).toBeGreaterThan(1);
  });
});
