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

  it.each([
    ['that exist', 1],
    ['that several create at the same time', 0],
  ])('%s never deadlock: streams are locked and created in one order', async (_which, existing) => {
    const { append, store, tenant } = harness;
    const streams = Array.from({ length: 60 }, () => uuid7());
    if (existing === 1) await append(streams.map((stream) => person([tagged('x')], { stream })));
    const states: (string | undefined)[] = [];
    const writer = async (): Promise<void> => {
      for (let round = 0; round < 15; round++) {
        const appends = shuffled(streams).slice(0, 30).map((stream) => person([tagged('x')], { stream, expected: 'any' }));
        await store.transaction(tenant, async (tx) => {
          await tx.append({ tenant, origin: { kind: 'import', id: 'x' } }, appends).catch((error: unknown) => {
            states.push(sqlStateOf(error));
            throw error;
          });
        });
      }
    };
    await Promise.all(Array.from({ length: 6 }, writer));
    // 40P01 is a deadlock, 55P03 a lock waited for too long.
    expect(states.filter((state) => state !== undefined)).toEqual([]);
    expect(await store.verify()).toMatchObject({ ok: true });
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
