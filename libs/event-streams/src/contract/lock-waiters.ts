import type { Queries } from '../checkpoint.js';

/** How many sessions of this database wait for a lock that another one holds. */
export async function lockWaiters(db: Queries): Promise<number> {
  const { rows } = await db.query('select 1 from pg_stat_activity where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0');
  return rows.length;
}
