import { setTimeout as pause } from 'node:timers/promises';
import { uuid8, type NewEvent, type StoreTransaction, type StreamAppend } from '@caseledger/event-store';
import { react, type Consumption } from '@caseledger/event-streams';
import type { DataSource } from 'typeorm';
import { LANE_CATEGORY } from './import-events.catalogue.js';
import { platform } from './import.commands.js';
import type { ImportContext } from './import.context.js';
import { permissionsOf } from './import.target.js';
import { chunksToDispatch, type ChunkToDispatch } from './import/import.workflow.js';
import type { LaneEvent } from './import/import.events.js';
import { importsTopic } from './imports.topics.js';
import { objectKey } from './objects/import-objects.js';
import { findChunks, placeOf, type ManifestEntry } from './objects/manifest.js';
import { mayStill } from './projections/company.queries.js';
import { readLanes, readRun, type RunRow } from './projections/runs.projection.js';
import type { RunControl } from './run.control.js';

/*
 * Hands chunks to the workers and sees that every run goes on. What it does follows from the stored state alone, so it
 * may be called at any time, by any number of processes: events only tell it where to look, and a sweep looks
 * everywhere (RUN-006: there is no state "stuck").
 */

const SWEEP_MS = 5_000;
/** Runs looked after in one sweep. */
const SWEEP_RUNS_MAX = 1_000;

export interface ReactorOptions {
  readonly context: ImportContext;
  readonly control: RunControl;
  /** Reads across companies which runs are open. */
  readonly tail: DataSource;
  readonly sweepMs?: number;
}

export class ImportReactor {
  private readonly stopping = new AbortController();
  /** Runs being looked after; true when they have moved since the look began. */
  private readonly looking = new Map<string, boolean>();
  private readonly atWork = new Set<Promise<void>>();
  private sweeping: Promise<void> = Promise.resolve();

  constructor(private readonly options: ReactorOptions) {}

  /** Follows imports' own events: whatever happens to an import or revert, its run is looked after. */
  consumption(): Consumption {
    const { topic, partitions } = importsTopic;
    return react({ consumer: 'imports.reactor', source: 'imports', topic, partitions }, async (batch) => {
      const subjects = new Map(batch.map(({ tenant, stream }) => [stream, tenant]));
      for (const [subject, tenant] of subjects) {
        const run = await this.options.context.store.transaction(tenant, (tx) => openRunOf(tx, subject));
        if (run !== undefined) await this.lookAfter(tenant, run);
      }
    });
  }

  start(): void {
    this.sweeping = this.sweepOnAndOn();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.allSettled([this.sweeping, ...this.atWork]);
  }

  /** The ledger of a run has moved. Whatever comes while it is looked after is seen by one look afterwards. */
  moved(tenant: string, run: string): void {
    if (this.stopping.signal.aborted) return;
    if (this.looking.has(run)) {
      this.looking.set(run, true);
      return;
    }
    const work = this.lookUntilStill(tenant, run);
    this.atWork.add(work);
    void work.finally(() => this.atWork.delete(work));
  }

  /** Dispatches what is due, or asks for the run to be closed. */
  async lookAfter(tenant: string, run: string): Promise<void> {
    const { context } = this.options;
    await context.store.transaction(tenant, async (tx) => {
      const row = await readRun(tx, run, true);
      if (row === undefined || row.state === 'CLOSED' || row.state === 'PAUSED' || row.state === 'QUEUED') return;
      if (row.state === 'CANCELLING') return this.askToClose(tx, row);
      if (row.chunksPerLane.length === 0) return;
      const lanes = await readLanes(tx, row);
      if (lanes.every(({ done, total }) => done >= total)) return this.askToClose(tx, row);
      const { inFlightPerLane: perLane, inFlightPerRun: perRun, redispatchMs } = context.limits;
      const chunks = chunksToDispatch(lanes, { perLane, perRun, redispatchMs }, tx.now.getTime());
      await this.dispatch(tx, row, chunks, new Map(lanes.map(({ lane, dispatches }) => [lane, dispatches])));
    });
  }

  private async dispatch(tx: StoreTransaction, run: RunRow, chunks: readonly ChunkToDispatch[], dispatches: ReadonlyMap<number, number>): Promise<void> {
    if (chunks.length === 0) return;
    this.options.context.metrics.redispatched.inc(chunks.filter(({ isAgain }) => isAgain).length);
    const isImport = run.kind === 'IMPORT' || run.kind === 'RETRY';
    const entries = await findChunks(tx, run.run, isImport ? 'run' : 'revert', chunks);
    if (entries.length !== chunks.length) throw new Error(`${chunks.length - entries.length} chunks of a run are not in the manifest`);
    const appends = new Map<number, NewEvent[]>();
    for (const entry of entries) {
      const ofLane = appends.get(entry.lane) ?? [];
      const dispatch = (dispatches.get(entry.lane) ?? 0) + ofLane.length + 1;
      const id = uuid8('dispatch', run.run, String(entry.lane), String(entry.seq), String(dispatch));
      const event = chunkDispatched(tx.tenant, run, entry, dispatch);
      appends.set(entry.lane, [...ofLane, { ...event, id }]);
    }
    const streams: StreamAppend[] = [...appends].map(([lane, events]) => ({
      stream: uuid8('lane', run.run, String(lane)),
      category: LANE_CATEGORY,
      expected: 'any',
      events,
    }));
    await tx.append({ ...platform(tx.tenant), correlation: run.importId }, streams);
  }

  private async askToClose(tx: StoreTransaction, { run, importId, subject, kind }: RunRow): Promise<void> {
    const isImport = kind === 'IMPORT' || kind === 'RETRY';
    const payload = isImport ? { id: importId, subject: run } : { id: subject, subject: run };
    const job = { id: uuid8('job', 'close', run), kind: isImport ? 'close' : 'close-revert', tenant: tx.tenant, payload };
    await this.options.context.jobs.enqueue(tx, job);
  }

  private async lookUntilStill(tenant: string, run: string): Promise<void> {
    try {
      do {
        this.looking.set(run, false);
        await this.lookAfter(tenant, run);
      } while (this.looking.get(run) === true && !this.stopping.signal.aborted);
    } catch (error) {
      if (!this.stopping.signal.aborted) this.options.context.logger.warn({ error, run }, 'A run could not be looked after; the sweep comes back to it');
    } finally {
      this.looking.delete(run);
    }
  }

  private async sweepOnAndOn(): Promise<void> {
    const { sweepMs = SWEEP_MS, context } = this.options;
    while (!this.stopping.signal.aborted) {
      await pause(sweepMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
      if (this.stopping.signal.aborted) return;
      await this.sweep().catch((error: unknown) => context.logger.warn({ error }, 'The sweep failed and is repeated'));
    }
  }

  /** Looks after every open run, takes up what the platform had paused, and lets waiting imports begin. */
  async sweep(): Promise<void> {
    const { tail, context } = this.options;
    const runs: { tenant: string; run: string }[] = await tail.query(
      `select tenant, run from app.run where state in ('RUNNING', 'CANCELLING') order by run limit ${SWEEP_RUNS_MAX}`,
    );
    for (const { tenant, run } of runs) await this.lookAfter(tenant, run);
    const paused: { tenant: string; id: string; state: string; created_by: string }[] = await tail.query(
      `select tenant, id, state, created_by from app.import where state in ('PAUSED_ACCESS', 'PAUSED_RESOURCE') limit ${SWEEP_RUNS_MAX}`,
    );
    for (const { tenant, id, state } of paused) {
      if (state === 'PAUSED_RESOURCE' || (await this.mayGoOn(tenant, id))) {
        await this.options.control.resumeFrom(tenant, id, state === 'PAUSED_RESOURCE' ? 'PAUSED_RESOURCE' : 'PAUSED_ACCESS');
      }
    }
    const waiting: { tenant: string }[] = await tail.query(`select distinct tenant from app.import where state = 'QUEUED' limit ${SWEEP_RUNS_MAX}`);
    for (const { tenant } of waiting) {
      const job = { id: uuid8('job', 'admit', tenant), kind: 'admit', tenant, payload: { id: tenant, subject: '' } };
      await context.store.transaction(tenant, (tx) => context.jobs.enqueue(tx, job));
    }
  }

  private async mayGoOn(tenant: string, importId: string): Promise<boolean> {
    const { context } = this.options;
    return context.store.transaction(tenant, async (tx) => {
      const run = await openRunOf(tx, importId);
      const row = run === undefined ? undefined : await readRun(tx, run);
      return row !== undefined && mayStill(tx, row.actor, permissionsOf(context.targetOf(row.type)));
    });
  }
}

async function openRunOf(tx: StoreTransaction, subject: string): Promise<string | undefined> {
  const { rows } = await tx.query<{ run: string }>(`select run from app.run where tenant = $1 and subject = $2 and state <> 'CLOSED'`, [
    tx.tenant,
    subject,
  ]);
  return rows[0]?.run;
}

function chunkDispatched(tenant: string, run: RunRow, entry: ManifestEntry, dispatch: number): LaneEvent {
  const { lane, seq, rows, sha256 } = entry;
  const { kind, attempt, actor, importId } = run;
  const key = objectKey(tenant, importId, placeOf(entry), sha256);
  return {
    type: 'ChunkDispatched',
    data: { run: run.run, importId, kind, attempt, lane, seq, dispatch, objectKey: key, sha256, rows, actor },
  };
}
