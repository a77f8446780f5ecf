import type { DataSource } from 'typeorm';
import { eventually } from './eventually.js';

/** Commits of one log that wait at its head. */
export interface HeldCommits {
  /** Comes back once so many transactions wait, for the head or for one another. */
  untilWaiting(transactions: number): Promise<void>;
  /** Lets them go, in the order of the database. */
  release(): Promise<void>;
}

/**
 * Holds the head of a database's log, so that what is begun now runs up to its COMMIT and no further: whatever two
 * commands read, neither sees what the other one decides. Races that happen once in a hundred tries happen every time.
 * @param owner a connection with the rights of the log's owner
 */
export async function holdCommits(owner: DataSource): Promise<HeldCommits> {
  const holder = owner.createQueryRunner();
  await holder.connect();
  await holder.startTransaction();
  await holder.query('select from es.head for update');
  return {
    untilWaiting: async (transactions) => {
      const asked = 'select count(*)::int as n from pg_stat_activity where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0';
      await eventually(async () => {
        const rows: { n: number }[] = await owner.query(asked);
        return (rows[0]?.n ?? 0) >= transactions;
      });
    },
    release: async () => {
      await holder.rollbackTransaction();
      await holder.release();
    },
  };
}
