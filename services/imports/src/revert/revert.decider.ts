import type { CreatedPolicy, RevertCounts, RevertEvent } from './revert.events.js';
import type { Preview, Revert } from './revert.js';
import { notWhile, previewStale, unavailable } from './refusal.js';

/* The rules of a revert and of a restore (PRODUCT §4, REV-001, REV-002, REV-011), one function per command. */

export interface PlanRevert {
  readonly revertId: string;
  readonly importId: string;
  readonly createdPolicy: CreatedPolicy;
  readonly recordPolicies: Readonly<Record<string, CreatedPolicy>>;
  readonly plannedBy: string;
}

/** What the import says about being reverted: its state and whether another revert is at work. */
export interface ImportStanding {
  readonly status: string;
  readonly revertState: 'NONE' | 'REVERTING' | 'PARTLY_REVERTED' | 'REVERTED';
  /** Rows that made or changed a record. */
  readonly written: number;
}

/** The reason a revert is not available, or undefined when it is (REV-001); there is no time limit. */
export function revertBar(
  standing: ImportStanding,
): 'REVERT_IMPORT_RUNNING' | 'REVERT_ALREADY_RUNNING' | 'REVERT_NOTHING_TO_DO' | undefined {
  switch (standing.status) {
    case 'COMPLETED':
    case 'CANCELLED':
    case 'FAILED':
      if (standing.revertState === 'REVERTING') return 'REVERT_ALREADY_RUNNING';
      return standing.revertState === 'REVERTED' || standing.written === 0 ? 'REVERT_NOTHING_TO_DO' : undefined;
    case 'QUEUED':
    case 'RUNNING':
    case 'PAUSED':
    case 'PAUSED_RESOURCE':
    case 'PAUSED_ACCESS':
    case 'CANCELLING':
      return 'REVERT_IMPORT_RUNNING';
    default:
      return 'REVERT_NOTHING_TO_DO';
  }
}

export function planRevert(command: PlanRevert, standing: ImportStanding, state: Revert): RevertEvent[] {
  if (state.status !== 'NONE') return [];
  const bar = revertBar(standing);
  if (bar !== undefined) throw unavailable(bar);
  return [{ type: 'RevertPlanned', data: { ...command, kind: 'REVERT', ofRevert: '' } }];
}

export interface PlanRestore {
  readonly revertId: string;
  readonly plannedBy: string;
}

/** A revert of a revert: puts the contribution back (REV-012). `of` is the revert to take back. */
export function planRestore(command: PlanRestore, of: Revert, standing: ImportStanding, state: Revert): RevertEvent[] {
  if (state.status !== 'NONE') return [];
  if (of.status !== 'COMPLETED' && of.status !== 'COMPLETED_WITH_CONFLICTS' && of.status !== 'CANCELLED') {
    throw notWhile(of.status);
  }
  if (of.kind !== 'REVERT') throw notWhile('RESTORED');
  if (standing.revertState === 'REVERTING') throw unavailable('REVERT_ALREADY_RUNNING');
  const { importId, createdPolicy, recordPolicies, revertId: ofRevert } = of;
  return [
    { type: 'RevertPlanned', data: { ...command, importId, kind: 'RESTORE', ofRevert, createdPolicy, recordPolicies } },
  ];
}

/** The prediction is stored; a preview made twice changes nothing. */
export function finishPreview(preview: Preview, state: Revert): RevertEvent[] {
  return state.status === 'PREVIEWING' ? [{ type: 'RevertPreviewed', data: preview }] : [];
}

/** The preview cannot be made; another one may be asked for. */
export function failPreview(code: string, state: Revert): RevertEvent[] {
  return state.status === 'PREVIEWING' ? [{ type: 'RevertStale', data: { code, by: '' } }] : [];
}

/** Confirms the preview of this hash and no other; a second click changes nothing. */
export function confirmRevert(hash: string, confirmedBy: string, standing: ImportStanding, state: Revert): RevertEvent[] {
  const isConfirmed = state.status === 'QUEUED' || state.status === 'RUNNING';
  if (isConfirmed && state.preview.hash === hash) return [];
  if (state.status === 'STALE') throw previewStale();
  if (state.status !== 'READY') throw notWhile(state.status);
  if (state.preview.hash !== hash) throw previewStale();
  if (standing.revertState === 'REVERTING') throw unavailable('REVERT_ALREADY_RUNNING');
  return [{ type: 'RevertConfirmed', data: { hash, confirmedBy } }];
}

/** Things changed since the preview: it is given up, `by` is the preview made instead (REV-008). */
export function outdate(by: string, state: Revert): RevertEvent[] {
  if (state.status !== 'READY') throw notWhile(state.status);
  return [{ type: 'RevertStale', data: { code: 'REVERT_PREVIEW_STALE', by } }];
}

/** Another revert of the same import has ended: what was predicted before it holds no more. */
export function overtake(state: Revert): RevertEvent[] {
  const isPreview = state.status === 'READY' || state.status === 'PREVIEWING';
  return isPreview ? [{ type: 'RevertStale', data: { code: 'REVERT_PREVIEW_STALE', by: '' } }] : [];
}

export function startRevert(run: string, state: Revert): RevertEvent[] {
  return state.status === 'QUEUED' ? [{ type: 'RevertStarted', data: { run } }] : [];
}

export function pauseRevert(code: string, state: Revert): RevertEvent[] {
  if (state.status === 'PAUSED') return [];
  if (state.status !== 'RUNNING' || state.isCancelling) throw notWhile(state.status);
  return [{ type: 'RevertPaused', data: { code } }];
}

/** A second click finds the revert running. */
export function resumeRevert(state: Revert): RevertEvent[] {
  if (state.status === 'RUNNING' && !state.isCancelling) return [];
  if (state.status !== 'PAUSED') throw notWhile(state.status);
  return [{ type: 'RevertResumed', data: {} }];
}

/**
 * What is done stays, the rest can go on with another revert; a preview that nobody confirmed is given up. Cancelling twice
 * changes nothing.
 */
export function cancelRevert(requestedBy: string, state: Revert): RevertEvent[] {
  if (state.status === 'STALE') return [];
  if (state.status === 'READY') return [{ type: 'RevertStale', data: { code: '', by: '' } }];
  if (state.status !== 'RUNNING' && state.status !== 'PAUSED') throw notWhile(state.status);
  return state.isCancelling ? [] : [{ type: 'RevertCancelRequested', data: { requestedBy } }];
}

/** Ends the revert once every record it was to treat, or every one it still treated, has its result. */
export function closeRevert(run: string, counts: RevertCounts, state: Revert): RevertEvent[] {
  if (state.status !== 'RUNNING' || state.run !== run) return [];
  return [{ type: state.isCancelling ? 'RevertCancelled' : 'RevertCompleted', data: { counts } }];
}

/** A restore of this revert has ended. */
export function markRestored(by: string, state: Revert): RevertEvent[] {
  const isDone =
    state.status === 'COMPLETED' || state.status === 'COMPLETED_WITH_CONFLICTS' || state.status === 'CANCELLED';
  return isDone ? [{ type: 'RevertRestored', data: { by } }] : [];
}

/**
 * What the import's revert state is after a revert or restore has ended: records left in force keep it partly
 * reverted, so that running the revert again can take them (REV-013).
 */
export function revertStateAfter(
  kind: 'REVERT' | 'RESTORE',
  counts: RevertCounts,
  isComplete: boolean,
): 'NONE' | 'PARTLY_REVERTED' | 'REVERTED' {
  const left = counts.kept + counts.conflict;
  if (kind === 'REVERT') return isComplete && left === 0 ? 'REVERTED' : 'PARTLY_REVERTED';
  return isComplete && counts.conflict === 0 ? 'NONE' : 'PARTLY_REVERTED';
}
