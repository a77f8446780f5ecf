import type { InlineProjection, StoredEvent, StoreTransaction } from '@caseledger/event-store';
import { IMPORT_CATEGORY, LANE_CATEGORY, REVERT_CATEGORY } from '../import-events.catalogue.js';
import type { ImportEvent, ImportType, LaneEvent, RunKind } from '../import/import.events.js';
import type { LaneProgress } from '../import/import.workflow.js';
import type { RevertEvent } from '../revert/revert.events.js';

/*
 * Runs and how far their lanes have been dispatched. What of it has an outcome is the ledger's (`app.run_chunk`); the
 * two are read together here, and the reactor decides on them.
 */

export const runsProjection: InlineProjection = {
  name: 'runs',
  tables: ['app.run', 'app.dispatch'],
  categories: [IMPORT_CATEGORY, REVERT_CATEGORY, LANE_CATEGORY],
  async apply(tx, events) {
    for (const event of events) {
      if (event.category === LANE_CATEGORY) await dispatched(tx, event);
      else if (event.category === IMPORT_CATEGORY) await ofImport(tx, event);
      else await ofRevert(tx, event);
    }
  },
};

async function dispatched(tx: StoreTransaction, stored: StoredEvent): Promise<void> {
  const { run, lane, seq } = (stored.data as unknown as LaneEvent['data']);
  await tx.query(
    `insert into app.dispatch (tenant, run, lane, next_seq, dispatches, at) values ($1, $2, $3, $4, 1, $5)
     on conflict (tenant, run, lane) do update set next_seq = greatest(app.dispatch.next_seq, excluded.next_seq),
       dispatches = app.dispatch.dispatches + 1, at = excluded.at`,
    [tx.tenant, run, lane, seq + 1, stored.at],
  );
}

async function ofImport(tx: StoreTransaction, stored: StoredEvent): Promise<void> {
  const event = { type: stored.type, data: stored.data } as unknown as ImportEvent;
  const importId = stored.stream;
  switch (event.type) {
    case 'ImportQueued':
      return insertRun(tx, { run: event.data.run, importId, subject: importId, kind: 'IMPORT', attempt: 1, state: 'QUEUED', actor: event.data.startedBy });
    case 'RetryStarted': {
      const { run, attempt, startedBy: actor } = event.data;
      return insertRun(tx, { run, importId, subject: importId, kind: 'RETRY', attempt, state: 'RUNNING', actor });
    }
    case 'SplitCompleted':
      return chunksKnown(tx, event.data.run, event.data.rows, event.data.chunksPerLane);
    case 'ImportStarted':
      return setState(tx, importId, 'RUNNING');
    case 'ImportResumed':
      return resumed(tx, importId);
    case 'ImportPaused':
      return setState(tx, importId, 'PAUSED');
    case 'ImportCancelRequested':
      return setState(tx, importId, 'CANCELLING');
    case 'ImportCancelled':
    case 'ImportCompleted':
    case 'RetryCompleted':
      return setState(tx, importId, 'CLOSED');
    default:
      return undefined;
  }
}

async function ofRevert(tx: StoreTransaction, stored: StoredEvent): Promise<void> {
  const event = { type: stored.type, data: stored.data } as unknown as RevertEvent;
  const revert = stored.stream;
  switch (event.type) {
    case 'RevertPlanned': {
      const { importId, kind, plannedBy: actor } = event.data;
      return insertRun(tx, { run: revert, importId, subject: revert, kind, attempt: 1, state: 'QUEUED', actor });
    }
    case 'RevertPreviewed':
      return chunksKnown(tx, revert, event.data.counts.total, event.data.chunksPerLane);
    case 'RevertStarted':
      return setState(tx, revert, 'RUNNING');
    case 'RevertResumed':
      return resumed(tx, revert);
    case 'RevertPaused':
      return setState(tx, revert, 'PAUSED');
    case 'RevertCancelRequested':
      return setState(tx, revert, 'CANCELLING');
    case 'RevertCancelled':
    case 'RevertCompleted':
    case 'RevertStale':
      return setState(tx, revert, 'CLOSED');
    default:
      return undefined;
  }
}

interface NewRun {
  readonly run: string;
  readonly importId: string;
  readonly subject: string;
  readonly kind: RunKind;
  readonly attempt: number;
  readonly state: string;
  readonly actor: string;
}

async function insertRun(tx: StoreTransaction, { run, importId, subject, kind, attempt, state, actor }: NewRun): Promise<void> {
  await tx.query(
    `insert into app.run (tenant, run, import_id, subject, kind, attempt, state, rows, chunks_per_lane, actor)
     values ($1, $2, $3, $4, $5, $6, $7, 0, '{}', $8)`,
    [tx.tenant, run, importId, subject, kind, attempt, state, actor],
  );
}

async function chunksKnown(tx: StoreTransaction, run: string, rows: number, chunksPerLane: readonly number[]): Promise<void> {
  await tx.query('update app.run set rows = $3, chunks_per_lane = $4 where tenant = $1 and run = $2', [tx.tenant, run, rows, [...chunksPerLane]]);
}

/** Of an import's runs only the last is not closed. */
async function setState(tx: StoreTransaction, subject: string, state: string): Promise<void> {
  await tx.query(`update app.run set state = $3 where tenant = $1 and subject = $2 and state <> 'CLOSED'`, [tx.tenant, subject, state]);
}

/** What was out when the run was paused may have been answered NOT_NOW: it is dispatched again from the start. */
async function resumed(tx: StoreTransaction, subject: string): Promise<void> {
  await setState(tx, subject, 'RUNNING');
  await tx.query(
    `update app.dispatch d set next_seq = 0 from app.run r
     where d.tenant = $1 and r.tenant = $1 and r.subject = $2 and r.state <> 'CLOSED' and d.run = r.run`,
    [tx.tenant, subject],
  );
}

/**
 * The targets whose word a chunk's outcome is: that of a row is its case's, and in a revert each tells of its own records.
 */
export function accountantsOf(type: ImportType, ofRevert: boolean): readonly string[] {
  if (type !== 'CASES') return ['contacts'];
  return ofRevert ? ['contacts', 'cases'] : ['cases'];
}

export function isRevert(kind: RunKind): boolean {
  return kind === 'REVERT' || kind === 'RESTORE';
}

/** A run as the reactor sees it. */
export interface RunRow {
  readonly run: string;
  readonly importId: string;
  readonly subject: string;
  /** What the import's rows become. */
  readonly type: ImportType;
  readonly kind: RunKind;
  readonly attempt: number;
  readonly state: 'QUEUED' | 'RUNNING' | 'PAUSED' | 'CANCELLING' | 'CLOSED';
  readonly rows: number;
  readonly chunksPerLane: readonly number[];
  readonly actor: string;
}

const READ_RUN = `
select r.run, r.import_id as "importId", r.subject, i.type, r.kind, r.attempt, r.state, r.rows,
  r.chunks_per_lane as "chunksPerLane", r.actor
from app.run r join app.import i on i.tenant = r.tenant and i.id = r.import_id
where r.tenant = $1 and r.run = $2`;

/** Reads a run; with `lock` nobody else dispatches for it until the transaction ends. */
export async function readRun(tx: StoreTransaction, run: string, lock = false): Promise<RunRow | undefined> {
  const values = [tx.tenant, run];
  const query = lock ? { name: 'imports.lock-run', text: `${READ_RUN} for update of r`, values } : { name: 'imports.run', text: READ_RUN, values };
  const { rows } = await tx.query<RunRow & Record<string, unknown>>(query);
  return rows[0];
}

/** Where each lane of a run stands: chunks in all, with an outcome, and dispatched. */
export async function readLanes(tx: StoreTransaction, of: RunRow): Promise<(LaneProgress & { dispatches: number })[]> {
  const { run, chunksPerLane } = of;
  const { rows: done } = await tx.query<{ lane: number; done: number }>(
    `select lane, min(done) as done
     from (select lane, target, max(seq) + 1 as done from app.run_chunk where tenant = $1 and run = $2 group by lane, target) c
     group by lane having count(*) = $3`,
    [tx.tenant, run, accountantsOf(of.type, isRevert(of.kind)).length],
  );
  const { rows: out } = await tx.query<{ lane: number; next_seq: number; dispatches: number; at: Date }>(
    'select lane, next_seq, dispatches, at from app.dispatch where tenant = $1 and run = $2',
    [tx.tenant, run],
  );
  const doneOf = new Map(done.map((row) => [row.lane, row.done]));
  const outOf = new Map(out.map((row) => [row.lane, row]));
  return chunksPerLane.map((total, lane) => {
    const at = outOf.get(lane);
    return {
      lane,
      total,
      done: doneOf.get(lane) ?? 0,
      dispatched: at?.next_seq ?? 0,
      dispatches: at?.dispatches ?? 0,
      dispatchedAtMs: at?.at.getTime() ?? 0,
    };
  });
}
