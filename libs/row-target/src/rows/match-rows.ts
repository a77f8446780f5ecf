import type { targetsV1 } from '@caseledger/contracts';
import { RECORD_ID } from '../keys/exact-key.js';
import { readKeys } from '../keys/match-key.projection.js';
import { chunkLookup } from './chunk-view.js';
import type { JudgeDeps } from './judge-rows.js';
import type { KindTypes } from './row-kind.js';

/** Rows are tied before anybody is asked how they are to be applied. */
const NO_OPTIONS: targetsV1.ApplyOptions = {
  importType: '',
  duplicatePolicy: '',
  blankCells: '',
  onReview: '',
  apply: '',
  defaults: {},
  normaliserVersion: 0,
  matcherVersion: 0,
  importDay: '',
  mappedFields: [],
  cases: undefined,
};

/**
 * What ties rows together (DESIGN §4, Components): the hashes of each row's exact keys, and the existing records that
 * any of them hits, whichever level decides later. Nothing is locked or written.
 */
export async function matchRows<K extends KindTypes>(
  deps: JudgeDeps<K>,
  request: targetsV1.MatchRequest,
): Promise<targetsV1.MatchReply> {
  const { tenant, importId, rows } = request;
  const job = { tenant, importId, run: '', options: NO_OPTIONS };
  const { context, lookup, owners, known } = await deps.store.transaction(tenant, async (tx) => {
    const context = deps.kind.contextOf(job, await deps.kind.factsOf(tx, job, { hold: false }));
    const lookup = chunkLookup(deps, rows, context, tenant);
    const owners = await readKeys(tx, [...new Set(lookup.hashes.values())]);
    // Who owns a key exists; of records that are only named it is asked.
    const hit = deps.kind.tiedWith === undefined ? [] : [...owners.values()].flat();
    return { context, lookup, owners, known: await deps.kind.recordsOf(tx, [...new Set([...lookup.named, ...hit])]) };
  });
  return { rows: rows.map((row) => ({ row: row.row, ...tiesOf(row) })) };

  function tiesOf(row: targetsV1.Row): { keys: string[]; records: string[] } {
    const keys = row.blank ? [] : deps.kind.keysOfRow(row, context);
    const hashes: string[] = [];
    const records = new Set<string>();
    for (const { kind, value, lookup: text } of keys) {
      // A row that names a record is tied to the others that do by its hash too, though it is looked up by the id.
      const hash = lookup.hashes.get(text) ?? deps.hasher.hashText(tenant, text);
      hashes.push(hash.replaceAll('-', ''));
      if (kind === RECORD_ID && known.has(value)) records.add(value);
      for (const owner of owners.get(hash) ?? []) records.add(owner);
    }
    for (const { state } of [...records].flatMap((id) => known.get(id) ?? [])) {
      for (const record of deps.kind.tiedWith?.(state) ?? []) records.add(record);
    }
    return { keys: hashes, records: [...records].sort() };
  }
}
