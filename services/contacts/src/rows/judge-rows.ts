import type { EventStore } from '@caseledger/event-store';
import type { targetsV1 } from '@caseledger/contracts';
import { readKeys } from '../projections/match-key.projection.js';
import { judgeContext } from './judge-context.js';
import { chunkLookup, loadRecords, viewOfChunk } from './chunk-view.js';
import type { KeyHasher } from './key-hasher.js';
import { keysOfRecord, keyText } from './record-keys.js';
import { judgeRow, type Judged } from './row-judge.js';
import { verdictOf } from './row-outcome.js';
import type { KnownRecord, RowView } from './row-view.js';

/**
 * What earlier tied rows of a lane would have done: their records, and by key which records have got it or given it up.
 * Never all owners of a key: a chunk knows them only for the keys that its own rows ask for.
 */
interface Overlay {
  keys: Record<string, Record<string, boolean>>;
  records: Record<string, KnownRecord>;
}

/**
 * The prediction for a chunk by the same judge as the run, nothing locked and nothing written (PRE-006). Only what tied
 * rows did goes on to the lane's next chunk; other rows cannot matter to it.
 */
export async function judgeRows(
  deps: { readonly store: EventStore; readonly hasher: KeyHasher },
  request: targetsV1.JudgeRequest,
): Promise<targetsV1.JudgeReply> {
  const { tenant, importId, options, rows } = request;
  if (options === undefined) throw new Error('Rows to judge come with their options');
  const context = judgeContext(tenant, importId, options);
  const lookup = chunkLookup(rows, context.read, deps.hasher, tenant);
  const view = await deps.store.transaction(tenant, async (tx) => {
    const owners = await readKeys(tx, [...new Set(lookup.hashes.values())]);
    const own = rows.map(({ row }) => context.recordOf(row));
    const ids = [...new Set([...[...owners.values()].flat(), ...lookup.named, ...own])];
    return viewOfChunk(lookup, owners, await loadRecords(tx, ids));
  });
  const overlay = readOverlay(request.overlay);
  lay(overlay, view);
  const judged = rows.map((row) => judgeRow(row, context, view));
  for (const each of judged) if (each.row.tied) note(overlay, each);
  return { verdicts: judged.map(verdictOf), overlay: Buffer.from(JSON.stringify(overlay)) };
}

function readOverlay(bytes: Buffer): Overlay {
  // Written by `judgeRows` of this service and kept sealed by imports.
  return bytes.length === 0 ? { keys: {}, records: {} } : (JSON.parse(bytes.toString()) as Overlay);
}

function lay(overlay: Overlay, view: RowView): void {
  for (const [key, changes] of Object.entries(overlay.keys)) {
    const owners = new Set(view.owners(key));
    for (const [id, has] of Object.entries(changes)) {
      if (has) owners.add(id);
      else owners.delete(id);
    }
    view.setOwners(key, [...owners].sort());
  }
  for (const [id, record] of Object.entries(overlay.records)) view.setRecord(id, record);
}

function note(overlay: Overlay, { record, before, after }: Judged): void {
  if (after === undefined) return;
  overlay.records[record] = after;
  const had = new Set(before === undefined ? [] : keysOfRecord(before.state).map(keyText));
  for (const key of keysOfRecord(after.state).map(keyText)) {
    if (!had.delete(key)) overlay.keys[key] = { ...overlay.keys[key], [record]: true };
  }
  for (const key of had) overlay.keys[key] = { ...overlay.keys[key], [record]: false };
}
