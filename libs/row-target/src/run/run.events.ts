import type { EventDefinition, Fact } from '@caseledger/event-store';

export type RunKind = 'IMPORT' | 'RETRY' | 'REVERT' | 'RESTORE';
export type RunState = 'RUNNING' | 'PAUSED' | 'CANCELLED' | 'CLOSED';

export interface RunOpened {
  readonly run: string;
  /** The import whose contribution the run makes or takes out. */
  readonly import: string;
  readonly kind: RunKind;
  readonly attempt: number;
  /** Chunks per lane; the index is the lane. */
  readonly chunksPerLane: readonly number[];
}

interface RunNamed {
  readonly run: string;
  readonly import: string;
}

/** What a run does to itself, in the run's own stream (PRODUCT §3). */
export type RunEvent =
  | Fact<'ImportRunOpened', RunOpened>
  | Fact<'ImportRunPaused', RunNamed>
  | Fact<'ImportRunResumed', RunNamed>
  | Fact<'ImportRunClosed', RunNamed & { readonly state: 'CANCELLED' | 'CLOSED' }>;

/** One chunk with the outcome of each of its rows, in clear and for ever (DESIGN 14), in the stream of its lane. */
export interface ChunkApplied<Outcome extends object = object> extends RunNamed {
  readonly kind: RunKind;
  readonly attempt: number;
  readonly lane: number;
  readonly seq: number;
  readonly rows: readonly Outcome[];
  /** Records whose planned change was not made: later rows of the plan that rest on it are stale too (DESIGN §4). */
  readonly stale: readonly string[];
}

export const runEventDefinitions: readonly EventDefinition[] = [
  'ImportRunOpened',
  'ImportRunPaused',
  'ImportRunResumed',
  'ImportRunClosed',
  'ImportChunkApplied',
].map((type) => ({ type, schemaVersion: 1 }));
