import type { CreatedPolicy, RevertCounts, RevertEvent, RevertPosition } from './revert.events.js';

interface Planned {
  readonly revertId: string;
  readonly importId: string;
  readonly kind: 'REVERT' | 'RESTORE';
  readonly ofRevert: string;
  readonly createdPolicy: CreatedPolicy;
  readonly recordPolicies: Readonly<Record<string, CreatedPolicy>>;
  readonly plannedBy: string;
}

export interface Preview {
  readonly hash: string;
  readonly counts: RevertCounts;
  readonly positions: readonly RevertPosition[];
  readonly chunksPerLane: readonly number[];
  readonly builtOnBy: readonly string[];
}

export type Previewing = Planned & { readonly status: 'PREVIEWING' };
export type Ready = Planned & { readonly status: 'READY' | 'QUEUED'; readonly preview: Preview };
export type RevertRunning = Planned & {
  readonly status: 'RUNNING' | 'PAUSED';
  readonly preview: Preview;
  readonly run: string;
  readonly isCancelling: boolean;
};
export type RevertEnded = Planned & {
  readonly status: 'COMPLETED' | 'COMPLETED_WITH_CONFLICTS' | 'CANCELLED' | 'RESTORED';
  readonly preview: Preview;
  readonly run: string;
  readonly counts: RevertCounts;
};
export type Stale = Planned & { readonly status: 'STALE'; readonly code: string; readonly by: string };

/** A revert, or a restore, as its events tell it: a union over the states of PRODUCT §4. */
export type Revert = { readonly status: 'NONE' } | Previewing | Ready | RevertRunning | RevertEnded | Stale;

export const noRevert: Revert = { status: 'NONE' };

export function evolveRevert(state: Revert, event: RevertEvent): Revert {
  if (state.status === 'NONE') return event.type === 'RevertPlanned' ? { ...event.data, status: 'PREVIEWING' } : state;
  switch (event.type) {
    case 'RevertPreviewed':
      return state.status === 'PREVIEWING' ? { ...state, status: 'READY', preview: event.data } : state;
    case 'RevertStale':
      return { ...plannedOf(state), status: 'STALE', ...event.data };
    case 'RevertConfirmed':
      return state.status === 'READY' ? { ...state, status: 'QUEUED' } : state;
    case 'RevertStarted':
      if (state.status !== 'QUEUED') return state;
      return { ...state, status: 'RUNNING', run: event.data.run, isCancelling: false };
    default:
      return evolveRun(state, event);
  }
}

function evolveRun(state: Exclude<Revert, { status: 'NONE' }>, event: RevertEvent): Revert {
  if (event.type === 'RevertRestored') return isDone(state) ? { ...state, status: 'RESTORED' } : state;
  if (state.status !== 'RUNNING' && state.status !== 'PAUSED') return state;
  const { preview, run } = state;
  switch (event.type) {
    case 'RevertPaused':
      return { ...state, status: 'PAUSED' };
    case 'RevertResumed':
      return { ...state, status: 'RUNNING' };
    case 'RevertCancelRequested':
      return { ...state, status: 'RUNNING', isCancelling: true };
    case 'RevertCancelled':
      return { ...plannedOf(state), status: 'CANCELLED', preview, run, counts: event.data.counts };
    case 'RevertCompleted': {
      const { counts } = event.data;
      const status = counts.conflict > 0 ? 'COMPLETED_WITH_CONFLICTS' : 'COMPLETED';
      return { ...plannedOf(state), status, preview, run, counts };
    }
    default:
      return state;
  }
}

function isDone(state: Revert): state is RevertEnded {
  return state.status === 'COMPLETED' || state.status === 'COMPLETED_WITH_CONFLICTS' || state.status === 'CANCELLED';
}

function plannedOf(state: Planned): Planned {
  const { revertId, importId, kind, ofRevert, createdPolicy, recordPolicies, plannedBy } = state;
  return { revertId, importId, kind, ofRevert, createdPolicy, recordPolicies, plannedBy };
}
