import type { Attempt, Import, Running } from './import.js';
import type { ImportEvent, OutcomeCounts, PauseKind, Reason, RetrySource, RevertState } from './import.events.js';
import { assertFileKept, discardRequestedPlan } from './import.decider.js';
import { hasEnded, isRunning } from './import.js';
import { nothingToRetry, notWhile } from './refusal.js';

/* The rules of an import from its place in the queue to its end, its retries and its reverts (PRODUCT §4). */

/** A worker takes the import from the queue; taken twice it changes nothing. */
export function beginRun(state: Import): ImportEvent[] {
  return state.status === 'QUEUED' ? [{ type: 'ImportStarted', data: { run: state.attempt.run } }] : [];
}

export interface RecordSplit {
  readonly run: string;
  readonly rows: number;
  readonly chunksPerLane: readonly number[];
}

/** The number of chunks is stored before the first is published; the same split again changes nothing. */
export function recordSplit(command: RecordSplit, state: Import): ImportEvent[] {
  const isWaiting = isRunning(state) && state.attempt.run === command.run && state.attempt.phase === 'PLANNED';
  return isWaiting && state.status !== 'CANCELLING' ? [{ type: 'SplitCompleted', data: command }] : [];
}

/** A person pauses a running import (RUN-005). */
export function pauseImport(state: Import): ImportEvent[] {
  if (state.status === 'PAUSED') return [];
  if (state.status !== 'RUNNING') throw notWhile(state.status);
  return [{ type: 'ImportPaused', data: { why: 'PAUSED', reason: null } }];
}

/** The platform pauses by itself and says why (RUN-006); an import that is not running is left alone. */
export function pauseFor(why: PauseKind, reason: Reason, state: Import): ImportEvent[] {
  return state.status === 'RUNNING' ? [{ type: 'ImportPaused', data: { why, reason } }] : [];
}

/** A second click finds the import running. */
export function resumeImport(state: Import): ImportEvent[] {
  if (state.status === 'RUNNING') return [];
  if (state.status !== 'PAUSED' && state.status !== 'PAUSED_RESOURCE' && state.status !== 'PAUSED_ACCESS') {
    throw notWhile(state.status);
  }
  return [{ type: 'ImportResumed', data: {} }];
}

/** The cause of a pause by the platform is gone; an import paused by a person stays so. */
export function resumeFrom(why: 'PAUSED_RESOURCE' | 'PAUSED_ACCESS', state: Import): ImportEvent[] {
  return state.status === why ? [{ type: 'ImportResumed', data: {} }] : [];
}

/**
 * Gives up a plan in the making, takes an import out of the queue, or ends a run: rows already applied stay. Cancelling
 * what is being cancelled changes nothing.
 */
export function cancelImport(requestedBy: string, rows: OutcomeCounts, state: Import): ImportEvent[] {
  if (state.status === 'PLANNING') return discardRequestedPlan(state);
  if (state.status === 'CANCELLING') return [];
  if (state.status === 'QUEUED') {
    const request: ImportEvent = { type: 'ImportCancelRequested', data: { requestedBy } };
    return [request, { type: 'ImportCancelled', data: { counts: rows } }];
  }
  if (!isRunning(state)) throw notWhile(state.status);
  return [{ type: 'ImportCancelRequested', data: { requestedBy } }];
}

export interface CloseRun {
  readonly run: string;
  /** Of the last attempt of every row of the file; the caller has checked that they add up (LED-001). */
  readonly counts: OutcomeCounts;
  readonly ledgerRoot: string;
}

/** Ends the attempt once its ledger is closed; a paused import waits for its resume. */
export function closeRun(command: CloseRun, state: Import): ImportEvent[] {
  if (!isRunning(state) || state.attempt.run !== command.run) return [];
  if (state.status !== 'RUNNING' && state.status !== 'CANCELLING') return [];
  const { counts, ledgerRoot } = command;
  if (state.attempt.kind === 'RETRY') {
    return [{ type: 'RetryCompleted', data: { attempt: state.attempt.number, counts } }];
  }
  if (state.status === 'CANCELLING') return [{ type: 'ImportCancelled', data: { counts } }];
  return [{ type: 'ImportCompleted', data: { counts, ledgerRoot } }];
}

export interface StartRetry {
  readonly run: string;
  readonly plan: string;
  readonly importDay: string;
  /** Rows of the attempt, with those of a corrected file that were applied before. */
  readonly rows: number;
  readonly source: RetrySource;
  readonly selection: Attempt['selection'];
  readonly alreadyApplied: number;
  readonly startedBy: string;
}

/**
 * A new attempt at rows that failed, were held or not processed, while nothing of the import is reverted (LED-009).
 * Asked for again while it is at work it is that attempt.
 */
export function startRetry(command: StartRetry, state: Import): ImportEvent[] {
  if (isRunning(state) && (state.attempt.run === command.run || isSameRetry(command, state))) return [];
  if (!hasEnded(state) || state.revert !== 'NONE') throw notWhile(retryBar(state));
  assertFileKept(state);
  if (command.rows === 0) throw nothingToRetry();
  return [{ type: 'RetryStarted', data: { ...command, attempt: state.attempt.number + 1 } }];
}

/** A revert of this import begins, ends or is taken back. */
export function changeRevertState(revert: string, to: RevertState, state: Import): ImportEvent[] {
  if (!hasEnded(state)) throw notWhile(state.status);
  return state.revert === to ? [] : [{ type: 'ImportRevertChanged', data: { revert, state: to } }];
}

/** The original file is gone, its hash stays (FIL-006). */
export function expireFile(removedOn: string, state: Import): ImportEvent[] {
  const isKept = state.status !== 'NONE' && state.file?.kept === true;
  return isKept && !isBusy(state) ? [{ type: 'FileExpired', data: { removedOn } }] : [];
}

/** An attempt being cancelled is another one: what it leaves can be tried again after its end. */
function isSameRetry(command: StartRetry, { status, attempt }: Running): boolean {
  const isRetryOfRows = attempt.kind === 'RETRY' && attempt.source.kind === 'ROWS' && command.source.kind === 'ROWS';
  return isRetryOfRows && status !== 'CANCELLING' && isSameSelection(command.selection, attempt.selection);
}

function isSameSelection(one: Attempt['selection'], other: Attempt['selection']): boolean {
  const rows = new Set(other.rows);
  const isSameRows = new Set(one.rows).size === rows.size && one.rows.every((row) => rows.has(row));
  const isSameKind = one.outcome === other.outcome && one.reason === other.reason && one.code === other.code;
  return isSameRows && isSameKind && one.continueCancelled === other.continueCancelled;
}

function retryBar(state: Import): string {
  return hasEnded(state) ? state.revert : state.status;
}

function isBusy(state: Import): boolean {
  return isRunning(state) || state.status === 'QUEUED' || state.status === 'PLANNING' || state.status === 'ANALYSING';
}
