import type {
  AnalysisOverride,
  ColumnTarget,
  DecisionAction,
  ImportEvent,
  ImportOptions,
  ImportType,
  OutcomeCounts,
  PauseKind,
  Reason,
  RetrySelection,
  RetrySource,
  RevertState,
  TargetPosition,
} from './import.events.js';
import { EVERY_FAILED_ROW } from './import.events.js';

/** What every import knows from its creation on. */
interface Known {
  readonly importId: string;
  readonly type: ImportType;
  readonly key: string;
  readonly origin: string;
  readonly createdBy: string;
  readonly fileName: string;
  readonly sizeBytes: number;
  readonly file?: {
    readonly sha256: string;
    readonly sizeBytes: number;
    readonly parts: number;
    readonly kept: boolean;
    /** The day the bytes were removed, ISO; empty while they are kept. */
    readonly removedOn: string;
  };
  readonly analysis?: { readonly rows: number; readonly columns: number; readonly key: string; readonly sha256: string };
  readonly override: AnalysisOverride;
  /** What the analysis asks of the user; null when it found everything. */
  readonly asks: Reason | null;
  readonly mapping: { readonly version: number; readonly columns: readonly ColumnTarget[] };
  readonly options?: ImportOptions;
  readonly decisions: ReadonlyMap<number, RowDecision>;
  /** Plans requested so far: the number of the next one follows from it. */
  readonly plans: number;
  readonly revert: RevertState;
  /** Why the import was refused, fell back to MAPPING or rests; absent when it goes on. */
  readonly reason?: Reason;
}

/** The decision in force for a row. */
export interface RowDecision {
  readonly action: Exclude<DecisionAction, ''>;
  readonly record: string;
  readonly decidedBy: string;
}

/** A plan as the import knows it: asked for, then complete with its hash. */
export interface PlanAsked {
  readonly id: string;
  readonly number: number;
  /** The day of the import in the company's time zone, ISO. */
  readonly importDay: string;
}
export interface Plan extends PlanAsked {
  readonly hash: string;
  readonly rows: number;
  readonly counts: OutcomeCounts;
  readonly positions: readonly TargetPosition[];
}

/** One try of rows: the import itself is attempt 1, every retry or "continue" a further one (LED-009). */
export interface Attempt {
  readonly number: number;
  readonly kind: 'IMPORT' | 'RETRY';
  readonly run: string;
  readonly plan: PlanAsked;
  readonly rows: number;
  readonly startedBy: string;
  readonly source: RetrySource;
  readonly selection: RetrySelection;
  /** PLANNING: its plan is being made · PLANNED: chunks are to be cut · OPEN: the target knows the run. */
  readonly phase: 'PLANNING' | 'PLANNED' | 'OPEN';
  readonly chunksPerLane: readonly number[];
}

export type Open = Known & { readonly status: 'DRAFT' | 'UPLOADING' | 'ANALYSING' | 'MAPPING' };
export type Planning = Known & { readonly status: 'PLANNING'; readonly plan: PlanAsked };
export type Planned = Known & { readonly status: 'AWAITING_CONFIRMATION' | 'CONFIRMED'; readonly plan: Plan };
export type Queued = Known & { readonly status: 'QUEUED'; readonly plan: Plan; readonly attempt: Attempt };
export type Running = Known & {
  readonly status: 'RUNNING' | PauseKind | 'CANCELLING';
  readonly attempt: Attempt;
  /** What the import goes back to when a retry ends; the import itself ends as it ends. */
  readonly endsAs: 'COMPLETED' | 'CANCELLED' | null;
};
/** `written` counts the rows that made or changed a record. */
export type Ended = Known & { readonly status: 'COMPLETED' | 'CANCELLED'; readonly attempt: Attempt; readonly written: number };
export type Final = Known & { readonly status: 'REJECTED' | 'DISCARDED' | 'EXPIRED' };

/** An import as its events tell it: a union over the states of PRODUCT §4. */
export type Import = { readonly status: 'NONE' } | Open | Planning | Planned | Queued | Running | Ended | Final;
export type ImportStatus = Import['status'];

export const noImport: Import = { status: 'NONE' };

/** The run of an attempt that has been opened, paused or not, or is ending. */
export function isRunning(state: Import): state is Running {
  return (
    state.status === 'RUNNING' ||
    state.status === 'CANCELLING' ||
    state.status === 'PAUSED' ||
    state.status === 'PAUSED_RESOURCE' ||
    state.status === 'PAUSED_ACCESS'
  );
}

export function hasEnded(state: Import): state is Ended {
  return state.status === 'COMPLETED' || state.status === 'CANCELLED';
}

/** Applies one event; an event that does not fit the state leaves it alone, so that a newer writer cannot break a fold. */
export function evolve(state: Import, event: ImportEvent): Import {
  if (state.status === 'NONE') return event.type === 'ImportCreated' ? created(event.data) : state;
  return evolveFile(state, event) ?? evolvePlan(state, event) ?? evolveRun(state, event) ?? state;
}

/** Any import that has been created. */
export type Existing = Exclude<Import, { status: 'NONE' }>;

function created(data: Extract<ImportEvent, { type: 'ImportCreated' }>['data']): Import {
  return {
    ...data,
    status: 'DRAFT',
    override: { delimiter: '', sheet: '', headerRow: 0 },
    asks: null,
    mapping: { version: 0, columns: [] },
    decisions: new Map(),
    plans: 0,
    revert: 'NONE',
  };
}

function evolveFile(state: Existing, event: ImportEvent): Import | undefined {
  const known = knownOf(state);
  switch (event.type) {
    case 'UploadStarted':
      return { ...known, status: 'UPLOADING' };
    case 'FileUploaded': {
      const { name, sizeBytes, sha256, parts } = event.data;
      return { ...known, fileName: name, sizeBytes, file: { sha256, sizeBytes, parts, kept: true, removedOn: '' }, status: 'ANALYSING' };
    }
    case 'FileRejected':
      return { ...known, reason: event.data, status: 'REJECTED' };
    case 'FileAnalysed': {
      const { rows, columns, analysisKey, analysisSha256, asks } = event.data;
      const { reason: _, ...open } = known;
      const analysis = { rows, columns, key: analysisKey, sha256: analysisSha256 };
      return { ...open, ...(asks === null ? {} : { reason: asks }), analysis, asks, status: 'MAPPING' };
    }
    case 'AnalysisOverridden':
      return { ...known, override: event.data, asks: null, decisions: new Map(), status: 'ANALYSING' };
    case 'OverrideRefused':
      return { ...known, reason: event.data, asks: event.data, status: 'MAPPING' };
    case 'MappingSet':
      return { ...known, mapping: event.data, status: 'MAPPING' };
    case 'OptionsSet':
      return { ...known, options: event.data.options, status: 'MAPPING' };
    case 'FileExpired':
      return known.file === undefined ? undefined : { ...state, file: { ...known.file, kept: false, removedOn: event.data.removedOn } };
    case 'ImportDiscarded':
      return { ...known, status: 'DISCARDED' };
    case 'DraftExpired':
      return { ...known, status: 'EXPIRED' };
    default:
      return undefined;
  }
}

function evolvePlan(state: Existing, event: ImportEvent): Import | undefined {
  const { reason: _, ...known } = knownOf(state);
  switch (event.type) {
    case 'PlanRequested': {
      const { plan, number, importDay } = event.data;
      return { ...known, plans: number, status: 'PLANNING', plan: { id: plan, number, importDay } };
    }
    case 'PlanCompleted':
      if (isRunning(state)) return { ...state, attempt: { ...state.attempt, phase: 'PLANNED', rows: event.data.rows } };
      if (state.status !== 'PLANNING' || state.plan.id !== event.data.plan) return undefined;
      return { ...known, status: 'AWAITING_CONFIRMATION', plan: { ...state.plan, ...event.data, id: event.data.plan } };
    case 'PlanDiscarded':
      return { ...known, reason: event.data.why, status: 'MAPPING' };
    case 'RowsDecided':
      return { ...state, decisions: decided(known.decisions, event.data) };
    case 'ImportConfirmed':
      return state.status === 'AWAITING_CONFIRMATION' ? { ...state, status: 'CONFIRMED' } : undefined;
    default:
      return undefined;
  }
}

function evolveRun(state: Existing, event: ImportEvent): Import | undefined {
  const { reason: _, ...known } = knownOf(state);
  switch (event.type) {
    case 'ImportQueued':
      if (state.status !== 'CONFIRMED') return undefined;
      return { ...known, status: 'QUEUED', plan: state.plan, attempt: firstAttempt(state.plan, event.data) };
    case 'ImportStarted':
      return state.status === 'QUEUED'
        ? { ...known, status: 'RUNNING', attempt: state.attempt, endsAs: null }
        : undefined;
    case 'RetryStarted':
      if (!hasEnded(state)) return undefined;
      return {
        ...known,
        plans: known.plans + 1,
        status: 'RUNNING',
        attempt: retryAttempt(known.plans + 1, event.data),
        endsAs: state.status,
      };
    case 'ImportCancelled':
      return isRunning(state) || state.status === 'QUEUED'
        ? { ...known, status: 'CANCELLED', attempt: state.attempt, written: writtenOf(event.data.counts) }
        : undefined;
    case 'ImportRevertChanged':
      return { ...state, revert: event.data.state };
    default:
      return isRunning(state) ? evolveRunning(state, event) : undefined;
  }
}

function evolveRunning(state: Running, event: ImportEvent): Import | undefined {
  const { reason: _, ...rest } = state;
  switch (event.type) {
    case 'SplitCompleted': {
      const { rows, chunksPerLane } = event.data;
      return { ...state, attempt: { ...state.attempt, phase: 'OPEN', rows, chunksPerLane } };
    }
    case 'ImportPaused':
      return { ...rest, ...(event.data.reason === null ? {} : { reason: event.data.reason }), status: event.data.why };
    case 'ImportResumed':
      return { ...rest, status: 'RUNNING' };
    case 'ImportCancelRequested':
      return { ...rest, status: 'CANCELLING' };
    case 'ImportCompleted':
      return { ...knownOf(rest), status: 'COMPLETED', attempt: state.attempt, written: writtenOf(event.data.counts) };
    case 'RetryCompleted':
      return { ...knownOf(rest), status: state.endsAs ?? 'COMPLETED', attempt: state.attempt, written: writtenOf(event.data.counts) };
    default:
      return undefined;
  }
}

/** Rows that made or changed a record: what of an import there is to take back. */
export function writtenOf({ created, updated, merged }: Pick<OutcomeCounts, 'created' | 'updated' | 'merged'>): number {
  return created + updated + merged;
}

/** Leaves behind what belongs to one status only. */
function knownOf(state: Existing): Known {
  const { status: _status, plan: _plan, attempt: _attempt, endsAs: _endsAs, written: _written, ...known } = {
    plan: undefined,
    attempt: undefined,
    endsAs: undefined,
    written: undefined,
    ...state,
  };
  return known;
}

function decided(
  before: ReadonlyMap<number, RowDecision>,
  data: Extract<ImportEvent, { type: 'RowsDecided' }>['data'],
): ReadonlyMap<number, RowDecision> {
  const after = new Map(before);
  for (const row of data.rows) {
    if (data.action === '') after.delete(row);
    else after.set(row, { action: data.action, record: data.record, decidedBy: data.decidedBy });
  }
  return after;
}

function firstAttempt(plan: Plan, data: { run: string; startedBy: string }): Attempt {
  return {
    number: 1,
    kind: 'IMPORT',
    run: data.run,
    plan,
    rows: plan.rows,
    startedBy: data.startedBy,
    source: { kind: 'ROWS' },
    selection: EVERY_FAILED_ROW,
    phase: 'PLANNED',
    chunksPerLane: [],
  };
}

function retryAttempt(number: number, data: Extract<ImportEvent, { type: 'RetryStarted' }>['data']): Attempt {
  const { attempt, run, plan, importDay, rows, source, selection, startedBy } = data;
  return {
    number: attempt,
    kind: 'RETRY',
    run,
    plan: { id: plan, number, importDay },
    rows,
    startedBy,
    source,
    selection,
    phase: 'PLANNING',
    chunksPerLane: [],
  };
}
