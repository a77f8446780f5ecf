import { isUuid, pgArray, type StoreTransaction } from '@caseledger/event-store';
import type { targetsV1 } from '@caseledger/contracts';
import type { ContactState } from '../contact/contact.js';
import type { KeyHasher } from './key-hasher.js';
import type { RowReader } from './record-keys.js';
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
  read: RowReader,
  hash: (text: string) => string,
): ChunkLookup {
  const hashes = new Map<string, string>();
  const named = new Set<string>();
  for (const row of rows) {
    if (row.blank || row.appliedBefore) continue;
    for (const key of read(row).keys) {
      if (key.kind === 'RECORD_ID') named.add(key.value);
      else if (!hashes.has(key.lookup)) hashes.set(key.lookup, hash(key.lookup));
    }
    if (row.decision !== undefined && row.decision.record !== '') named.add(row.decision.record);
  }
  return { hashes, named: [...named].filter(isUuid) };
}

/** Looks up with the company's pepper. */
export function chunkLookup(
  rows: readonly targetsV1.Row[],
  read: RowReader,
  hasher: KeyHasher,
  tenant: string,
): ChunkLookup {
  return lookupOf(rows, read, (text) => hasher.hashText(tenant, text));
}

/** A view of the records and owners found; keys that nobody has are there with no owner. */
export function viewOfChunk(
  lookup: ChunkLookup,
  owners: ReadonlyMap<string, readonly string[]>,
  records: ReadonlyMap<string, KnownRecord>,
): RowView {
  const view = new RowView();
  for (const [text, hash] of lookup.hashes) {
    const found = owners.get(hash);
    if (found !== undefined) view.setOwners(text, found);
  }
  for (const [id, record] of records) view.setRecord(id, record);
  return view;
}

const RECORDS = `
select c.id, c.version, c.state from unnest($2::uuid[]) u(id) join app.contact c on c.tenant = $1 and c.id = u.id`;

/** The records of these ids as they stand; unknown ones are absent. */
export async function loadRecords(tx: StoreTransaction, ids: readonly string[]): Promise<Map<string, KnownRecord>> {
  if (ids.length === 0) return new Map();
  const values = [tx.tenant, pgArray('uuid', ids)];
  const { rows } = await tx.query<{ id: string; version: number; state: ContactState }>({
    name: 'contact_records',
    text: RECORDS,
    values,
  });
  return new Map(rows.map(({ id, version, state }) => [id, { version, state }]));
}
