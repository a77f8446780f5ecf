import { setTimeout as pause } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { isUuid } from './ids.js';
import { Session } from './session.js';
import {
  CommitUnknown,
  DeadlineExceeded,
  ResourceExhausted,
  StoreUnavailable,
  isConnectionLost,
  isTransient,
  resourceOf,
  sqlStateOf,
} from './store-errors.js';
import type { TransactionOptions } from './store.types.js';

const DEADLINE_MS = 30_000;
const ATTEMPTS = 8;
const LOCK_TIMEOUT_MS = 5_000;
const PAUSE_FIRST_MS = 10;
const PAUSE_MAX_MS = 2_000;
const STATEMENT_CANCELLED = '57014';

/** Held shared by every transaction of the store and exclusively by a rebuild, so that none sees half a view. */
export const REBUILD_GATE = 4_711_004;

const UNFINISHED = ', (select rebuilding from es.log_id) as unfinished';

/** What the runner asks of the work of one transaction. */
export interface Unit {
  readonly session: Session;
  /** When the transaction began, by the database's clock. */
  readonly now: Date;
}

export interface UnitResult<T> {
  readonly result: T;
  /** Whether a repetition finds what was stored and does nothing: only then may an unknown COMMIT be tried again. */
  readonly repeatable: boolean;
  /** Set when something failed in a way that must not be committed, although the work went on. */
  readonly doomed?: unknown;
}

/** Runs the work of one tenant's transaction: begin, work, commit, retry, all under one deadline (DESIGN §6). */
export class TransactionRunner {
  constructor(
    private readonly dataSource: DataSource,
    private readonly gated = true,
  ) {}

  /**
   * Tries the whole again when the database asks for it. Throws what the work throws; ResourceExhausted for SQLSTATE
   * class 53; StoreUnavailable when retries did not help; CommitUnknown; DeadlineExceeded.
   */
  async run<T>(tenant: string, work: (unit: Unit) => Promise<UnitResult<T>>, options: TransactionOptions = {}): Promise<T> {
    if (!isUuid(tenant)) throw new Error('A tenant is a uuid in lower case');
    const { deadlineMs = DEADLINE_MS, attempts = ATTEMPTS } = options;
    const until = performance.now() + deadlineMs;
    for (let attempt = 1; ; attempt++) {
      const attemptState = { repeatable: false, committing: false };
      try {
        return await this.attempt(tenant, work, until, attemptState);
      } catch (thrown) {
        const left = until - performance.now();
        const isCancelled = left <= 0 || sqlStateOf(thrown) === STATEMENT_CANCELLED;
        if (isCancelled && !attemptState.committing) throw new DeadlineExceeded(deadlineMs, { cause: thrown });
        const retried = translate(thrown, attemptState);
        if (attempt >= attempts || left <= 0) throw new StoreUnavailable('The database asked to retry too often', { cause: retried });
        await pause(Math.min(left, backoff(attempt)));
      }
    }
  }

  private async attempt<T>(
    tenant: string,
    work: (unit: Unit) => Promise<UnitResult<T>>,
    until: number,
    state: AttemptState,
  ): Promise<T> {
    const left = Math.max(1, Math.ceil(until - performance.now()));
    const session = await Session.open(this.dataSource, left);
    let timer: NodeJS.Timeout | undefined;
    const expired = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        session.end();
        reject(new Error('timeout expired: the deadline passed'));
      }, left);
    });
    expired.catch(() => undefined);
    try {
      return await Promise.race([expired, this.transact(tenant, session, work, left, state)]);
    } finally {
      clearTimeout(timer);
      await session.release();
    }
  }

  private async transact<T>(
    tenant: string,
    session: Session,
    work: (unit: Unit) => Promise<UnitResult<T>>,
    leftMs: number,
    state: AttemptState,
  ): Promise<T> {
    try {
      const now = await this.begin(tenant, session, leftMs);
      const { result, repeatable, doomed } = await work({ session, now });
      if (doomed !== undefined) throw doomed;
      state.repeatable = repeatable;
      state.committing = true;
      // COMMIT of a transaction that has failed answers ROLLBACK and no error.
      const tag = await session.command('commit');
      if (tag !== 'COMMIT') throw new Error(`The transaction had failed and was rolled back (${tag})`);
      return result;
    } catch (thrown) {
      await rollBack(session, thrown);
      throw thrown;
    }
  }

  private async begin(tenant: string, session: Session, leftMs: number): Promise<Date> {
    const results = await session.script([
      'begin',
      `select set_config('app.tenant', '${tenant}', true), set_config('lock_timeout', '${LOCK_TIMEOUT_MS}', true), set_config('statement_timeout', '${leftMs}', true)`,
      ...(this.gated ? [`select pg_advisory_xact_lock_shared(${REBUILD_GATE})`] : []),
      `select (extract(epoch from clock_timestamp()) * 1000)::bigint::float8 as now_ms${this.gated ? UNFINISHED : ''}`,
    ]);
    // The gate opens when a rebuild dies, too: what it leaves is half a view, on which nobody may decide anything.
    if (results.at(-1)?.rows[0]?.['unfinished'] === true) throw new StoreUnavailable('A rebuild was not finished: run it again');
    return new Date(Number(results.at(-1)?.rows[0]?.['now_ms']));
  }
}

interface AttemptState {
  repeatable: boolean;
  committing: boolean;
}

/** Throws what ends the whole; returns what is worth another attempt. */
function translate(thrown: unknown, state: AttemptState): unknown {
  const resource = resourceOf(thrown);
  if (resource !== undefined) throw new ResourceExhausted(resource, { cause: thrown });
  if (!isTransient(thrown)) throw thrown;
  if (state.committing && isConnectionLost(thrown) && !state.repeatable) {
    throw new CommitUnknown('The connection was lost during COMMIT', { cause: thrown });
  }
  return thrown;
}

/** A connection that cannot even roll back is not used again. */
async function rollBack(session: Session, thrown: unknown): Promise<void> {
  if (isConnectionLost(thrown)) return session.end();
  try {
    await session.command('rollback');
  } catch {
    session.end();
  }
}

/** Full jitter: writers that collided do not collide again in step. */
function backoff(attempt: number): number {
  return Math.random() * Math.min(PAUSE_MAX_MS, PAUSE_FIRST_MS * 2 ** attempt);
}
