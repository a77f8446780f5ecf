import { relayMigrations, type Feed, type FeedEvent } from '@caseledger/event-store';
import { testDatabase, type TestDatabase } from '@caseledger/testing';
import { poolQueries } from '../pool-queries.js';
import type { Queries } from '../checkpoint.js';
import { QuietCheck } from './quiet-check.js';

const NAME = { consumer: 'c', source: 's', topic: 't' };

describe('the comparison of quiet partitions', () => {
  let database: TestDatabase;
  let db: Queries;
  let end: number;
  let lost: readonly { partition: number; position: number }[];
  let check: QuietCheck;
  const feed: Feed = {
    head: () => Promise.resolve({ logId: 'l', epoch: 3, head: [{ shard: 0, position: end }] }),
    read: ({ after }) =>
      Promise.resolve({
        logId: 'l',
        epoch: 3,
        events: lost.map((place) => ({ shard: 0, ...place }) as FeedEvent),
        lookedUpTo: after.map((place) => ({ ...place, position: end })),
        head: [],
      }),
  };
  beforeAll(async () => {
    database = await testDatabase('quiet_check', relayMigrations);
    db = poolQueries((await database.open()).app);
  });
  afterAll(() => database.drop());
  beforeEach(async () => {
    await db.query('delete from es.checkpoint');
    [end, lost, check] = [50, [], new QuietCheck(feed, db, NAME, 0)];
    await at(20);
  });

  async function at(position: number): Promise<void> {
    await db.query(`insert into es.checkpoint (consumer, source, topic, shard, partition, pos) values ('c', 's', 't', 0, 1, $1)
                    on conflict (consumer, source, topic, shard, partition) do update set pos = $1`, [position]);
  }

  it('moves a partition on to where the owner ended at the look before', async () => {
    expect(await check.look([1])).toBeUndefined();
    end = 80;
    expect(await check.look([1])).toEqual({
      partitions: [1],
      slice: { messages: [], lookedUpTo: [{ shard: 0, partition: 1, from: 20, position: 50 }], epoch: 3, heads: [{ shard: 0, position: 80 }] },
    });
  });

  it('names what the owner has and nobody delivered as a gap', async () => {
    await check.look([1]);
    lost = [30, 40, 60].map((position) => ({ partition: 1, position }));
    end = 80;
    const found = await check.look([1]);
    expect(found?.slice.lookedUpTo).toEqual([{ shard: 0, partition: 1, from: 40, position: 40 }]);
  });

  it('waits for what the owner has before it counts as lost', async () => {
    check = new QuietCheck(feed, db, NAME, 60_000);
    lost = [{ partition: 1, position: 30 }];
    await check.look([1]);
    expect(await check.look([1])).toBeUndefined();
    expect(await check.look([1])).toBeUndefined();
  });

  it('leaves partitions alone in which something arrived, and what is at the head', async () => {
    await check.look([1]);
    await at(21);
    expect(await check.look([1])).toBeUndefined();
    await at(50);
    await check.look([1]);
    expect(await check.look([1])).toBeUndefined();
  });

  it('judges nothing while it cannot be said what has arrived', async () => {
    expect(await check.look([1])).toBeUndefined();
    expect(await check.look()).toBeUndefined();
    expect(check.heads).toEqual([{ shard: 0, position: 50 }]);
    expect(await check.look([1])).toBeDefined();
  });

  it('stops a consumer that is ahead of its owner', async () => {
    end = 19;
    await expect(check.look([1])).rejects.toMatchObject({ reason: 'LOG_EPOCH_MISMATCH' });
  });
});
