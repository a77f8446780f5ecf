import type { EventStore } from '@caseledger/event-store';
import type { targetsV1 } from '@caseledger/contracts';
import { keyText } from '../keys/exact-key.js';
import type { KeyHasher } from '../keys/key-hasher.js';
import { readKeys } from '../keys/match-key.projection.js';
import { chunkLookup, viewOfChunk } from './chunk-view.js';
import { judgeRow } from './judge-row.js';
import type { JudgedRow, KindTypes, RecordKind } from './row-kind.js';
import { verdictOf } from './row-outcome.js';
import type { KnownRecord, RowView } from './row-view.js';

/** What predicting needs of the process around it. */
export interface JudgeDeps<K extends KindTypes> {
  readonly kind: RecordKind<K>;
  readonly store: EventStore;
  readonly hasher: KeyHasher;
}

/**
 * What earlier tied rows of a lane would have done: their records, and by key which records have got it or given it up.
 * Never all owners of a key: a chunk knows them only for the keys that its own rows ask for.
 */
interface Overlay<S> {
  keys: Record<string, Record<string, boolean>>;
  records: Record<string, KnownRecord<S>>;
}

/**
 * The prediction for a chunk by the same judge as the run, nothing locked and nothing written (PRE-006). Only what tied
 * rows did goes on to the lane's next chunk; other rows cannot matter to it.
 */
export async function judgeRows<K extends KindTypes>(
  deps: JudgeDeps<K>,
  request: targetsV1.JudgeRequest,
): Promise<targetsV1.JudgeReply> {
  const { tenant, importId, run, options, rows } = request;
  if (options === undefined) throw new Error('Rows to judge come with their options');
  const { kind } = deps;
  const job = { tenant, importId, run, options };
  const { context, view } = await deps.store.transaction(tenant, async (tx) => {
    const context = kind.contextOf(job, await kind.factsOf(tx, job, { hold: false }));
    const lookup = chunkLookup(deps, rows, context, tenant);
    const owners = await readKeys(tx, [...new Set(lookup.hashes.values())]);
    const own = rows.map(({ row, part }) => context.recordOf(row, part));
    const ids = [...new Set([...[...owners.values()].flat(), ...lookup.named, ...own])];
    return { context, view: viewOfChunk(kind, lookup, owners, await kind.recordsOf(tx, ids)) };
  });
  const overlay = readOverlay<K['state']>(request.overlay);
  lay(overlay, view);
  const judged = rows.map((row) => judgeRow(kind, row, context, view));
  for (const each of judged) if (each.row.tied) note(kind, overlay, each);
  return { verdicts: judged.map((each) => verdictOf(kind, each)), overlay: Buffer.from(JSON.stringify(overlay)) };
}

function readOverlay<S>(bytes: Buffer): Overlay<S> {
  // Written by `judgeRows` of this target and kept sealed by imports.
  return bytes.length === 0 ? { keys: {}, records: {} } : (JSON.parse(bytes.toString()) as Overlay<S>);
}

function lay<S>(overlay: Overlay<S>, view: RowView<S>): void {
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

function note<K extends KindTypes>(
  kind: RecordKind<K>,
  overlay: Overlay<K['state']>,
  { record, before, after }: JudgedRow<K['state']>,
): void {
  if (after === undefined) return;
  overlay.records[record] = after;
  const had = new Set(before === undefined ? [] : kind.keysOf(before.state).map(keyText));
  for (const key of kind.keysOf(after.state).map(keyText)) {
    if (!had.delete(key)) overlay.keys[key] = { ...overlay.keys[key], [record]: true };
  }
  for (const key of had) overlay.keys[key] = { ...overlay.keys[key], [record]: false };
}
