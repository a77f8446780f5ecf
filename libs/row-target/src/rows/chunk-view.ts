import { isUuid } from '@caseledger/event-store';
import type { targetsV1 } from '@caseledger/contracts';
import { RECORD_ID, type RowKey } from '../keys/exact-key.js';
import type { KeyHasher } from '../keys/key-hasher.js';
import type { KindTypes, RecordKind } from './row-kind.js';
import { RowView, type KnownRecord } from './row-view.js';

/** What the rows of a chunk have to be looked up by. */
export interface ChunkLookup {
  /** Hash of each exact key by its text. */
  readonly hashes: ReadonlyMap<string, string>;
  /** Records that rows or decisions name. */
  readonly named: readonly string[];
}

/** The keys and records that rows ask for; rows that end before they are matched ask for nothing. */
export function lookupOf(
  rows: readonly targetsV1.Row[],
  keysOf: (row: targetsV1.Row) => readonly RowKey[],
  hash: (text: string) => string,
): ChunkLookup {
  const hashes = new Map<string, string>();
  const named = new Set<string>();
  for (const row of rows) {
    if (row.blank || row.appliedBefore) continue;
    for (const key of keysOf(row)) {
      if (key.kind === RECORD_ID) named.add(key.value);
      else if (!hashes.has(key.lookup)) hashes.set(key.lookup, hash(key.lookup));
    }
    if (row.decision !== undefined && row.decision.record !== '') named.add(row.decision.record);
  }
  return { hashes, named: [...named].filter(isUuid) };
}

/** Looks up with the company's pepper. */
export function chunkLookup<K extends KindTypes>(
  { kind, hasher }: { readonly kind: RecordKind<K>; readonly hasher: KeyHasher },
  rows: readonly targetsV1.Row[],
  context: K['context'],
  tenant: string,
): ChunkLookup {
  return lookupOf(
    rows,
    (row) => kind.keysOfRow(row, context),
    (text) => hasher.hashText(tenant, text),
  );
}

/** A view of the records and owners found; keys that nobody has are there with no owner. */
export function viewOfChunk<K extends KindTypes>(
  kind: RecordKind<K>,
  lookup: ChunkLookup,
  owners: ReadonlyMap<string, readonly string[]>,
  records: ReadonlyMap<string, KnownRecord<K['state']>>,
): RowView<K['state']> {
  const view = new RowView<K['state']>((state) => kind.keysOf(state));
  for (const [text, hash] of lookup.hashes) {
    const found = owners.get(hash);
    if (found !== undefined) view.setOwners(text, found);
  }
  for (const [id, record] of records) view.setRecord(id, record);
  return view;
}
