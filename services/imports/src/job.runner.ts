import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { isDomainError, type DomainError } from '@caseledger/errors';
import { ResourceExhausted, type Job, type JobQueue, type StoreTransaction } from '@caseledger/event-store';
import { isTransient } from '@caseledger/event-streams';
import type { Logger } from '@caseledger/service-kit';
import type { JobKind } from './import/import.workflow.js';

/** The worker no longer holds the job: another one does it, and nothing of this try may be stored. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

/** A job at work: its subject, the sign to stop, and its completion in the transaction of its effects. */
export interface JobAtWork {
  readonly id: string;
  readonly tenant: string;
  /** The import or revert the job is about. */
  readonly about: string;
  /** The plan or run within it. */
  readonly subject: string;
  /** Further ids of the payload. */
  readonly payload: Job['payload'];
  /** How often the job has been begun, this time included. */
  readonly tries: number;
  readonly signal: AbortSignal;
  /** Stores the job as done together with its effects. @throws LeaseLost, which rolls them back. */
  complete(tx: StoreTransaction): Promise<void>;
}

/** One kind of job: what it does, and what becomes of its import when it cannot be done. */
export interface JobHandler {
  readonly kind: JobKind;
  run(job: JobAtWork): Promise<void>;
  /** The job failed for good: by its own refusal, or too often. Runs in a try of its own; must be idempotent. */
  giveUp(job: JobAtWork, reason: DomainError | undefined, reference: string): Promise<void>;
}

export interface JobRunnerOptions {
  readonly jobs: JobQueue;
  readonly handlers: readonly JobHandler[];
  readonly logger: Logger;
  /** How many jobs this process works on at the same time. */
  readonly concurrency: number;
  readonly leaseMs?: number;
}

/** A job that failed so often by itself fails every time. */
const TRIES_MAX = 3;
/**
 * A job that lost its worker so often is taken to end every worker. Far more than one chunk may take with it before its
 * rows are isolated (RUN-007): a job that only stood beside is not at fault.
 */
const DEATHS_MAX = 12;
const LEASE_MS = 30_000;
/** After the database could not be asked. */
const AWAY_MS = 1_000;
const BACKOFF_FIRST_MS = 200;
const BACKOFF_MAX_MS = 30_000;

/**
 * Claims leased jobs and does them (DESIGN §6). A worker that dies, freezes or loses its lease is followed by another
 * one; a job is restarted from its beginning and gives the same objects again (CORRECTNESS I6).
 */
export class JobRunner {
  private readonly stopping = new AbortController();
  private readonly owner = randomUUID();
  private loops: Promise<void>[] = [];

  constructor(private readonly options: JobRunnerOptions) {}

  start(): void {
    this.loops = Array.from({ length: this.options.concurrency }, () => this.loop());
  }

  /** Lets the jobs at work be taken over by others: their leases run out unless they end within the deadline. */
  async stop(deadlineMs = 10_000): Promise<void> {
    this.stopping.abort();
    await Promise.race([Promise.all(this.loops), pause(deadlineMs, undefined, { ref: false })]);
  }

  private async loop(): Promise<void> {
    const { jobs, handlers, logger, leaseMs = LEASE_MS } = this.options;
    const kinds = handlers.map(({ kind }) => kind);
    const { signal } = this.stopping;
    const watch = jobs.watch();
    while (!signal.aborted) {
      try {
        watch.looking();
        const job = await jobs.claim(kinds, this.owner, leaseMs);
        if (job === undefined) await watch.rest(signal);
        else await this.work(job, leaseMs);
      } catch (error) {
        logger.warn({ error }, 'Jobs cannot be claimed now');
        await pause(AWAY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
    watch.close();
  }

  private async work(job: Job, leaseMs: number): Promise<void> {
    const handler = this.options.handlers.find(({ kind }) => kind === job.kind);
    if (handler === undefined) return;
    const lost = new AbortController();
    const beat = setInterval(() => void this.heartbeat(job, leaseMs, lost), leaseMs / 3);
    try {
      const atWork = this.atWork(job, AbortSignal.any([lost.signal, this.stopping.signal]));
      // A worker that died in the job left its try behind: a job that kills every worker is given up unrun.
      if (job.tries > DEATHS_MAX) await this.giveUp(handler, atWork, job, undefined);
      else await this.attempt(handler, atWork, job);
    } finally {
      clearInterval(beat);
    }
  }

  private async attempt(handler: JobHandler, atWork: JobAtWork, job: Job): Promise<void> {
    try {
      await handler.run(atWork);
    } catch (error) {
      if (error instanceof LeaseLost || atWork.signal.aborted) return;
      const passing = isTransient(error) || error instanceof ResourceExhausted;
      if (isDomainError(error) && error.kind !== 'concurrency') return this.giveUp(handler, atWork, job, error);
      this.options.logger.warn({ error, job: job.kind, tries: job.tries }, 'A job failed and is tried again');
      if (!passing && job.tries >= TRIES_MAX) return this.giveUp(handler, atWork, job, undefined, error);
      await this.options.jobs.fail(job, { backoffMs: backoff(job.tries), reason: error instanceof Error ? error.name : 'unknown', passing });
    }
  }

  private async giveUp(handler: JobHandler, atWork: JobAtWork, job: Job, reason: DomainError | undefined, error?: unknown): Promise<void> {
    const reference = randomUUID().slice(0, 8);
    if (reason === undefined) this.options.logger.error({ error, job: job.kind, about: atWork.about, reference }, 'A job was given up');
    try {
      await handler.giveUp(atWork, reason, reference);
    } catch (thrown) {
      if (thrown instanceof LeaseLost) return;
      this.options.logger.warn({ error: thrown, job: job.kind }, 'A job could not be given up and is tried again');
      await this.options.jobs.fail(job, { backoffMs: backoff(job.tries), reason: 'give up' });
    }
  }

  private atWork(job: Job, signal: AbortSignal): JobAtWork {
    const { id, tenant, payload, tries } = job;
    const textOf = (name: string): string => (typeof payload[name] === 'string' ? payload[name] : '');
    return {
      id,
      tenant,
      payload,
      tries,
      signal,
      about: textOf('id'),
      subject: textOf('subject'),
      complete: async (tx) => {
        if (!(await this.options.jobs.complete(job, tx))) throw new LeaseLost(`Job ${id}`);
      },
    };
  }

  private async heartbeat(job: Job, leaseMs: number, lost: AbortController): Promise<void> {
    try {
      if (!(await this.options.jobs.heartbeat(job, leaseMs))) lost.abort();
    } catch (error) {
      this.options.logger.warn({ error, job: job.kind }, 'A lease could not be renewed');
    }
  }
}

function backoff(tries: number): number {
  return Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** tries);
}
