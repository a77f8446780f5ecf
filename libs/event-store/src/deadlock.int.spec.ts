import { randomInt } from 'node:crypto';
import { uuid7 } from './ids.js';
import { sqlStateOf } from './store-errors.js';
import { person, tagged } from './spec/people.js';
import { storeHarness, type StoreHarness } from './spec/store-harness.js';

describe('E15: appends of overlapping streams in any order', () => {
  let harness: StoreHarness;

  beforeAll(async () => {
    harness = await storeHarness('deadlock');
  });
  afterAll(() => harness.drop());

  const states: (string | undefined)[] = [];

  /** Appends to half of the streams, in an order of its own. */
  const appendToSome = async (streams: readonly string[]): Promise<void> => {
    const { store, tenant } = harness;
    const appends = shuffled(streams).slice(0, streams.length / 2).map((stream) => person([tagged('x')], { stream, expected: 'any' }));
    await store.transaction(tenant, async (tx) => {
      await tx.append({ tenant, origin: { kind: 'import', id: 'x' } }, appends).catch((error: unknown) => {
        states.push(sqlStateOf(error));
        throw error;
      });
    });
  };
  const someStreams = () => Array.from({ length: 60 }, () => uuid7());
  /** 40P01 is a deadlock, 55P03 a lock waited for too long. */
  const locksFailed = () => states.splice(0).filter((state) => state !== undefined);

  it('never deadlock over streams that exist', async () => {
    const streams = someStreams();
    await harness.append(streams.map((stream) => person([tagged('x')], { stream })));
    const writer = async (): Promise<void> => {
      for (let round = 0; round < 15; round++) await appendToSome(streams);
    };
    await Promise.all(Array.from({ length: 6 }, writer));
    expect(locksFailed()).toEqual([]);
    expect(await harness.store.verify()).toMatchObject({ ok: true });
  }, 60_000);

  it('never deadlock over streams that several create at the same time', async () => {
    for (let round = 0; round < 12; round++) {
      const streams = someStreams();
      await Promise.all(Array.from({ length: 6 }, () => appendToSome(streams)));
      expect(locksFailed()).toEqual([]);
    }
    expect(await harness.store.verify()).toMatchObject({ ok: true });
  }, 60_000);
});

function shuffled<T>(items: readonly T[]): T[] {
  const copy = [...items];
  for (let at = copy.length - 1; at > 0; at--) {
    const other = randomInt(at + 1);
    const [a, b] = [copy[at], copy[other]];
    if (a === undefined || b === undefined) continue;
    copy[at] = b;
    copy[other] = a;
  }
  return copy;
}
