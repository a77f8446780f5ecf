import { consumerMigrations } from '@caseledger/event-store';
import { testDatabase, type TestDatabase } from '@caseledger/testing';
import type { DataSource } from 'typeorm';
import { lockCheckpoints } from './checkpoint.js';
import { inTransaction } from './consumer-transaction.js';

const NAME = { consumer: 'c', source: 's', topic: 't' };

/** What others are told of a view may be told only once they would find it. */
describe('calls after the commit of a consumer', () => {
  let database: TestDatabase;
  let pool: DataSource;

  beforeAll(async () => {
    database = await testDatabase('consumer_transaction', consumerMigrations);
    ({ app: pool } = await database.open());
  });
  afterAll(() => database.drop());

  it('come when everybody sees what was stored', async () => {
    let seen: Promise<{ n: number }[]> | undefined;
    await inTransaction(pool, 5_000, async (tx) => {
      await lockCheckpoints(tx, NAME, [{ shard: 0, partition: 1 }]);
      tx.afterCommit(() => (seen = pool.query('select count(*)::int as n from es.checkpoint')));
    });
    expect(await seen).toEqual([{ n: 1 }]);
  });

  it('never come when it is taken back', async () => {
    const calls: string[] = [];
    const broken = inTransaction(pool, 5_000, async (tx) => {
      tx.afterCommit(() => calls.push('told'));
      await tx.query('select 1/0');
    });
    await expect(broken).rejects.toThrow('division by zero');
    expect(calls).toEqual([]);
  });
});
