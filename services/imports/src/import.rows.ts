import type { contactsV1, importsV1, targetsV1 } from '@caseledger/contracts';
import { isDomainError, refused } from '@caseledger/errors';
import { toProtoIssue, readOptionsOf } from './file/row-reading.js';
import { decodeRows, decodeVerdicts } from './file/row-objects.js';
import type { ImportContext } from './import.context.js';
import { findChunks, objectsWithRows, placeOf, type ManifestEntry } from './objects/manifest.js';
import { isMapped, readAnalysis, readinessOf } from './plan.inputs.js';
import { readCompany, todayIn } from './projections/company.queries.js';
import type { ImportView, PlanView } from './projections/import-view.js';
import { countLedger, listLedger, type LedgerRow } from './projections/ledger.queries.js';
import { listPlanRows, readPlanWork, type PlanRow } from './projections/plan.queries.js';
import { readStoredRows } from './row.sources.js';
import { readRow } from '@caseledger/fields';

/*
 * Rows as they are shown: the first ones before there is a plan, the predictions of a plan, the ledger. What is listed
 * comes from small tables; the texts of the file come from its sealed objects and are gone with them (LED-003).
 */

/** The values of records before and after, asked of the service that has them. */
export type Differences = (tenant: string, records: readonly { record: string; fromVersion: number; toVersion: number }[]) => Promise<contactsV1.RecordDifferences[]>;

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
    private readonly differences: Differences,
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
    const all = decodeRows(bytes).map((row) => {
      const read = row.blank ? { values: [], issues: [] } : readRow(row.cells.map((text) => ({ text })), state.mapping.columns, options);
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
    const numbers = page.map(({ row }) => row);
    const { objects, verdictObjects } = await this.context.store.transaction(tenant, async (tx) => {
      const work = await readPlanWork(tx, plan.id);
      const entries = work === undefined ? [] : await objectsWithRows(tx, work.config, 'rows', numbers);
      const chunks = await findChunks(tx, plan.id, 'verdict', uniquePlaces(page));
      const wanted = new Set(page.map(({ generation, lane, seq }) => `${generation}/${lane}/${seq}`));
      return { objects: entries, verdictObjects: chunks.filter((one) => wanted.has(`${one.generation}/${one.lane}/${one.seq}`)) };
    });
    const stored = await this.readAll(tenant, view.id, objects, decodeRows);
    const verdictOf = await this.verdictsOf(tenant, view.id, verdictObjects, page);
    const rowOf = new Map(stored?.map((row) => [row.row, row]));
    return page.map((row) => planEntry(row, rowOf.get(row.row), verdictOf.get(row.row)));
  }

  /** A row judged again has verdicts of several generations; its entry says which object counts. */
  private async verdictsOf(
    tenant: string,
    importId: string,
    objects: readonly ManifestEntry[],
    page: readonly PlanRow[],
  ): Promise<Map<number, targetsV1.RowVerdict>> {
    const found = new Map<number, targetsV1.RowVerdict>();
    for (const object of objects) {
      const isIn = (row: PlanRow): boolean => row.generation === object.generation && row.lane === object.lane && row.seq === object.seq;
      const wanted = new Set(page.filter(isIn).map(({ row }) => row));
      for (const verdict of (await this.readAll(tenant, importId, [object], decodeVerdicts)) ?? []) {
        if (wanted.has(verdict.row)) found.set(verdict.row, verdict);
      }
    }
    return found;
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
    const entries = query.brief ? shown.map((row) => ledgerEntry(row, undefined, [])) : await this.ledgerEntries(tenant, view, shown);
    return { rows: entries, hasNext: rows.length > query.first, total };
  }

  private async ledgerEntries(tenant: string, view: ImportView, page: readonly LedgerRow[]): Promise<importsV1.RowEntry[]> {
    const numbers = [...new Set(page.map(({ row }) => row))];
    const stored = view.file.kept ? await this.orGone(() => readStoredRows(this.context, tenant, view.id, numbers)) : undefined;
    const asked = page.flatMap(({ effects }) => effects.filter(({ toVersion, fromVersion }) => toVersion > fromVersion));
    const changes = asked.length === 0 ? [] : await this.differences(tenant, asked);
    const rowOf = new Map(stored?.map((row) => [row.row, row]));
    return page.map((row) => ledgerEntry(row, rowOf.get(row.row), changesOfRow(row, changes)));
  }

  private async readAll<T>(tenant: string, importId: string, entries: readonly ManifestEntry[], decode: (bytes: Buffer) => T[]): Promise<T[] | undefined> {
    return this.orGone(async () => {
      const all: T[] = [];
      for (const entry of entries) all.push(...decode(await this.context.objects.get(tenant, importId, placeOf(entry), entry.sha256)));
      return all;
    });
  }

  /** The file's texts end with the file; the rest of an entry stays. */
  private async orGone<T>(read: () => Promise<T>): Promise<T | undefined> {
    try {
      return await read();
    } catch (error) {
      if (isDomainError(error) && error.code === 'FILE_EXPIRED') return undefined;
      throw error;
    }
  }
}

function uniquePlaces(page: readonly PlanRow[]): { lane: number; seq: number }[] {
  return [...new Map(page.map(({ lane, seq }) => [`${lane}/${seq}`, { lane, seq }])).values()];
}

function entryOf(row: targetsV1.Row | undefined): Omit<importsV1.RowEntry, 'row'> & { row: number } {
  return {
    row: row?.row ?? 0,
    line: row?.line ?? 0,
    sheet: row?.sheet ?? '',
    outcome: '',
    reason: '',
    attempt: 0,
    cells: row?.cells ?? [],
    values: row?.values ?? [],
    changes: [],
    issues: [],
    match: undefined,
    decision: row?.decision,
    effects: [],
    textGone: false,
  };
}

function briefPlanEntry(row: PlanRow): importsV1.RowEntry {
  const { row: number, outcome, reason, codes } = row;
  const issues = codes.map((code) => ({ ...code, text: '', suggestion: '', params: {} }));
  return { ...entryOf(undefined), row: number, outcome, reason, issues };
}

function planEntry(planned: PlanRow, row: targetsV1.Row | undefined, verdict: targetsV1.RowVerdict | undefined): importsV1.RowEntry {
  const brief = briefPlanEntry(planned);
  if (verdict === undefined) return { ...brief, ...(row === undefined ? { textGone: true } : { cells: row.cells, values: row.values, line: row.line, sheet: row.sheet }) };
  const { changes, issues, match, effects } = verdict;
  return { ...entryOf(row), row: planned.row, outcome: planned.outcome, reason: planned.reason, changes, issues, match, effects, textGone: row === undefined };
}

function ledgerEntry(entry: LedgerRow, row: targetsV1.Row | undefined, changes: targetsV1.FieldChange[]): importsV1.RowEntry {
  const { row: number, attempt, outcome, reason, effects, match, codes } = entry;
  return {
    ...entryOf(row),
    row: number,
    attempt,
    outcome,
    reason,
    effects,
    changes,
    issues: codes.map((code) => withText(code, row)),
    match: match.verdict === '' ? undefined : { verdict: match.verdict, key: match.key, record: effects[0]?.record ?? '', score: 1, records: [], earlierRow: match.earlierRow },
    decision: entry.decidedBy === '' ? row?.decision : { action: '', record: '', decidedBy: entry.decidedBy, ...row?.decision },
    textGone: row === undefined,
  };
}

/** The ledger keeps codes; text and suggestion are with the row, as long as the file is kept (LED-010). */
function withText(code: targetsV1.OutcomeCode, row: targetsV1.Row | undefined): targetsV1.RowIssue {
  const known = row?.issues.find((issue) => issue.code === code.code && issue.column === code.column);
  const text = code.column < 0 ? '' : (row?.cells[code.column] ?? '');
  return { ...code, text: known?.text ?? text, suggestion: known?.suggestion ?? '', params: known?.params ?? {} };
}

/** What this row changed: several rows may have written the same record, one version after the other. */
function changesOfRow(row: LedgerRow, differences: readonly contactsV1.RecordDifferences[]): targetsV1.FieldChange[] {
  const columns = new Map(row.changed.map(({ record, field, column }) => [`${record} ${field}`, column]));
  const own = differences.filter((one) =>
    row.effects.some(({ record, fromVersion, toVersion }) => record === one.record && fromVersion === one.fromVersion && toVersion === one.toVersion),
  );
  return own.flatMap(({ changes }) => changes.map((change) => ({ ...change, column: columns.get(`${change.record} ${change.field}`) ?? change.column })));
}
