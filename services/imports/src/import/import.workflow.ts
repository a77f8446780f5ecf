import type { Import } from './import.js';
import type { ImportEvent } from './import.events.js';

/*
 * What follows from a fact: pure, so that it can be read as one table. The jobs are stored with the events they follow
 * from; the reactor and the workers carry them out.
 */

/** Work that outlives a request, done by a worker under a lease. */
export type JobKind =
  | 'analyse'
  | 'split'
  | 'judge'
  | 'finish-plan'
  | 'admit'
  | 'expire'
  | 'cut'
  | 'preview-revert'
  | 'open-revert'
  | 'close'
  | 'close-revert';

/** A job to be stored in the transaction of the event it follows from. */
export interface JobWanted {
  readonly kind: JobKind;
  /** The plan or run the job makes; empty where the import itself is meant. */
  readonly subject: string;
}

/** The job that an event of an import calls for, given the import after it. */
export function jobAfter(event: ImportEvent, state: Import): JobWanted | undefined {
  switch (event.type) {
    case 'FileUploaded':
    case 'AnalysisOverridden':
      return { kind: 'analyse', subject: '' };
    case 'PlanRequested':
    case 'RetryStarted':
      return { kind: 'split', subject: event.data.plan };
    case 'PlanCompleted':
      return state.status === 'RUNNING' ? { kind: 'cut', subject: state.attempt.run } : undefined;
    case 'ImportQueued':
    case 'ImportCompleted':
    case 'ImportCancelled':
    case 'RetryCompleted':
      // A place in the company's three running imports was asked for or became free (RUN-009).
      return { kind: 'admit', subject: '' };
    case 'ImportStarted':
      return { kind: 'cut', subject: event.data.run };
    case 'ImportResumed':
      return afterResume(state);
    default:
      return undefined;
  }
}

/** A run that was paused before its chunks existed goes on making them; afterwards the reactor dispatches again. */
function afterResume(state: Import): JobWanted | undefined {
  if (state.status !== 'RUNNING') return undefined;
  const { phase, plan, run } = state.attempt;
  if (phase === 'PLANNING') return { kind: 'split', subject: plan.id };
  return phase === 'PLANNED' ? { kind: 'cut', subject: run } : undefined;
}

/** Where a lane of a run stands, as imports knows it. */
export interface LaneProgress {
  readonly lane: number;
  readonly total: number;
  /** The smallest chunk without an outcome. */
  readonly done: number;
  /** The smallest chunk never dispatched. */
  readonly dispatched: number;
  /** When the oldest chunk without an outcome was dispatched last; 0 when none is out. */
  readonly dispatchedAtMs: number;
}

export interface DispatchLimits {
  /** Chunks without an outcome per lane and per run: what keeps a small import moving behind a big one (DESIGN 12). */
  readonly perLane: number;
  readonly perRun: number;
  /** A chunk without an outcome for so long is dispatched again. */
  readonly redispatchMs: number;
}

export interface ChunkToDispatch {
  readonly lane: number;
  readonly seq: number;
  readonly isAgain: boolean;
}

/**
 * The chunks to hand to the workers now. Lanes that have least in flight come first, so that a run spreads over its
 * lanes; a lost chunk is found by the time it has been out.
 */
export function chunksToDispatch(lanes: readonly LaneProgress[], limits: DispatchLimits, nowMs: number): ChunkToDispatch[] {
  const chosen: ChunkToDispatch[] = [];
  let inFlight = 0;
  for (const lane of lanes) {
    const out = Math.max(0, lane.dispatched - lane.done);
    inFlight += out;
    if (out > 0 && nowMs - lane.dispatchedAtMs >= limits.redispatchMs) {
      for (let seq = lane.done; seq < lane.dispatched; seq += 1) chosen.push({ lane: lane.lane, seq, isAgain: true });
    }
  }
  for (let depth = 0; depth < limits.perLane; depth += 1) {
    for (const lane of lanes) {
      if (inFlight >= limits.perRun) return chosen;
      const next = Math.max(lane.dispatched, lane.done);
      const seq = lane.done + depth;
      if (seq < next || seq >= lane.total) continue;
      chosen.push({ lane: lane.lane, seq, isAgain: false });
      inFlight += 1;
    }
  }
  return chosen;
}

export interface RunLedger {
  readonly lanes: readonly LaneProgress[];
  /** Rows or records with an outcome of this attempt, counted in the ledger itself. */
  readonly outcomes: number;
  /** Rows or records the attempt was cut into. */
  readonly rows: number;
}

/**
 * Whether a run can be closed: every chunk has its outcome and the outcomes add up to the rows (LED-001). After a
 * cancel the chunks that the target has applied are all that is waited for.
 */
export function closing(ledger: RunLedger, appliedByTarget?: ReadonlyMap<number, number>): 'OPEN' | 'CLOSE' | 'MISMATCH' {
  const isDone = ledger.lanes.every((lane) => lane.done >= (appliedByTarget?.get(lane.lane) ?? lane.total));
  if (!isDone) return 'OPEN';
  if (appliedByTarget !== undefined) return ledger.outcomes <= ledger.rows ? 'CLOSE' : 'MISMATCH';
  return ledger.outcomes === ledger.rows ? 'CLOSE' : 'MISMATCH';
}
