import { consumerMigrations } from '@caseledger/event-store';
import { testDatabase, type TestDatabase } from '@caseledger/testing';
import type { DataSource } from 'typeorm';
import { advanceCheckpoints, lockCheckpoints, readCheckpoints } from './checkpoint.js';
import { inTransaction } from './consumer-transaction.js';
import { poolQueries } from './pool-queries.js';

const NAME = { consumer: 'c', source: 's', topic: 't' };
const PLACES = [{ shard: 0, partition: 1 }, { shard: 1, partition: 1 }];

describe('checkpoints', () => {
  let database: TestDatabase;
  let pool: DataSource;

  beforeAll(async () => {
    database = await testDatabase('checkpoints', consumerMigrations);
    pool = (await database.open()).app;
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
