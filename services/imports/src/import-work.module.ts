import { StreamRunner, type Consumption, type StreamTransport } from '@caseledger/event-streams';
import { admitJob } from './admit.job.js';
import { analyseJob } from './analyse.job.js';
import { chunkConsumer, type ChunkCrashPoint } from './chunk.consumer.js';
import { closeJob } from './close.job.js';
import { cutJob } from './cut.job.js';
import { expireJob } from './expire.job.js';
import { finishPlanJob } from './finish-plan.job.js';
import type { ImportContext } from './import.context.js';
import { ImportExpiry } from './import.expiry.js';
import { ImportReactor } from './import.reactor.js';
import { openImports, type ImportsSetting } from './imports.store.js';
import { JobRunner, type JobHandler } from './job.runner.js';
import { judgeJob } from './judge.job.js';
import { previewRevertJob } from './preview-revert.job.js';
import { ledgerConsumer } from './projections/ledger.projection.js';
import { rightsConsumer } from './projections/rights.projection.js';
import { RunControl } from './run.control.js';
import { closeRevertJob, openRevertJob } from './run-revert.job.js';
import { splitJob } from './split.job.js';

export interface ImportWorkSetting extends Omit<ImportsSetting, 'crashPoint'> {
  /** Reads the feeds of imports, accounts and every target; those that the process hosts, where they lie. */
  readonly transport: StreamTransport;
  /** Chunks and jobs at work at the same time; 4 and 2 keep one core and the database busy (docs/speed.md). */
  readonly chunksAtOnce?: number;
  readonly jobsAtOnce?: number;
  readonly sweepMs?: number;
  /** What is kept for days is judged by this clock; that of the machine if absent. */
  readonly now?: () => Date;
  readonly expirySweepMs?: number;
  /** Clears away what puts of objects left behind that were killed so long ago; answers how many. */
  readonly sweepObjects?: (olderThanMs: number) => Promise<number>;
  /** How long a job stays with a worker that has fallen silent. */
  readonly jobLeaseMs?: number;
  readonly crashPoint?: (name: ChunkCrashPoint) => void | Promise<void>;
}

/** The working door of imports: what an import worker hosts beside the targets (DESIGN 12). */
export interface ImportWork {
  readonly context: ImportContext;
  readonly reactor: ImportReactor;
  readonly streams: StreamRunner;
  start(): Promise<void>;
  /** Ends within the deadline; what is not done is taken over by others. */
  stop(deadlineMs?: number): Promise<void>;
}

/** The only wiring of the worker's part. */
export function importWork(setting: ImportWorkSetting): ImportWork {
  const context = openImports(setting);
  const control = new RunControl(context);
  const { tail, sweepMs, jobLeaseMs, crashPoint, chunksAtOnce = 4, jobsAtOnce = 2, logger } = setting;
  const { now = () => new Date(), expirySweepMs, sweepObjects } = setting;
  const expiry = new ImportExpiry({ context, tail, now, ...(expirySweepMs === undefined ? {} : { sweepMs: expirySweepMs }), ...(sweepObjects === undefined ? {} : { sweepObjects }) });
  const reactor = new ImportReactor({ context, control, tail, ...(sweepMs === undefined ? {} : { sweepMs }) });
  const streams = new StreamRunner({
    database: setting.app,
    transport: setting.transport,
    logger,
    consumers: [
      rightsConsumer(),
      reactor.consumption(),
      chunkConsumer({ context, control, concurrency: chunksAtOnce, ...(crashPoint === undefined ? {} : { crashPoint }) }),
      ...context.targets.map((target): Consumption => ledgerConsumer(target, (tenant, run) => reactor.moved(tenant, run))),
    ],
  });
  const jobs = new JobRunner({ jobs: context.jobs, handlers: jobHandlers(context, now), logger, concurrency: jobsAtOnce, ...(jobLeaseMs === undefined ? {} : { leaseMs: jobLeaseMs }) });
  return {
    context,
    reactor,
    streams,
    start: async () => {
      await context.store.check();
      await streams.start();
      reactor.start();
      expiry.start();
      jobs.start();
    },
    stop: async (deadlineMs = 10_000) => {
      await Promise.all([jobs.stop(deadlineMs), streams.stop(deadlineMs), reactor.stop(), expiry.stop()]);
    },
  };
}

/** Every kind of job there is. */
export function jobHandlers(context: ImportContext, now: () => Date): JobHandler[] {
  return [
    analyseJob(context),
    splitJob(context),
    judgeJob(context),
    finishPlanJob(context),
    admitJob(context),
    expireJob(context, now),
    cutJob(context),
    closeJob(context),
    previewRevertJob(context),
    openRevertJob(context),
    closeRevertJob(context),
  ];
}
