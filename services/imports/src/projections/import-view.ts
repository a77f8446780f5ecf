import type { StoredEvent } from '@caseledger/event-store';
import type {
  ColumnTarget,
  ImportEvent,
  ImportOptions,
  ImportType,
  OutcomeCounts,
  Reason,
  RetrySource,
  RevertState,
  TargetPosition,
} from '../import/import.events.js';
import { NO_COUNTS } from '../import/import.events.js';

/** One state an import was in; times are ISO texts. */
export interface TimelineStep {
  readonly state: string;
  readonly at: string;
  readonly actor: string;
  readonly code: string;
}

export interface PlanView {
  readonly id: string;
  readonly number: number;
  readonly state: 'MAKING' | 'READY' | 'CONFIRMED' | 'USED' | 'STALE' | 'DISCARDED';
  readonly hash: string;
  readonly rows: number;
  readonly counts: OutcomeCounts;
  readonly effects: Readonly<Record<string, number>>;
  readonly positions: readonly TargetPosition[];
  readonly ignoredColumns: readonly string[];
  readonly generation: number;
  readonly madeAt: string;
  readonly importDay: string;
}

export interface AttemptView {
  readonly attempt: number;
  readonly kind: 'IMPORT' | 'RETRY';
  readonly run: string;
  readonly plan: string;
  readonly rows: number;
  readonly source: RetrySource;
  readonly startedAt: string;
  readonly endedAt: string;
}

/** An import as lists and details show it (HIS-001, HIS-003); plain JSON. */
export interface ImportView {
  readonly id: string;
  readonly type: ImportType;
  readonly state: string;
  readonly revertState: RevertState;
  readonly origin: string;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly queuedAt: string;
  readonly file: {
    readonly name: string;
    readonly sizeBytes: number;
    readonly sha256: string;
    readonly kept: boolean;
    /** When the upload was complete, while the bytes are kept. */
    readonly keptSince: string;
    /** The day they were removed. */
    readonly removedOn: string;
  };
  readonly analysis: { readonly rows: number; readonly columns: number; readonly key: string; readonly sha256: string } | null;
  readonly mapping: { readonly version: number; readonly columns: readonly ColumnTarget[] };
  readonly options: ImportOptions | null;
  /** The last three plans, newest last (PRE-006). */
  readonly plans: readonly PlanView[];
  readonly stale: { readonly code: string; readonly records: readonly string[] };
  readonly confirmedBy: string;
  readonly attempts: readonly AttemptView[];
  /** Of the last attempt of every row, once an attempt has ended. */
  readonly counts: OutcomeCounts;
  readonly endedAs: string;
  readonly timeline: readonly TimelineStep[];
  readonly reason: Reason | null;
  /** The import this upload turned out to be a retry of; empty otherwise (LED-007). */
  readonly continuesAs: string;
}

const PLANS_KEPT = 3;
/** Why a plan is given up without anything being wrong: there is nothing to tell the user. */
const NO_FAULTS: ReadonlySet<string> = new Set(['CHANGED', 'CANCELLED', 'EXPIRED']);
/** A run paused and resumed for ever keeps the newest steps. */
const TIMELINE_MAX = 500;

type Data<T extends ImportEvent['type']> = Extract<ImportEvent, { type: T }>['data'];

/** The view after one more event; `undefined` before the first. */
export function evolveView(view: ImportView | undefined, stored: StoredEvent): ImportView | undefined {
  const event = { type: stored.type, data: stored.data } as unknown as ImportEvent;
  const at = stored.at.toISOString();
  if (view === undefined) return event.type === 'ImportCreated' ? viewOf(event.data, at) : undefined;
  const changed = { ...view, ...changesBy(event, view, at) };
  if (changed.state === view.state) return changed;
  const code = changed.reason?.code ?? '';
  const step: TimelineStep = { state: changed.state, at, actor: stored.actor ?? '', code };
  return { ...changed, timeline: [...view.timeline, step].slice(-TIMELINE_MAX) };
}

function viewOf(data: Data<'ImportCreated'>, at: string): ImportView {
  return {
    id: data.importId,
    type: data.type,
    state: 'DRAFT',
    revertState: 'NONE',
    origin: data.origin,
    createdBy: data.createdBy,
    createdAt: at,
    startedAt: '',
    endedAt: '',
    queuedAt: '',
    file: { name: data.fileName, sizeBytes: data.sizeBytes, sha256: '', kept: false, keptSince: '', removedOn: '' },
    analysis: null,
    mapping: { version: 0, columns: [] },
    options: null,
    plans: [],
    stale: { code: '', records: [] },
    confirmedBy: '',
    attempts: [],
    counts: NO_COUNTS,
    endedAs: '',
    timeline: [{ state: 'DRAFT', at, actor: data.createdBy, code: '' }],
    reason: null,
    continuesAs: '',
  };
}

function changesBy(event: ImportEvent, view: ImportView, at: string): Partial<ImportView> {
  return fileChanges(event, view, at) ?? planChanges(event, view, at) ?? runChanges(event, view, at) ?? {};
}

function fileChanges(event: ImportEvent, view: ImportView, at: string): Partial<ImportView> | undefined {
  switch (event.type) {
    case 'UploadStarted':
      return { state: 'UPLOADING' };
    case 'FileUploaded': {
      const { name, sizeBytes, sha256 } = event.data;
      return { state: 'ANALYSING', file: { name, sizeBytes, sha256, kept: true, keptSince: at, removedOn: '' } };
    }
    case 'FileRejected':
      return { state: 'REJECTED', reason: event.data };
    case 'FileAnalysed': {
      const { rows, columns, analysisKey: key, analysisSha256: sha256, asks } = event.data;
      return { state: 'MAPPING', analysis: { rows, columns, key, sha256 }, reason: asks };
    }
    case 'AnalysisOverridden':
      return { state: 'ANALYSING', reason: null };
    case 'OverrideRefused':
      return { state: 'MAPPING', reason: event.data };
    case 'MappingSet':
      return { state: 'MAPPING', mapping: { version: event.data.version, columns: event.data.columns } };
    case 'OptionsSet':
      return { state: 'MAPPING', options: event.data.options };
    case 'FileExpired':
      return { file: { ...view.file, kept: false, keptSince: '', removedOn: event.data.removedOn } };
    case 'ImportDiscarded':
      return { state: 'DISCARDED', continuesAs: event.data.continuesAs };
    case 'DraftExpired':
      return { state: 'EXPIRED' };
    default:
      return undefined;
  }
}

function planChanges(event: ImportEvent, view: ImportView, at: string): Partial<ImportView> | undefined {
  switch (event.type) {
    case 'PlanRequested': {
      const { plan: id, number, importDay } = event.data;
      return { state: 'PLANNING', reason: null, plans: [...view.plans, newPlan(id, number, importDay, at)].slice(-PLANS_KEPT) };
    }
    case 'PlanCompleted': {
      const { plan, ...rest } = event.data;
      const isRetry = view.attempts.some((attempt) => attempt.plan === plan);
      const plans = changePlan(view, plan, { ...rest, state: isRetry ? 'USED' : 'READY', madeAt: at });
      return isRetry ? { plans } : { state: 'AWAITING_CONFIRMATION', plans, reason: null };
    }
    case 'PlanDiscarded': {
      const { plan, why, records } = event.data;
      const isStale = why.code === 'PLAN_STALE';
      const plans = changePlan(view, plan, { state: isStale ? 'STALE' : 'DISCARDED' });
      const isFault = !NO_FAULTS.has(why.code);
      return {
        state: 'MAPPING',
        plans,
        reason: isFault ? why : null,
        stale: isStale ? { code: why.code, records } : { code: '', records: [] },
      };
    }
    case 'ImportConfirmed':
      return {
        state: 'CONFIRMED',
        confirmedBy: event.data.confirmedBy,
        plans: view.plans.map((plan) => (plan.hash === event.data.hash ? { ...plan, state: 'CONFIRMED' } : plan)),
      };
    default:
      return undefined;
  }
}

function runChanges(event: ImportEvent, view: ImportView, at: string): Partial<ImportView> | undefined {
  switch (event.type) {
    case 'ImportQueued': {
      const plan = view.plans.at(-1);
      const attempt: AttemptView = {
        attempt: 1,
        kind: 'IMPORT',
        run: event.data.run,
        plan: plan?.id ?? '',
        rows: plan?.rows ?? 0,
        source: { kind: 'ROWS' },
        startedAt: '',
        endedAt: '',
      };
      return { state: 'QUEUED', queuedAt: at, attempts: [attempt], plans: changePlan(view, attempt.plan, { state: 'USED' }) };
    }
    case 'ImportStarted':
      return { state: 'RUNNING', startedAt: at, attempts: changeLast(view.attempts, { startedAt: at }) };
    case 'RetryStarted': {
      const { attempt, run, plan, rows, source, importDay } = event.data;
      const next: AttemptView = { attempt, kind: 'RETRY', run, plan, rows, source, startedAt: at, endedAt: '' };
      const plans = [...view.plans, newPlan(plan, 0, importDay, at)].slice(-PLANS_KEPT);
      return { state: 'RUNNING', attempts: [...view.attempts, next], plans, reason: null };
    }
    case 'SplitCompleted':
      return { attempts: changeLast(view.attempts, { rows: event.data.rows }) };
    case 'ImportPaused':
      return { state: event.data.why, reason: event.data.reason };
    case 'ImportResumed':
      return { state: 'RUNNING', reason: null };
    case 'ImportCancelRequested':
      return { state: 'CANCELLING', reason: null };
    case 'ImportCancelled':
      return ended(view, 'CANCELLED', event.data.counts, at);
    case 'ImportCompleted':
      return ended(view, 'COMPLETED', event.data.counts, at);
    case 'RetryCompleted':
      return { ...ended(view, view.endedAs, event.data.counts, at), endedAt: view.endedAt };
    case 'ImportRevertChanged':
      return { revertState: event.data.state };
    default:
      return undefined;
  }
}

function ended(view: ImportView, state: string, counts: OutcomeCounts, at: string): Partial<ImportView> {
  return { state, endedAs: state, counts, endedAt: at, reason: null, attempts: changeLast(view.attempts, { endedAt: at }) };
}

function newPlan(id: string, number: number, importDay: string, at: string): PlanView {
  return {
    id,
    number,
    state: 'MAKING',
    hash: '',
    rows: 0,
    counts: NO_COUNTS,
    effects: {},
    positions: [],
    ignoredColumns: [],
    generation: 0,
    madeAt: at,
    importDay,
  };
}

function changePlan(view: ImportView, id: string, change: Partial<PlanView>): PlanView[] {
  return view.plans.map((plan) => (plan.id === id ? { ...plan, ...change } : plan));
}

function changeLast(attempts: readonly AttemptView[], change: Partial<AttemptView>): AttemptView[] {
  return attempts.map((attempt, index) => (index === attempts.length - 1 ? { ...attempt, ...change } : attempt));
}

/** Worked, failed or partially worked, once the import has ended; empty while it is open (HIS-002). */
export function statusOf(view: Pick<ImportView, 'state' | 'counts'>): string {
  if (view.state === 'REJECTED' || view.state === 'FAILED') return 'FAILED';
  if (view.state !== 'COMPLETED' && view.state !== 'CANCELLED') return '';
  const { created, updated, merged, unchanged, failed, held, skipped, notProcessed } = view.counts;
  const good = created + updated + merged + unchanged + (skipped - held - notProcessed);
  const bad = failed + held + notProcessed;
  if (bad === 0) return 'WORKED';
  return good === 0 ? 'FAILED' : 'PARTIALLY_WORKED';
}
