import type { targetsV1 } from '@caseledger/contracts';
import { isCode, paramsOf } from '@caseledger/errors';
import { decodeVerdicts } from './file/row-objects.js';
import type { ImportContext } from './import.context.js';
import { findChunks, placeOf, type ManifestEntry } from './objects/manifest.js';
import type { ImportView } from './projections/import-view.js';
import type { LedgerRow } from './projections/ledger.queries.js';
import { planRowsOf, type PlanRow } from './projections/plan.queries.js';

/** The whole predictions of these rows of a plan, by row number. @throws DomainError FILE_EXPIRED with the file's text. */
export async function readVerdicts(
  { store, objects }: Pick<ImportContext, 'store' | 'objects'>,
  { tenant, importId, plan }: { readonly tenant: string; readonly importId: string; readonly plan: string },
  rows: readonly PlanRow[],
): Promise<Map<number, targetsV1.RowVerdict>> {
  const places = [...new Map(rows.map(({ lane, seq }) => [`${lane}/${seq}`, { lane, seq }])).values()];
  const entries = await store.transaction(tenant, (tx) => findChunks(tx, plan, 'verdict', places));
  const found = new Map<number, targetsV1.RowVerdict>();
  for (const entry of entries) {
    // A row judged again has verdicts of several generations; the row's own entry says which object counts.
    const wanted = new Set(rows.filter((row) => isIn(row, entry)).map(({ row }) => row));
    if (wanted.size === 0) continue;
    const bytes = await objects.get(tenant, importId, placeOf(entry), entry.sha256);
    for (const verdict of decodeVerdicts(bytes)) if (wanted.has(verdict.row)) found.set(verdict.row, verdict);
  }
  return found;
}

function isIn(row: PlanRow, entry: ManifestEntry): boolean {
  return row.generation === entry.generation && row.lane === entry.lane && row.seq === entry.seq;
}

/** Words of messages that are values of records: personal, and therefore only in sealed predictions. */
const SEALED_PARAMS: readonly string[] = ['existing'];

/**
 * The predictions of those rows of the ledger whose messages need words from there. A row that ended as predicted under
 * EXACT_PLAN rests on the very version the prediction was made from; of any other row nothing can be said.
 */
export async function heldToVerdicts(
  context: Pick<ImportContext, 'store' | 'objects'>,
  tenant: string,
  view: ImportView,
  rows: readonly LedgerRow[],
): Promise<Map<LedgerRow, targetsV1.RowVerdict>> {
  const held = new Map<LedgerRow, targetsV1.RowVerdict>();
  if (view.options?.apply !== 'EXACT_PLAN') return held;
  for (const { attempt, plan } of view.attempts) {
    const wanted = rows.filter((row) => row.attempt === attempt && row.codes.some(({ code }) => needsSealed(code)));
    if (wanted.length === 0) continue;
    const planned = await context.store.transaction(tenant, (tx) => planRowsOf(tx, plan, wanted.map(({ row }) => row)));
    const verdicts = await readVerdicts(context, { tenant, importId: view.id, plan }, [...planned.values()]);
    for (const row of wanted) {
      const verdict = verdicts.get(row.row);
      if (verdict?.outcome === row.outcome && verdict.reason === row.reason) held.set(row, verdict);
    }
  }
  return held;
}

function needsSealed(code: string): boolean {
  return isCode(code) && paramsOf(code).some((name) => SEALED_PARAMS.includes(name));
}
