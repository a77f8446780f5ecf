import { person } from './spec/people.js';
import { storeHarness, type StoreHarness } from './spec/store-harness.js';

/** PostgreSQL asks so when two transactions were in each other's way. */
const AGAIN = `do $$ begin raise exception 'again' using errcode = '40001'; end $$`;

/** What others are told of a change may be told only once they would find it. */
describe('calls after the commit of the store', () => {
  let harness: StoreHarness;
  beforeAll(async () => {
    harness = await storeHarness('after_commit');
  });
  afterAll(() => harness.drop());

  const context = () => ({ tenant: harness.tenant, origin: { kind: 'user' as const } });

  it('come when everybody sees what was stored', async () => {
    const added = person();
    let seen: Promise<unknown> | undefined;
    await harness.store.transaction(harness.tenant, async (tx) => {
      tx.afterCommit(() => (seen = harness.tail.query('select count(*)::int as n from es.event where stream = $1', [added.stream])));
      await tx.append(context(), [added]);
      expect(seen).toBeUndefined();
    });
    expect(await seen).toEqual([{ n: 1 }]);
  });

  it('never come when it is taken back', async () => {
    const calls: string[] = [];
    const broken = harness.store.transaction(harness.tenant, async (tx) => {
      tx.afterCommit(() => calls.push('told'));
      await tx.append(context(), [person()]);
      throw new Error('changed its mind');
    });
    await expect(broken).rejects.toThrow('changed its mind');
    expect(calls).toEqual([]);
  });

  it('come once when the database asks to try again', async () => {
    const calls: number[] = [];
    let tries = 0;
    await harness.store.transaction(harness.tenant, async (tx) => {
      tries += 1;
      const now = tries;
      tx.afterCommit(() => calls.push(now));
      if (now === 1) await tx.query(AGAIN);
    });
    expect([tries, calls]).toEqual([2, [2]]);
  });
});
