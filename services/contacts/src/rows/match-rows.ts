import type { EventStore } from '@caseledger/event-store';
import type { targetsV1 } from '@caseledger/contracts';
import { readKeys } from '../projections/match-key.projection.js';
import { chunkLookup, loadRecords } from './chunk-view.js';
import type { KeyHasher } from './key-hasher.js';
import { rowReader } from './record-keys.js';

const NO_DEFAULTS: Readonly<Record<string, string>> = {};

/**
 * What ties rows together (DESIGN §4, Components): the hashes of each row's exact keys, and the existing records that
 * any of them hits, whichever level decides later. Nothing is locked or written.
 */
export async function matchRows(
  deps: { readonly store: EventStore; readonly hasher: KeyHasher },
  request: targetsV1.MatchRequest,
): Promise<targetsV1.MatchReply> {
  const { tenant, rows } = request;
  const read = rowReader(NO_DEFAULTS);
  const lookup = chunkLookup(rows, read, deps.hasher, tenant);
  const { owners, named } = await deps.store.transaction(tenant, async (tx) => ({
    owners: await readKeys(tx, [...new Set(lookup.hashes.values())]),
    named: await loadRecords(tx, lookup.named),
  }));
  return { rows: rows.map((row) => ({ row: row.row, ...tiesOf(row) })) };

  function tiesOf(row: targetsV1.Row): { keys: string[]; records: string[] } {
    const keys = row.blank ? [] : read(row).keys;
    const hashes: string[] = [];
    const records = new Set<string>();
    for (const { kind, value, lookup: text } of keys) {
      // A row that names a record is tied to the others that do by its hash too, though it is looked up by the id.
      const hash = lookup.hashes.get(text) ?? deps.hasher.hashText(tenant, text);
      hashes.push(hash.replaceAll('-', ''));
      if (kind === 'RECORD_ID' && named.has(value)) records.add(value);
      for (const owner of owners.get(hash) ?? []) records.add(owner);
    }
    return { keys: hashes, records: [...records].sort() };
  }
}
