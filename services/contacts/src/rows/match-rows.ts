import type { EventStore } from '@caseledger/event-store';
import type { targetsV1 } from '@caseledger/contracts';
import { readKeys } from '../projections/match-key.projection.js';
import { chunkLookup, loadRecords } from './chunk-view.js';
import type { KeyHasher } from './key-hasher.js';
import { keyText, prepare } from './record-keys.js';

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
  const lookup = chunkLookup(rows, NO_DEFAULTS, deps.hasher, tenant);
  const { owners, named } = await deps.store.transaction(tenant, async (tx) => ({
    owners: await readKeys(tx, [...new Set(lookup.hashes.values())]),
    named: await loadRecords(tx, lookup.named),
  }));
  return { rows: rows.map((row) => ({ row: row.row, ...tiesOf(row) })) };

  function tiesOf(row: targetsV1.Row): { keys: string[]; records: string[] } {
    const keys = row.blank ? [] : prepare(row, NO_DEFAULTS).keys;
    const hashes = keys.map((key) => deps.hasher.hash(tenant, key));
    const ids = keys.filter(({ kind }) => kind === 'RECORD_ID').map(({ value }) => value);
    const hit = keys.flatMap((key) => owners.get(lookup.hashes.get(keyText(key)) ?? '') ?? []);
    return {
      keys: hashes.map((hash) => hash.replaceAll('-', '')),
      records: [...new Set([...ids.filter((id) => named.has(id)), ...hit])].sort(),
    };
  }
}
