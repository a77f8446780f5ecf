import type { importsV1 } from '@caseledger/contracts';
import type { StoreTransaction } from '@caseledger/event-store';
import { listOfImport } from '@caseledger/row-target';
import { reachOf, type CallContext } from '@caseledger/service-kit';
import { writtenOf } from './import/import.js';
import { NO_CASE_CHOICES, type ImportOptions, type ImportType, type OutcomeCounts } from './import/import.events.js';
import { statusOf, type AttemptView, type ImportView, type PlanView } from './projections/import-view.js';
import { importsOfFile, queuePlace } from './projections/imports.projection.js';
import { countsByAttempt, readTally } from './projections/ledger.queries.js';
import { paceOf, type Pace } from './projections/pace.queries.js';
import { revertsOf } from './projections/reverts.projection.js';
import { revertBar } from './revert/revert.decider.js';

/* Imports as the contract shows them: one place where views become replies. */

const RUNNING = new Set(['RUNNING', 'PAUSED', 'PAUSED_RESOURCE', 'PAUSED_ACCESS', 'CANCELLING']);

/** Everything about one import (HIS-003); `analysis` where it was read. */
export async function importReply(tx: StoreTransaction, view: ImportView, caller: CallContext, analysis?: importsV1.Analysis): Promise<importsV1.Import> {
  const isRunning = RUNNING.has(view.state);
  const tally = isRunning ? await readTally(tx, view.id) : undefined;
  const attempts = view.attempts.length > 0 ? await countsByAttempt(tx, view.attempts) : new Map<number, OutcomeCounts>();
  const pace = isRunning ? await paceOf(tx, view.id) : undefined;
  const reverts = await revertsOf(tx, view.id);
  const earlier = view.file.sha256 === '' ? [] : await importsOfFile(tx, view.file.sha256, view.id);
  return {
    ...summaryOf(view, caller),
    ...progressOf(view, attempts, pace),
    file: { ...fileOf(view), earlierImports: earlier.map(({ id }) => id) },
    analysis,
    counts: countsReply(tally?.counts ?? view.counts),
    attempts: view.attempts.map((attempt) => attemptReply(attempt, attempts.get(attempt.attempt))),
    reverts: reverts.map(({ id }) => id),
    queuePlace: view.state === 'QUEUED' ? await queuePlace(tx, view.id) : 0,
  };
}

/** One line of the history (HIS-001). */
export function importLine(view: ImportView, caller: CallContext): importsV1.Import {
  return {
    ...summaryOf(view, caller),
    ...progressOf(view, new Map(), undefined),
    file: fileOf(view),
    analysis: undefined,
    counts: countsReply(view.counts),
    attempts: [],
    reverts: [],
    queuePlace: 0,
  };
}

type Summary = Omit<
  importsV1.Import,
  'file' | 'analysis' | 'counts' | 'attempts' | 'reverts' | 'queuePlace' | 'done' | 'total' | 'ratePerSecond' | 'secondsLeft' | 'workers' | 'heartbeatAtMs'
>;

function summaryOf(view: ImportView, caller: CallContext): Summary {
  const plan = view.plans.at(-1);
  return {
    id: view.id,
    type: view.type,
    state: view.state,
    status: statusOf(view),
    cancelled: view.endedAs === 'CANCELLED',
    mapping: [...view.mapping.columns],
    options: view.options === null ? undefined : optionsReply(view.options, view.type),
    plan: plan === undefined ? undefined : planReply(plan, view),
    timeline: view.timeline.map(({ state, at, actor, code }) => ({ state, atMs: ms(at), actor, code })),
    revertState: view.revertState,
    canRevert: availability(revertCode(view, caller)),
    canRetry: availability(retryCode(view)),
    createdBy: view.createdBy,
    createdAtMs: ms(view.createdAt),
    startedAtMs: ms(view.startedAt),
    endedAtMs: ms(view.endedAt),
    code: view.reason?.code ?? '',
    codeParams: view.reason === null ? '' : JSON.stringify(view.reason.params),
    origin: view.origin,
    mappingVersion: view.mapping.version,
    confirmedBy: view.confirmedBy,
    continuesAs: view.continuesAs,
    caseList: listReply(view, caller.tenant),
  };
}

/** Rows of the present attempt that have their outcome; that its ledger is closed is said by the state (RUN-002). */
function progressOf(view: ImportView, attempts: ReadonlyMap<number, OutcomeCounts>, pace: Pace | undefined) {
  const attempt = view.attempts.at(-1);
  const total = attempt?.rows ?? 0;
  const hasEnded = view.state === 'COMPLETED' || view.state === 'CANCELLED';
  const known = attempt === undefined ? 0 : (attempts.get(attempt.attempt)?.read ?? 0);
  const done = hasEnded ? total : Math.min(known, total);
  const ratePerSecond = pace?.ratePerSecond ?? 0;
  return {
    done,
    total,
    ratePerSecond,
    secondsLeft: ratePerSecond > 0 ? Math.ceil((total - done) / ratePerSecond) : 0,
    workers: pace?.workers ?? 0,
    heartbeatAtMs: pace?.heartbeatAtMs ?? 0,
  };
}

function fileOf(view: ImportView): importsV1.ImportFile {
  return { ...view.file, earlierImports: [] };
}

export function countsReply({ read, created, updated, merged, unchanged, skipped, failed, held }: OutcomeCounts): importsV1.Counts {
  return { read, created, updated, merged, unchanged, skipped, failed, held };
}

function optionsReply({ defaults, dateFormat, cases, ...options }: ImportOptions, type: ImportType): importsV1.ImportOptions {
  const { caseType, list, newList, addSkipped, clientDuplicatePolicy } = cases ?? NO_CASE_CHOICES;
  return {
    ...options,
    defaults: { ...defaults },
    dateFormat: { ...dateFormat },
    caseType: caseType.id,
    caseTypeName: caseType.name,
    caseList: list.id,
    caseListName: list.name,
    newCaseList: newList,
    // Of an import of contacts there is nothing to say.
    addSkippedToList: type !== 'CASES' ? '' : addSkipped ? 'ON' : 'OFF',
    clientDuplicatePolicy: type === 'CASES' ? clientDuplicatePolicy : '',
  };
}

/** The list that the cases of an import are in: one that was there, or the one that its run made when it was opened. */
function listReply({ id, options, startedAt }: ImportView, tenant: string): string {
  const { list, newList } = options?.cases ?? NO_CASE_CHOICES;
  return newList !== '' && startedAt !== '' ? listOfImport(tenant, id) : list.id;
}

function planReply(plan: PlanView, view: ImportView): importsV1.Plan {
  const { id, hash, state, counts, positions, madeAt, ignoredColumns, effects } = plan;
  const made = Object.entries(effects).filter(([kind]) => kind.endsWith('_CREATED') || kind.endsWith('_UPDATED') || kind.endsWith('_MERGED'));
  return {
    id,
    hash,
    state,
    counts: countsReply(counts),
    positions: positions.map(({ target, shard, position }) => ({ log: target, shard, position })),
    madeAtMs: ms(madeAt),
    ignoredColumns: [...ignoredColumns],
    effects: { ...effects },
    recordCount: String(made.reduce((sum, [, count]) => sum + count, 0)),
    staleCode: view.stale.code,
    staleRecords: [...view.stale.records],
  };
}

function attemptReply(attempt: AttemptView, counts: OutcomeCounts | undefined): importsV1.Attempt {
  const { attempt: number, kind, rows, startedAt, endedAt } = attempt;
  return {
    attempt: number,
    kind,
    rows,
    counts: counts === undefined ? undefined : countsReply(counts),
    startedAtMs: ms(startedAt),
    endedAtMs: ms(endedAt),
  };
}

/** Whether the caller may revert an import of this user. */
export function mayRevert(caller: CallContext, createdBy: string): boolean {
  const reach = reachOf(caller.permissions, 'imports.revert');
  return reach === 'all' || (reach === 'own' && createdBy === caller.subject);
}

/** Why a revert is not available to this caller; empty when it is (REV-001). */
export function revertCode(view: ImportView, caller: CallContext): string {
  if (!mayRevert(caller, view.createdBy)) return 'REVERT_FORBIDDEN';
  return revertBar({ status: view.state, revertState: view.revertState, written: writtenOf(view.counts) }) ?? '';
}

function retryCode(view: ImportView): string {
  const hasEnded = view.state === 'COMPLETED' || view.state === 'CANCELLED';
  if (hasEnded && !view.file.kept) return 'FILE_EXPIRED';
  const { failed, held, notProcessed } = view.counts;
  return hasEnded && view.revertState === 'NONE' && failed + held + notProcessed > 0 ? '' : 'STATE_NOT_ALLOWED';
}

function availability(code: string): importsV1.Availability {
  return { available: code === '', code };
}

function ms(at: string): number {
  return at === '' ? 0 : Date.parse(at);
}
