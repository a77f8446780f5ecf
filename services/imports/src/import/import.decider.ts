import type { Existing, Import, Planned, Planning } from './import.js';
import type {
  AnalysisOverride,
  ColumnTarget,
  DecisionAction,
  ImportEvent,
  ImportOptions,
  ImportType,
  Reason,
} from './import.events.js';
import { hasEnded } from './import.js';
import { confirmationRequired, fileExpired, notWhile, planStale, stillAsked } from './refusal.js';

/*
 * The rules of an import up to its start (PRODUCT §4), one function per command. What is not allowed throws
 * STATE_NOT_ALLOWED with the present state; a command that finds its work done answers with no event.
 */

export interface CreateImport {
  readonly importId: string;
  readonly type: ImportType;
  readonly key: string;
  readonly fileName: string;
  readonly sizeBytes: number;
  readonly origin: string;
  readonly createdBy: string;
}

/** The same client-chosen key is the same import for ever, so a second creation changes nothing (FIL-007). */
export function createImport(command: CreateImport, state: Import): ImportEvent[] {
  return state.status === 'NONE' ? [{ type: 'ImportCreated', data: command }] : [];
}

/** The first bytes arrive; a part sent again finds the upload begun. */
export function beginUpload(state: Import): ImportEvent[] {
  if (state.status === 'UPLOADING') return [];
  if (state.status !== 'DRAFT') throw notWhile(state.status);
  return [{ type: 'UploadStarted', data: {} }];
}

export interface UploadedFile {
  readonly name: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly parts: number;
}

/** Every part is stored and the hash of the whole agrees; the same completion again changes nothing. */
export function completeUpload(file: UploadedFile, state: Import): ImportEvent[] {
  if (state.status === 'UPLOADING') return [{ type: 'FileUploaded', data: file }];
  if (state.status !== 'NONE' && state.file?.sha256 === file.sha256) return [];
  throw notWhile(state.status);
}

/**
 * The file cannot be imported (FIL-001, FIL-008): final, but for a file that could be read before the user chose how:
 * then another choice is asked for. A rejection that comes late, after the end, changes nothing.
 */
export function rejectFile(reason: Reason, state: Import): ImportEvent[] {
  if (state.status === 'ANALYSING' && state.analysis !== undefined) return [{ type: 'OverrideRefused', data: reason }];
  if (state.status === 'DRAFT') {
    return [{ type: 'UploadStarted', data: {} }, { type: 'FileRejected', data: reason }];
  }
  if (state.status === 'UPLOADING' || state.status === 'ANALYSING') return [{ type: 'FileRejected', data: reason }];
  if (state.status === 'REJECTED') return [];
  throw notWhile(state.status);
}

export interface FinishAnalysis {
  readonly rows: number;
  readonly columns: number;
  readonly analysisKey: string;
  readonly analysisSha256: string;
  readonly asks: Reason | null;
  /** The columns that were recognised with confidence (MAP-002). */
  readonly proposal: readonly ColumnTarget[];
  /** Used when none are set yet. */
  readonly options: ImportOptions;
}

/** The findings are stored. A restarted analysis that finds its work done changes nothing. */
export function finishAnalysis(command: FinishAnalysis, state: Import): ImportEvent[] {
  if (state.status !== 'ANALYSING') return [];
  const { rows, columns, analysisKey, analysisSha256, asks, proposal, options } = command;
  return [
    { type: 'FileAnalysed', data: { rows, columns, analysisKey, analysisSha256, asks } },
    { type: 'MappingSet', data: { version: state.mapping.version + 1, columns: proposal } },
    ...(state.options === undefined ? [{ type: 'OptionsSet' as const, data: { options } }] : []),
  ];
}

/** Another delimiter, sheet or header row: the file is analysed again at once (ANA-001). */
export function overrideAnalysis(override: AnalysisOverride, state: Import): ImportEvent[] {
  const open = beforeStart(state);
  return [...discardPlan(open, CHANGED), { type: 'AnalysisOverridden', data: override }];
}

export function setMapping(columns: readonly ColumnTarget[], state: Import): ImportEvent[] {
  const open = beforeStart(state);
  assertAnswered(open);
  const present = new Map(open.mapping.columns.map(({ column, target }) => [column, target]));
  const isSame = columns.length === present.size && columns.every((one) => present.get(one.column) === one.target);
  if (isSame) return [];
  return [...discardPlan(open, CHANGED), { type: 'MappingSet', data: { version: open.mapping.version + 1, columns } }];
}

/** Changing an option after planning discards the plan (OPT-001). */
export function setOptions(options: ImportOptions, state: Import): ImportEvent[] {
  const open = beforeStart(state);
  if (JSON.stringify(open.options) === JSON.stringify(options)) return [];
  return [...discardPlan(open, CHANGED), { type: 'OptionsSet', data: { options } }];
}

export interface RequestPlan {
  readonly plan: string;
  readonly importDay: string;
  readonly requestedBy: string;
}

/** A plan in the making is of what the import now says, since every change discards it: asked for again it is that one. */
export function requestPlan(command: RequestPlan, state: Import): ImportEvent[] {
  if (state.status === 'PLANNING') return [];
  if (state.status !== 'MAPPING') throw notWhile(state.status);
  assertPlannable(state);
  return [{ type: 'PlanRequested', data: { ...command, number: state.plans + 1 } }];
}

/** @throws DomainError with the code of what is asked, or FILE_EXPIRED when there is nothing left to read. */
export function assertPlannable(state: Import): void {
  assertAnswered(state);
  assertFileKept(state);
}

/** @throws DomainError FILE_EXPIRED with the day the file was removed. */
export function assertFileKept(state: Import): void {
  if (state.status !== 'NONE' && state.file?.kept === false) throw fileExpired(state.file.removedOn);
}

/** Without the header row there are no columns to map. @throws DomainError with the code that asks for the choice. */
export function assertAnswered(state: Import): void {
  if (state.status !== 'NONE' && state.asks !== null) throw stillAsked(state.asks);
}

export type CompletePlan = Extract<ImportEvent, { type: 'PlanCompleted' }>['data'];

/** The plan of the whole file is stored. A plan given up meanwhile, or finished twice, changes nothing. */
export function completePlan(plan: CompletePlan, state: Import): ImportEvent[] {
  if (state.status === 'PLANNING' && state.plan.id === plan.plan) return [{ type: 'PlanCompleted', data: plan }];
  const isRetry = state.status === 'RUNNING' && state.attempt.plan.id === plan.plan;
  return isRetry && state.attempt.phase === 'PLANNING' ? [{ type: 'PlanCompleted', data: plan }] : [];
}

/**
 * The plan cannot be made: a fault, or a file of records that change faster than they are judged. The import goes back
 * to MAPPING with the code; a retry, which has nothing to map, rests and plans again when it is resumed.
 */
export function failPlan(plan: string, why: Reason, records: readonly string[], state: Import): ImportEvent[] {
  if (state.status === 'PLANNING' && state.plan.id === plan) return discarded(plan, why, records);
  const isRetry = state.status === 'RUNNING' && state.attempt.plan.id === plan && state.attempt.phase === 'PLANNING';
  return isRetry ? [{ type: 'ImportPaused', data: { why: 'PAUSED', reason: why } }] : [];
}

export interface DecideRows {
  readonly rows: readonly number[];
  readonly action: DecisionAction;
  readonly record: string;
  readonly decidedBy: string;
}

/** Decisions are taken before the start, which costs the plan, or after the end, for a retry (DESIGN §4). */
export function decideRows(command: DecideRows, state: Import): ImportEvent[] {
  if (command.rows.length === 0) return [];
  const decision: ImportEvent = { type: 'RowsDecided', data: command };
  if (hasEnded(state) && state.revert === 'NONE') return [decision];
  return [...discardPlan(beforeStart(state), CHANGED), decision];
}

/** Confirms the plan of this hash and no other (PRE-001). */
export function confirmImport(hash: string, confirmedBy: string, state: Import): ImportEvent[] {
  if (state.status === 'CONFIRMED' && state.plan.hash === hash) return [];
  if (state.status !== 'AWAITING_CONFIRMATION') throw notWhile(state.status);
  if (state.plan.hash !== hash) throw planStale();
  return [{ type: 'ImportConfirmed', data: { hash, confirmedBy } }];
}

export interface StartImport {
  readonly hash: string;
  readonly run: string;
  readonly startedBy: string;
}

/** Starts what was confirmed; a second click on the same hash changes nothing. */
export function startImport(command: StartImport, state: Import): ImportEvent[] {
  if (state.status === 'AWAITING_CONFIRMATION') throw confirmationRequired();
  const isStarted = state.status === 'QUEUED' || state.status === 'RUNNING';
  if (isStarted && state.attempt.run === command.run) return [];
  if (state.status !== 'CONFIRMED') throw notWhile(state.status);
  assertFileKept(state);
  if (state.plan.hash !== command.hash) throw planStale();
  return [{ type: 'ImportQueued', data: command }];
}

/** Records changed since the plan: it is given up and a new one asked for, shown with what had changed (PRE-005). */
export function replan(command: RequestPlan, records: readonly string[], state: Import): ImportEvent[] {
  if (state.status !== 'CONFIRMED') throw notWhile(state.status);
  const why: Reason = { code: 'PLAN_STALE', params: { n: records.length } };
  return [
    ...discarded(state.plan.id, why, records.slice(0, RECORDS_SHOWN_MAX)),
    { type: 'PlanRequested', data: { ...command, number: state.plans + 1 } },
  ];
}

/** Gives up the plan being made or made. */
export function discardRequestedPlan(state: Planning): ImportEvent[] {
  return discarded(state.plan.id, { code: 'CANCELLED', params: {} }, []);
}

export function discardImport(state: Import): ImportEvent[] {
  if (state.status === 'DISCARDED') return [];
  if (state.status !== 'DRAFT' && state.status !== 'MAPPING') throw notWhile(state.status);
  return [{ type: 'ImportDiscarded', data: { continuesAs: '' } }];
}

/** The file turned out to be the corrected failed rows of another import: it goes on as that one's retry (LED-007). */
export function continueAsRetry(importId: string, state: Import): ImportEvent[] {
  return state.status === 'ANALYSING' ? [{ type: 'ImportDiscarded', data: { continuesAs: importId } }] : [];
}

/**
 * A draft nobody came back to, an upload that broke off included (MAP-017). It is one until it is started: a plan that
 * was not confirmed, or confirmed and not started, is given up first.
 */
export function expireDraft(state: Import): ImportEvent[] {
  switch (state.status) {
    case 'DRAFT':
    case 'UPLOADING':
    case 'MAPPING':
    case 'AWAITING_CONFIRMATION':
    case 'CONFIRMED':
      return [...discardPlan(state, EXPIRED), { type: 'DraftExpired', data: {} }];
    default:
      return [];
  }
}

/** A record list in an event is an example, not a store: it stays small. */
const RECORDS_SHOWN_MAX = 100;

const CHANGED: Reason = { code: 'CHANGED', params: {} };
const EXPIRED: Reason = { code: 'EXPIRED', params: {} };

/** Mapping, options and decisions may change until the start. */
function beforeStart(state: Import): Existing {
  switch (state.status) {
    case 'MAPPING':
    case 'PLANNING':
    case 'AWAITING_CONFIRMATION':
    case 'CONFIRMED':
      return state;
    default:
      throw notWhile(state.status);
  }
}

function discardPlan(state: Existing, why: Reason): ImportEvent[] {
  return isPlanned(state) ? discarded(state.plan.id, why, []) : [];
}

function isPlanned(state: Existing): state is Planning | Planned {
  return state.status === 'PLANNING' || state.status === 'AWAITING_CONFIRMATION' || state.status === 'CONFIRMED';
}

function discarded(plan: string, why: Reason, records: readonly string[]): ImportEvent[] {
  return [{ type: 'PlanDiscarded', data: { plan, why, records } }];
}

