import { consumerMigrations } from '@caseledger/event-store';
import { eventually, testDatabase, type TestDatabase } from '@caseledger/testing';
import type { DataSource } from 'typeorm';
import type { Queries } from '../checkpoint.js';
import { inTransaction } from '../consumer-transaction.js';
import { poolQueries } from '../pool-queries.js';
import { lockWaiters } from '../contract/lock-waiters.js';
import { assertLeases, claimLeases, ensureLeases, forgetMembers, releaseLeases, removeMember, renewLeases, seenMembers } from './leases.js';

const LONG_MS = 60_000;

describe('leases', () => {
  let database: TestDatabase;
  let pool: DataSource;
  let owner: DataSource | undefined;
  let db: Queries;
  let topics = 0;

  beforeAll(async () => {
    database = await testDatabase('leases', consumerMigrations);
    ({ app: pool, owner } = await database.open());
    db = poolQueries(pool);
  });
  afterAll(() => database.drop());

  async function topic(partitions: number): Promise<{ consumer: string; source: string; topic: string }> {
    topics += 1;
    const name = { consumer: 'c', source: 's', topic: `t${topics}` };
    await ensureLeases(db, name, partitions);
    await ensureLeases(db, name, partitions);
    return name;
  }

  it('gives a partition to one member only, however many ask at once', async () => {
    const name = await topic(12);
    const claims = await Promise.all(['a', 'b', 'c', 'd'].map((member) => claimLeases(db, name, member, 12, LONG_MS)));
    const given = claims.flat().map(({ partition }) => partition);
    expect(given.sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, partition) => partition));
  });

  it('leaves a held partition alone until its time has run out by the database', async () => {
    const name = await topic(2);
    const [held] = await claimLeases(db, name, 'a', 1, LONG_MS);
    expect(await claimLeases(db, name, 'b', 2, 1)).toHaveLength(1);
    const taken = await eventually(async () => {
      const [lease] = await claimLeases(db, name, 'c', 2, LONG_MS);
      return lease;
    });
    expect(taken.partition).not.toBe(held?.partition);
    expect(taken.leaseEpoch).toBe(2);
  });

  it('renews what is still held, and tells what is not', async () => {
    const name = await topic(2);
    const leases = await claimLeases(db, name, 'a', 2, LONG_MS);
    await releaseLeases(db, name, 'a', leases.slice(0, 1));
    const [retaken] = await claimLeases(db, name, 'b', 1, LONG_MS);
    expect(await renewLeases(db, name, 'a', leases, LONG_MS)).toEqual(new Set([leases[1]?.partition]));
    expect(retaken?.leaseEpoch).toBe(2);
  });

  it('does not release what another member has taken over', async () => {
    const name = await topic(1);
    const [lost] = await claimLeases(db, name, 'a', 1, 1);
    const [taken] = await eventually(async () => {
      const claimed = await claimLeases(db, name, 'b', 1, LONG_MS);
      return claimed.length > 0 && claimed;
    });
    await releaseLeases(db, name, 'a', lost === undefined ? [] : [lost]);
    expect(await renewLeases(db, name, 'b', taken === undefined ? [] : [taken], LONG_MS)).toEqual(new Set([0]));
  });

  it('fences a member that holds an older lease, even if it held the partition itself', async () => {
    const name = await topic(1);
    const old = await claimLeases(db, name, 'a', 1, LONG_MS);
    await inTransaction(pool, 5_000, (tx) => assertLeases(tx, name, 'a', old));
    await releaseLeases(db, name, 'a', old);
    const again = await claimLeases(db, name, 'a', 1, LONG_MS);
    await expect(inTransaction(pool, 5_000, (tx) => assertLeases(tx, name, 'a', old))).rejects.toMatchObject({ name: 'Fenced' });
    await inTransaction(pool, 5_000, (tx) => assertLeases(tx, name, 'a', again));
  });

  it.each([
    ['renewed', renewLeases],
    ['released', releaseLeases],
  ])('are %s in one order, so that a transaction that holds them still is not in the way of both', async (_, change) => {
    const name = await topic(2);
    const leases = await claimLeases(db, name, 'a', 2, LONG_MS);
    // The database stores the first behind the second, and goes through the table as it is stored.
    await renewLeases(db, name, 'a', leases.slice(0, 1), LONG_MS);
    await owner?.query('analyze es.lease');
    const { changing } = await inTransaction(pool, 5_000, async (tx) => {
      await assertLeases(tx, name, 'a', leases.slice(0, 1));
      const changing = change(db, name, 'a', leases.toReversed(), LONG_MS);
      await eventually(async () => (await lockWaiters(db)) === 1);
      await assertLeases(tx, name, 'a', leases);
      return { changing };
    });
    await changing;
  });

  it('knows who is alive, and forgets who has long been gone', async () => {
    const name = await topic(1);
    await seenMembers(db, name, 'b', LONG_MS);
    expect(await seenMembers(db, name, 'a', LONG_MS)).toEqual(['a', 'b']);
    await removeMember(db, name, 'b');
    expect(await seenMembers(db, name, 'a', LONG_MS)).toEqual(['a']);
    const count = async (): Promise<number> => (await db.query(`select 1 from es.member where consumer like '%' || $1`, [name.topic])).rows.length;
    await forgetMembers(db, name, LONG_MS);
    expect(await count()).toBe(1);
    await eventually(async () => {
      await forgetMembers(db, name, 0.1);
      return (await count()) === 0;
    });
  });
});
