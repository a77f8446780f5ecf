import { consumerMigrations } from '@caseledger/event-store';
import { eventually, testDatabase, type TestDatabase } from '@caseledger/testing';
import type { DataSource } from 'typeorm';
import { advanceCheckpoints, lockCheckpoints, readCheckpoints } from './checkpoint.js';
import { inTransaction } from './consumer-transaction.js';
import { poolQueries } from './pool-queries.js';
import { lockWaiters } from './contract/lock-waiters.js';

const NAME = { consumer: 'c', source: 's', topic: 't' };
const PLACES = [{ shard: 0, partition: 1 }, { shard: 1, partition: 1 }];

describe('checkpoints', () => {
  let database: TestDatabase;
  let pool: DataSource;
  let owner: DataSource | undefined;

  beforeAll(async () => {
    database = await testDatabase('checkpoints', consumerMigrations);
    ({ app: pool, owner } = await database.open());
  });
  afterAll(() => database.drop());
  afterEach(() => pool.query('delete from es.checkpoint'));

  /** Moves both places from one position to another in a transaction of its own. */
  function move(from: number, position: number): Promise<void> {
    return inTransaction(pool, 5_000, (tx) =>
      advanceCheckpoints(tx, NAME, PLACES.map((place) => ({ from: { ...place, position: from, logEpoch: 1 }, to: { ...place, position, logEpoch: 1 } }))),
    );
  }

  const positions = async (): Promise<number[]> => [...(await readCheckpoints(poolQueries(pool), NAME)).values()].map(({ position }) => position);

  it('begin at the start of the log, even when two members look at once', async () => {
    const found = await Promise.all([1, 2].map(() => inTransaction(pool, 5_000, (tx) => lockCheckpoints(tx, NAME, PLACES))));
    for (const checkpoints of found) {
      expect([...checkpoints]).toEqual([['0/1', { ...PLACES[0], position: 0, logEpoch: 0 }], ['1/1', { ...PLACES[1], position: 0, logEpoch: 0 }]]);
    }
  });

  it('move on only from where they were read, all or none', async () => {
    await inTransaction(pool, 5_000, (tx) => lockCheckpoints(tx, NAME, PLACES));
    await move(0, 12);
    await pool.query('update es.checkpoint set pos = 15 where shard = 1');
    await expect(move(12, 20)).rejects.toMatchObject({ name: 'Fenced' });
    expect((await positions()).sort()).toEqual([12, 15]);
  });

  it('are moved in the order in which others lock them', async () => {
    await inTransaction(pool, 5_000, (tx) => lockCheckpoints(tx, NAME, PLACES));
    // The database stores the first behind the second, and goes through the table as it is stored.
    await pool.query('update es.checkpoint set updated_at = clock_timestamp() where shard = 0');
    await owner?.query('analyze es.checkpoint');
    const moves = PLACES.toReversed().map((place) => ({ from: { ...place, position: 0, logEpoch: 0 }, to: { ...place, position: 9, logEpoch: 1 } }));
    const { moving } = await inTransaction(pool, 5_000, async (tx) => {
      await lockCheckpoints(tx, NAME, PLACES.slice(0, 1));
      const moving = inTransaction(pool, 5_000, (other) => advanceCheckpoints(other, NAME, moves));
      await eventually(async () => (await lockWaiters(poolQueries(pool))) === 1);
      await lockCheckpoints(tx, NAME, PLACES);
      return { moving };
    });
    await moving;
    expect(await positions()).toEqual([9, 9]);
  });

  it('are not moved by a transaction that ends over its deadline', async () => {
    await inTransaction(pool, 5_000, (tx) => lockCheckpoints(tx, NAME, PLACES));
    const late = inTransaction(pool, 200, async (tx) => {
      await advanceCheckpoints(tx, NAME, PLACES.map((place) => ({ from: { ...place, position: 0, logEpoch: 0 }, to: { ...place, position: 9, logEpoch: 1 } })));
      // A handler that never comes back, while the database has nothing to cancel.
      await new Promise<never>(() => undefined);
    });
    await expect(late).rejects.toMatchObject({ name: 'DeadlineExceeded' });
    await move(0, 12);
    expect(await positions()).toEqual([12, 12]);
  });
});
