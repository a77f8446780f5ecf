import { uuid8, type StoreTransaction } from '@caseledger/event-store';
import type { targetsV1 } from '@caseledger/contracts';
import { notFound, refused } from '@caseledger/errors';
import { readDefaults } from '@caseledger/fields';
import { MATCHER_VERSION } from '@caseledger/matching';
import { NORMALISER_VERSION } from '@caseledger/normalise';
import type { StoredAnalysis } from './file/analyse.js';
import { mappedColumns } from './file/analyse.js';
import { columnsInForce, planReadiness, type PlanReadiness } from './file/mapping.js';
import { readOptionsOf } from './file/row-reading.js';
import type { ImportContext } from './import.context.js';
import type { ImportTarget } from './import.target.js';
import type { Attempt, Import, PlanAsked } from './import/import.js';
import { isRunning } from './import/import.js';
import { NO_CASE_CHOICES, type ColumnTarget, type ImportOptions } from './import/import.events.js';
import { readCompany } from './projections/company.queries.js';
import type { ReadOptions } from '@caseledger/fields';

/** An import that has been analysed and mapped: everything a plan is made from. */
export type Mapped = Exclude<Import, { status: 'NONE' }> & {
  readonly file: NonNullable<Exclude<Import, { status: 'NONE' }>['file']>;
  readonly analysis: NonNullable<Exclude<Import, { status: 'NONE' }>['analysis']>;
  readonly options: ImportOptions;
};

export function isMapped(state: Import): state is Mapped {
  return state.status !== 'NONE' && state.file !== undefined && state.analysis !== undefined && state.options !== undefined;
}

/** The plan being made, of the import itself or of the retry at work; undefined when it was given up. */
export function planInMaking(state: Import, plan: string): { asked: PlanAsked; attempt?: Attempt } | undefined {
  if (state.status === 'PLANNING' && state.plan.id === plan) return { asked: state.plan };
  if (isRunning(state) && state.status === 'RUNNING' && state.attempt.plan.id === plan && state.attempt.phase === 'PLANNING') {
    return { asked: state.attempt.plan, attempt: state.attempt };
  }
  return undefined;
}

/** Where the rows of an import go. @throws DomainError NOT_FOUND */
export async function targetOfImport(context: ImportContext, tenant: string, importId: string): Promise<ImportTarget> {
  const state = await context.commands.load(tenant, importId);
  if (state.status === 'NONE') throw notFound();
  return context.targetOf(state.type);
}

/** The findings of an import's file. @throws DomainError STATE_NOT_ALLOWED before there are any. */
export async function readAnalysis(context: Pick<ImportContext, 'objects'>, tenant: string, state: Import): Promise<StoredAnalysis> {
  if (state.status === 'NONE' || state.analysis === undefined) throw refused('STATE_NOT_ALLOWED', { state: state.status });
  const bytes = await context.objects.get(tenant, state.importId, 'analysis/facts', state.analysis.sha256);
  return JSON.parse(bytes.toString('utf8')) as StoredAnalysis;
}

/** The columns of the file that are read, with what they feed. */
export function columnsOf({ mapping, options, type }: Mapped): readonly ColumnTarget[] {
  return columnsInForce(mapping.columns, options, type);
}

export function readinessOf(state: Mapped, analysis: StoredAnalysis): PlanReadiness {
  return planReadiness(state.mapping.columns, state.options, mappedColumns(analysis), state.type);
}

/** How the cells of this import are read. */
export async function readingOf(tx: StoreTransaction, state: Mapped, readiness: PlanReadiness, importDay: string): Promise<ReadOptions> {
  const { timeZone } = await readCompany(tx);
  return readOptionsOf({ type: state.type, options: state.options, dateOrders: readiness.dateOrders, importDay, timeZone });
}

/** What the target needs to know of the options (PRODUCT 2.5); the same for plan and run (RUN-011). */
export function applyOptionsOf(state: Mapped, reading: ReadOptions, { roles }: Pick<PlanReadiness, 'roles'>): targetsV1.ApplyOptions {
  const { options, type } = state;
  const { values } = readDefaults(options.defaults, reading);
  return {
    importType: type,
    duplicatePolicy: options.duplicatePolicy,
    blankCells: options.blankCells,
    onReview: options.onReview,
    apply: options.apply,
    defaults: { ...roles, ...Object.fromEntries(values) },
    normaliserVersion: NORMALISER_VERSION,
    matcherVersion: MATCHER_VERSION,
    importDay: reading.importDay,
    mappedFields: [...new Set(columnsOf(state).map(({ target }) => target))],
    cases: caseOptionsOf(state),
  };
}

/** What a case import does beside applying its rows (OPT-004 to OPT-006). */
export function caseOptionsOf({ type, options }: Pick<Mapped, 'type' | 'options'>): targetsV1.CaseOptions | undefined {
  if (type !== 'CASES') return undefined;
  const { caseType, list, newList, addSkipped, clientDuplicatePolicy } = options.cases ?? NO_CASE_CHOICES;
  return { caseType: caseType.id, list: list.id, newList, addSkipped, clientDuplicatePolicy };
}

/**
 * The name of a set of row objects: the same bytes read in the same way give the same rows, so plans that differ only
 * in decisions or policies share them (DESIGN §4, "Rows").
 */
export function configOf(state: Mapped, reading: ReadOptions): string {
  const { importId, file, analysis } = state;
  return uuid8(
    'rows',
    importId,
    file.sha256,
    analysis.sha256,
    JSON.stringify(columnsOf(state)),
    JSON.stringify(reading),
    String(NORMALISER_VERSION),
  );
}
