import { setTimeout as pause } from 'node:timers/promises';
import { uuid8 } from '@caseledger/event-store';
import type { DataSource } from 'typeorm';
import { deadlinesAt } from './expire.job.js';
import type { ImportContext } from './import.context.js';

/*
 * Looks for drafts and files that have been kept long enough, over all companies, and stores a job for each. Every
 * worker looks; a job is stored once, and what is missed is found the next time, after a restart too.
 */

const SWEEP_MS = 600_000;
const PAGE = 500;
/** No put of an object takes so long. */
const LEFT_BEHIND_MS = 86_400_000;

/** Imports at work end first: their file is needed. */
const DUE = `
select tenant, id from app.import
where ((state in ('DRAFT', 'UPLOADING', 'MAPPING', 'AWAITING_CONFIRMATION', 'CONFIRMED') and changed_at < $1)
    or (file_kept_since < $2 and state in ('MAPPING', 'AWAITING_CONFIRMATION', 'CONFIRMED', 'COMPLETED', 'CANCELLED', 'REJECTED', 'DISCARDED', 'EXPIRED')))
  and id > $3
order by id limit ${PAGE}`;

const FIRST = '00000000-0000-0000-0000-000000000000';

export interface ExpiryOptions {
  readonly context: ImportContext;
  /** Reads across companies. */
  readonly tail: DataSource;
  readonly now: () => Date;
  readonly sweepMs?: number;
  /** Clears away what puts of objects left behind that were killed so long ago. */
  readonly sweepObjects?: (olderThanMs: number) => Promise<number>;
}

export class ImportExpiry {
  private readonly stopping = new AbortController();
  private sweeping: Promise<void> = Promise.resolve();

  constructor(private readonly options: ExpiryOptions) {}

  start(): void {
    this.sweeping = this.sweepOnAndOn();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.sweeping;
  }

  /** Stores a job for everything that is due now. @returns how many imports were found. */
  async sweep(): Promise<number> {
    const { context, tail, now } = this.options;
    const { draftsBefore, filesBefore } = deadlinesAt(now(), context.limits);
    let found = 0;
    for (let after = FIRST; !this.stopping.signal.aborted; ) {
      const due: { tenant: string; id: string }[] = await tail.query(DUE, [draftsBefore, filesBefore, after]);
      for (const { tenant, id } of due) {
        const job = { id: uuid8('job', 'expire', id), kind: 'expire', tenant, payload: { id, subject: '' } };
        await context.store.transaction(tenant, (tx) => context.jobs.enqueue(tx, job));
      }
      found += due.length;
      if (due.length < PAGE) break;
      after = due.at(-1)?.id ?? after;
    }
    return found;
  }

  private async sweepOnAndOn(): Promise<void> {
    const { sweepMs = SWEEP_MS, context, sweepObjects } = this.options;
    while (!this.stopping.signal.aborted) {
      await this.sweep().catch((error: unknown) => context.logger.warn({ error }, 'What has been kept long enough could not be looked for; it is tried again'));
      await sweepObjects?.(LEFT_BEHIND_MS).catch((error: unknown) => context.logger.warn({ error }, 'What killed puts left behind could not be cleared away; it is tried again'));
      await pause(sweepMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
  }
}
