import type { importsV1, targetsV1 } from '@caseledger/contracts';
import { isDomainError, refused } from '@caseledger/errors';
import type { EffectDifferences } from './differences.js';
import { toProtoIssue, readOptionsOf } from './file/row-reading.js';
import { decodeRows } from './file/row-objects.js';
import type { ImportContext } from './import.context.js';
import { objectsWithRows, placeOf } from './objects/manifest.js';
import { columnsOf, isMapped, readAnalysis, readinessOf } from './plan.inputs.js';
import { heldToVerdicts, readVerdicts } from './plan.verdicts.js';
import { readCompany, todayIn } from './projections/company.queries.js';
import type { ImportView, PlanView } from './projections/import-view.js';
import { countLedger, listLedger, type LedgerRow } from './projections/ledger.queries.js';
import { listPlanRows, readPlanWork, type PlanRow } from './projections/plan.queries.js';
import { briefLedgerEntry, briefPlanEntry, entryOf, ledgerEntry, planEntry } from './row-entries.js';
import { readStoredRows } from './row.sources.js';
import { readRow } from '@caseledger/fields';

/*
 * Rows as they are shown: the first ones before there is a plan, the predictions of a plan, the ledger. What is listed
 * comes from small tables; the texts of the file come from its sealed objects and are gone with them (LED-003).
 */

export interface RowsQuery {
  readonly of: string;
  readonly outcome: string;
  readonly reason: string;
  readonly code: string;
  readonly column?: number;
  readonly rows: readonly number[];
  readonly allAttempts: boolean;
  readonly first: number;
  readonly afterRow: number;
  readonly brief: boolean;
}

interface Page {
  readonly rows: importsV1.RowEntry[];
  readonly hasNext: boolean;
  readonly total: number;
}

export class ImportRows {
  constructor(
    private readonly context: ImportContext,
    private readonly differences: EffectDifferences,
  ) {}

  async list(tenant: string, view: ImportView, query: RowsQuery): Promise<Page> {
    switch (query.of) {
      case 'PREVIEW':
        return this.preview(tenant, view, query);
      case 'PLAN':
        return this.plan(tenant, view, query);
      default:
        return this.ledger(tenant, view, query);
    }
  }

  /** The first rows, read with the present mapping and options (PRE-001). */
  private async preview(tenant: string, view: ImportView, query: RowsQuery): Promise<Page> {
    const state = await this.context.commands.load(tenant, view.id);
    if (!isMapped(state)) throw refused('STATE_NOT_ALLOWED', { state: view.state });
    const analysis = await readAnalysis(this.context, tenant, state);
    const bytes = await this.context.objects.get(tenant, view.id, 'analysis/preview', analysis.previewSha256);
    const readiness = readinessOf(state, analysis);
    const options = await this.context.store.transaction(tenant, async (tx) => {
      const { timeZone } = await readCompany(tx);
      return readOptionsOf({ type: state.type, options: state.options, dateOrders: readiness.dateOrders, importDay: await todayIn(tx), timeZone });
    });
    const columns = columnsOf(state);
    const all = decodeRows(bytes).map((row) => {
      const read = row.blank ? { values: [], issues: [] } : readRow(row.cells.map((text) => ({ text })), columns, options);
      const values = read.values.map((value) => ({ ...value, original: value.original === value.text ? '' : value.original }));
      return { ...entryOf(row), values, issues: [...row.issues, ...read.issues.map(toProtoIssue)] };
    });
    const chosen = all.filter(({ row }) => row > query.afterRow && (query.rows.length === 0 || query.rows.includes(row)));
    return { rows: chosen.slice(0, query.first), hasNext: chosen.length > query.first, total: all.length };
  }

  private async plan(tenant: string, view: ImportView, query: RowsQuery): Promise<Page> {
    const plan = [...view.plans].reverse().find(({ hash }) => hash !== '');
    if (plan === undefined) throw refused('STATE_NOT_ALLOWED', { state: view.state });
    const { rows, total } = await this.context.store.transaction(tenant, (tx) =>
      listPlanRows(tx, plan.id, query, { first: query.first + 1, afterRow: query.afterRow }),
    );
    const page = rows.slice(0, query.first);
    const entries = query.brief ? page.map(briefPlanEntry) : await this.planEntries(tenant, view, plan, page);
    return { rows: entries, hasNext: rows.length > query.first, total };
  }

  private async planEntries(tenant: string, view: ImportView, plan: PlanView, page: readonly PlanRow[]): Promise<importsV1.RowEntry[]> {
    const objects = await this.context.store.transaction(tenant, async (tx) => {
      const work = await readPlanWork(tx, plan.id);
      return work === undefined ? [] : objectsWithRows(tx, work.config, 'rows', page.map(({ row }) => row));
    });
    const stored = new Map<number, targetsV1.Row>();
    for (const { sha256, ...object } of objects) {
      const bytes = await orGone(() => this.context.objects.get(tenant, view.id, placeOf(object), sha256));
      for (const row of bytes === undefined ? [] : decodeRows(bytes)) stored.set(row.row, row);
    }
    const verdicts = await orGone(() => readVerdicts(this.context, { tenant, importId: view.id, plan: plan.id }, page));
    const state = await this.context.commands.load(tenant, view.id);
    const decisions = state.status === 'NONE' ? undefined : state.decisions;
    return page.map((row) => planEntry(row, stored.get(row.row), verdicts?.get(row.row), decisions?.get(row.row)));
  }

  private async ledger(tenant: string, view: ImportView, query: RowsQuery): Promise<Page> {
    const isCancelled = view.endedAs === 'CANCELLED' || view.state === 'CANCELLED';
    const rowsOfFile = isCancelled ? (view.analysis?.rows ?? 0) : 0;
    const page = { first: query.first + 1, afterRow: query.afterRow, rowsOfFile };
    const { rows, total } = await this.context.store.transaction(tenant, async (tx) => ({
      rows: await listLedger(tx, view.id, query, page),
      total: await countLedger(tx, view.id, query, rowsOfFile),
    }));
    const shown = rows.slice(0, query.first);
    const entries = query.brief ? shown.map(briefLedgerEntry) : await this.ledgerEntries(tenant, view, shown);
    return { rows: entries, hasNext: rows.length > query.first, total };
  }

  private async ledgerEntries(tenant: string, view: ImportView, page: readonly LedgerRow[]): Promise<importsV1.RowEntry[]> {
    const numbers = [...new Set(page.map(({ row }) => row))];
    const stored = view.file.kept ? await orGone(() => readStoredRows(this.context, tenant, view.id, numbers)) : undefined;
    const verdicts = view.file.kept ? await orGone(() => heldToVerdicts(this.context, tenant, view, page)) : undefined;
    const differences = await this.differences(tenant, page.flatMap(({ effects }) => effects));
    const rowOf = new Map(stored?.map((row) => [row.row, row]));
    return page.map((row) => ledgerEntry(row, rowOf.get(row.row), { differences, verdict: verdicts?.get(row) }));
  }
}

/** The file's texts end with the file; the rest of an entry stays. */
async function orGone<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isDomainError(error) && error.code === 'FILE_EXPIRED') return undefined;
    throw error;
  }
}
