import type { NamedQuery } from '@caseledger/event-store';
import type { DataSource, QueryRunner } from 'typeorm';
import { settledWithin } from './backoff.js';
import { DeadlineExceeded } from './faults.js';

/** The transaction in which a handler writes its view and the runner its checkpoint: both are stored, or neither. */
export interface ConsumerTransaction {
  /** For libraries that bring their own statements; committing and rolling back are the runner's. */
  readonly queryRunner: QueryRunner;
  query<R = Record<string, unknown>>(sql: string | NamedQuery, params?: readonly unknown[]): Promise<{ rows: R[]; rowCount: number }>;
  /** Chooses the company whose rows the following statements see (row-level security, DESIGN 21). */
  useTenant(tenant: string): Promise<void>;
  /** Calls once everything is stored, and never otherwise; what a process that dies in between misses must be found anyway. */
  afterCommit(call: () => void): void;
}

interface Closable {
  end(): Promise<void>;
}

/** The part of node-postgres that TypeORM does not reach: statements by name, which the server parses and plans once. */
interface Client {
  query<R>(statement: { name: string; text: string; values: unknown[] }): Promise<{ rows: R[]; rowCount: number | null }>;
}

/** Runs one statement. */
export async function runStatement<R>(queryRunner: QueryRunner, sql: string | NamedQuery, params: readonly unknown[] = []): Promise<{ rows: R[]; rowCount: number }> {
  if (typeof sql === 'string') {
    const { records, affected } = await queryRunner.query(sql, [...params], true);
    return { rows: records, rowCount: affected ?? 0 };
  }
  const client: Client = await queryRunner.connect();
  const { rows, rowCount } = await client.query<R>({ name: sql.name, text: sql.text, values: [...(sql.values ?? params)] });
  return { rows, rowCount: rowCount ?? 0 };
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
    // Without parameters all of it is one round trip, and nothing is planned.
    await queryRunner.query(
      `set local lock_timeout = ${IDLE_MS}; set local idle_in_transaction_session_timeout = ${IDLE_MS};
       set local statement_timeout = ${Math.ceil(deadlineMs)}`,
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
    query: (sql, params) => runStatement(queryRunner, sql, params),
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
