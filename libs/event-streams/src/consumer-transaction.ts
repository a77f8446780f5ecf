import type { DataSource, QueryRunner } from 'typeorm';
import { settledWithin } from './backoff.js';
import { DeadlineExceeded } from './faults.js';

/** The transaction in which a handler writes its view and the runner its checkpoint: both are stored, or neither. */
export interface ConsumerTransaction {
  /** For libraries that bring their own statements; committing and rolling back are the runner's. */
  readonly queryRunner: QueryRunner;
  query<R = Record<string, unknown>>(sql: string, params?: readonly unknown[]): Promise<{ rows: R[]; rowCount: number }>;
  /** Chooses the company whose rows the following statements see (row-level security, DESIGN 21). */
  useTenant(tenant: string): Promise<void>;
  /** Calls once everything is stored, and never otherwise; what a process that dies in between misses must be found anyway. */
  afterCommit(call: () => void): void;
}

interface Closable {
  end(): Promise<void>;
}

/** How long a lock is waited for, and how long a transaction may do nothing: a member that is stopped holds nobody up for longer. */
const IDLE_MS = 5_000;

/**
 * Runs `work` in one transaction that ends within `deadlineMs`, committing included.
 * @throws DeadlineExceeded when it does not: the connection is cut, so the database rolls back unless it had committed.
 */
export async function inTransaction<T>(
  database: DataSource,
  deadlineMs: number,
  work: (tx: ConsumerTransaction) => Promise<T>,
): Promise<T> {
  const queryRunner = database.createQueryRunner();
  const running = transact(queryRunner, deadlineMs, work);
  if (await settledWithin(running, deadlineMs)) return running;
  running.catch(() => undefined);
  cut(queryRunner);
  throw new DeadlineExceeded('A transaction', deadlineMs);
}

async function transact<T>(
  queryRunner: QueryRunner,
  deadlineMs: number,
  work: (tx: ConsumerTransaction) => Promise<T>,
): Promise<T> {
  try {
    await queryRunner.startTransaction();
    await queryRunner.query(
      `select set_config('lock_timeout', $1, true), set_config('idle_in_transaction_session_timeout', $1, true),
              set_config('statement_timeout', $2, true)`,
      [String(IDLE_MS), String(deadlineMs)],
    );
    const calls: (() => void)[] = [];
    const result = await work(transactionOn(queryRunner, calls));
    await queryRunner.commitTransaction();
    for (const call of calls) call();
    return result;
  } catch (error) {
    if (queryRunner.isTransactionActive && !queryRunner.isReleased) await queryRunner.rollbackTransaction().catch(() => undefined);
    throw error;
  } finally {
    await queryRunner.release();
  }
}

function transactionOn(queryRunner: QueryRunner, calls: (() => void)[]): ConsumerTransaction {
  return {
    queryRunner,
    async query(sql: string, params: readonly unknown[] = []) {
      const { records, affected } = await queryRunner.query(sql, [...params], true);
      return { rows: records, rowCount: affected ?? 0 };
    },
    async useTenant(tenant) {
      await queryRunner.query(`select set_config('app.tenant', $1, true)`, [tenant]);
    },
    afterCommit(call) {
      calls.push(call);
    },
  };
}

/** Ends the connection from outside: with a statement at work pg destroys the socket, otherwise it says goodbye. */
function cut(queryRunner: QueryRunner): void {
  if (queryRunner.isReleased) return;
  queryRunner
    .connect()
    .then((client: Closable) => client.end())
    .catch(() => undefined);
}
