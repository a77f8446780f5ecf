import type { DataSource } from 'typeorm';
import type { JsonObject } from './json.types.js';
import { Nap } from './nap.js';
import { withSession } from './session.js';
import type { StoreTransaction } from './store.types.js';
import type { WakeUps } from './wake-ups.js';

const DEADLINE_MS = 10_000;
const ERROR_CHARACTERS_MAX = 500;
/** How often a worker looks for jobs that nobody called it for: leases that ran out, calls that were lost. */
const LOOK_MS = 3_000;
/** While it hears of no jobs of other processes. */
const DEAF_LOOK_MS = 100;
/** A job that was put off is due by the database's clock; the call comes when it surely is. */
const DUE_MS = 5;

/** Work to be done once, by whoever claims it. */
export interface NewJob {
  /** Derived from what the job is about, so that enqueueing twice gives one job. */
  readonly id: string;
  readonly kind: string;
  readonly tenant: string;
  /** Ids only: workers of every company read it. */
  readonly payload: JsonObject;
}

/** A job under lease. `leaseEpoch` fences a worker that lost it. */
export interface Job extends NewJob {
  readonly owner: string;
  readonly leaseEpoch: number;
  /** How often it has been claimed, this time included. */
  readonly tries: number;
}

const ENQUEUE = 'insert into es.job (id, kind, tenant, payload) values ($1, $2, $3, $4) on conflict (id) do nothing';

const CLAIM = `
update es.job j set owner = $2, lease_epoch = lease_epoch + 1, tries = tries + 1,
  lease_until = clock_timestamp() + $3::int * interval '1 millisecond'
where j.id = (
  select id from es.job
  where kind = any($1::text[]) and run_at <= clock_timestamp() and lease_until < clock_timestamp()
  order by run_at, id limit 1 for update skip locked)
returning j.id, j.kind, j.tenant, j.payload, j.owner, j.lease_epoch::int as lease_epoch, j.tries`;

const HEARTBEAT = `
update es.job set lease_until = clock_timestamp() + $4::int * interval '1 millisecond'
where id = $1 and owner = $2 and lease_epoch = $3 and lease_until > clock_timestamp()`;

const COMPLETE = 'delete from es.job where id = $1 and owner = $2 and lease_epoch = $3';

const FAIL = `
update es.job set owner = null, lease_until = '-infinity', last_error = $5, tries = tries - $6::int,
  run_at = clock_timestamp() + $4::int * interval '1 millisecond'
where id = $1 and owner = $2 and lease_epoch = $3`;

interface JobRow {
  readonly [column: string]: unknown;
  readonly id: string;
  readonly kind: string;
  readonly tenant: string;
  readonly payload: JsonObject;
  readonly owner: string;
  readonly lease_epoch: number;
  readonly tries: number;
}

/**
 * Leased jobs in the service's own database (DESIGN §6). Time is the database's: a worker with a wrong clock neither
 * steals nor loses a lease (CORRECTNESS I8). A worker that dies loses its lease, and the next one claims the job.
 */
export class JobQueue {
  /** @param dataSource the service's database as the app role @param wakeUps those of the store on the same database */
  constructor(
    private readonly dataSource: DataSource,
    private readonly wakeUps: WakeUps,
  ) {}

  /** Adds a job in the transaction of what it follows from; one with the same id is left as it is. */
  async enqueue(tx: Pick<StoreTransaction, 'query' | 'afterCommit'>, { id, kind, tenant, payload }: NewJob): Promise<void> {
    await tx.query(ENQUEUE, [id, kind, tenant, JSON.stringify(payload)]);
    tx.afterCommit(() => this.wakeUps.stored('job'));
  }

  /** For a worker that rests between claims: no job that comes meanwhile goes unnoticed. To be closed. */
  watch(): JobWatch {
    return new JobWatch(this.wakeUps);
  }

  /** Takes the job that has been due longest, if there is one. */
  async claim(kinds: readonly string[], owner: string, leaseMs: number): Promise<Job | undefined> {
    const { rows } = await this.run<JobRow>(CLAIM, [[...kinds], owner, leaseMs]);
    const [row] = rows;
    if (row === undefined) return undefined;
    const { lease_epoch: leaseEpoch, id, kind, tenant, payload, tries } = row;
    return { id, kind, tenant, payload, owner, leaseEpoch, tries };
  }

  /** Keeps the lease; false when it is lost, and then the worker stops. */
  async heartbeat(job: Job, leaseMs: number): Promise<boolean> {
    const { rowCount } = await this.run(HEARTBEAT, [job.id, job.owner, job.leaseEpoch, leaseMs]);
    return rowCount === 1;
  }

  /**
   * Takes the job away as done; false when the lease is lost. In a transaction it happens with the job's effects:
   * a worker that gets false must then roll them back.
   */
  async complete(job: Job, tx?: Pick<StoreTransaction, 'query'>): Promise<boolean> {
    const values = [job.id, job.owner, job.leaseEpoch];
    const { rowCount } = tx === undefined ? await this.run(COMPLETE, values) : await tx.query(COMPLETE, values);
    return rowCount === 1;
  }

  /**
   * Gives the job back for another try after `backoffMs`; false when the lease is lost. With `passing` the try does not
   * count: what failed was not the job's doing, and may fail for as long as an outage lasts.
   */
  async fail(job: Job, { backoffMs, reason, passing = false }: { backoffMs: number; reason: string; passing?: boolean }): Promise<boolean> {
    const values = [job.id, job.owner, job.leaseEpoch, backoffMs, reason.slice(0, ERROR_CHARACTERS_MAX), passing ? 1 : 0];
    const { rowCount } = await this.run(FAIL, values);
    setTimeout(() => this.wakeUps.call('job'), backoffMs + DUE_MS).unref();
    return rowCount === 1;
  }

  private run<R extends Record<string, unknown>>(sql: string, values: readonly unknown[]): Promise<{ rows: R[]; rowCount: number }> {
    return withSession(this.dataSource, DEADLINE_MS, (session) => session.query<R>(sql, values));
  }
}

/** The rests of one worker that finds no job. */
export class JobWatch {
  private readonly nap = new Nap();
  private readonly stopListening: () => void;

  constructor(private readonly wakeUps: WakeUps) {
    this.stopListening = wakeUps.on('job', () => this.nap.call());
  }

  /** To be called before a claim: jobs that come later end the next rest at once. */
  looking(): void {
    this.nap.answer();
  }

  /** Until a job may be there; at most 3 s. Never rejects. */
  rest(signal: AbortSignal): Promise<void> {
    return this.nap.take(this.wakeUps.isHearing ? LOOK_MS : DEAF_LOOK_MS, signal);
  }

  close(): void {
    this.stopListening();
  }
}
