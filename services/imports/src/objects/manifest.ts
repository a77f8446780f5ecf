import { pgArray, type StoreTransaction } from '@caseledger/event-store';
import type { ObjectPlace } from './import-objects.js';

/** What a set of objects is: rows of a configuration, keys, chunks or verdicts of a plan, chunks of a run or revert, predictions of a revert. */
export type ObjectKind = 'rows' | 'keys' | 'chunk' | 'verdict' | 'run' | 'revert' | 'prediction';

/** One object that counts. For `rows` and `keys` the lane is 0 and `seq` is the place in the file. */
export interface ManifestEntry {
  readonly setId: string;
  readonly kind: ObjectKind;
  readonly generation: number;
  readonly lane: number;
  readonly seq: number;
  readonly rows: number;
  readonly firstRow: number;
  readonly lastRow: number;
  readonly sha256: string;
}

/** The place of an object, from its manifest entry. */
export function placeOf(entry: Pick<ManifestEntry, 'setId' | 'kind' | 'generation' | 'lane' | 'seq'>): ObjectPlace {
  const { setId, kind, generation, lane, seq } = entry;
  switch (kind) {
    case 'rows':
      return `rows/${setId}/${seq}`;
    case 'keys':
      return `plans/${setId}/${generation}/keys-${seq}`;
    case 'chunk':
      return `plans/${setId}/${generation}/chunk-${lane}-${seq}`;
    case 'verdict':
      return `plans/${setId}/${generation}/verdict-${lane}-${seq}`;
    case 'run':
      return `runs/${setId}/${lane}-${seq}`;
    case 'revert':
      return `reverts/${setId}/${lane}-${seq}`;
    case 'prediction':
      return `reverts/${setId}/prediction-${lane}-${seq}`;
  }
}

interface ManifestRow {
  readonly [column: string]: unknown;
  readonly set_id: string;
  readonly kind: ObjectKind;
  readonly generation: number;
  readonly lane: number;
  readonly seq: number;
  readonly rows: number;
  readonly first_row: number;
  readonly last_row: number;
  readonly sha256: string;
}

const COLUMNS = 'set_id, kind, generation, lane, seq, rows, first_row, last_row, sha256';

const RECORD = `
insert into app.manifest (tenant, ${COLUMNS})
select $1, * from unnest($2::uuid[], $3::text[], $4::int[], $5::int[], $6::int[], $7::int[], $8::int[], $9::int[], $10::text[])
on conflict do nothing`;

/** Records objects once: an entry that is there stays as it is, whatever hash it has. */
export async function recordObjects(tx: StoreTransaction, entries: readonly ManifestEntry[]): Promise<void> {
  if (entries.length === 0) return;
  await tx.query(RECORD, [
    tx.tenant,
    pgArray('uuid', entries.map(({ setId }) => setId)),
    pgArray('text', entries.map(({ kind }) => kind)),
    pgArray('int4', entries.map(({ generation }) => generation)),
    pgArray('int4', entries.map(({ lane }) => lane)),
    pgArray('int4', entries.map(({ seq }) => seq)),
    pgArray('int4', entries.map(({ rows }) => rows)),
    pgArray('int4', entries.map(({ firstRow }) => firstRow)),
    pgArray('int4', entries.map(({ lastRow }) => lastRow)),
    pgArray('text', entries.map(({ sha256 }) => sha256)),
  ]);
}

/** The objects of a set, in the order of generation, lane and place. */
export async function listObjects(
  tx: StoreTransaction,
  setId: string,
  kind: ObjectKind,
  only: { readonly generation?: number; readonly lane?: number } = {},
): Promise<ManifestEntry[]> {
  const { rows } = await tx.query<ManifestRow>(
    `select ${COLUMNS} from app.manifest
     where tenant = $1 and set_id = $2 and kind = $3
       and ($4::int is null or generation = $4) and ($5::int is null or lane = $5)
     order by generation, lane, seq`,
    [tx.tenant, setId, kind, only.generation ?? null, only.lane ?? null],
  );
  return rows.map(entryOf);
}

/** The objects that may hold these rows; rows of a corrected file need not be in order, so several may. */
export async function objectsWithRows(
  tx: StoreTransaction,
  setId: string,
  kind: ObjectKind,
  rowNumbers: readonly number[],
): Promise<ManifestEntry[]> {
  const { rows } = await tx.query<ManifestRow>(
    `select ${COLUMNS} from app.manifest m
     where tenant = $1 and set_id = $2 and kind = $3
       and exists (select from unnest($4::int[]) r where r between m.first_row and m.last_row)
     order by seq`,
    [tx.tenant, setId, kind, pgArray('int4', rowNumbers)],
  );
  return rows.map(entryOf);
}

/** Chunks by lane and place, for dispatch. */
export async function findChunks(
  tx: StoreTransaction,
  setId: string,
  kind: ObjectKind,
  places: readonly { readonly lane: number; readonly seq: number }[],
): Promise<ManifestEntry[]> {
  const { rows } = await tx.query<ManifestRow>(
    `select ${COLUMNS} from app.manifest m join unnest($4::int[], $5::int[]) as p (at_lane, at_seq)
       on m.lane = p.at_lane and m.seq = p.at_seq
     where tenant = $1 and set_id = $2 and kind = $3 order by lane, seq`,
    [tx.tenant, setId, kind, pgArray('int4', places.map(({ lane }) => lane)), pgArray('int4', places.map(({ seq }) => seq))],
  );
  return rows.map(entryOf);
}

function entryOf(row: ManifestRow): ManifestEntry {
  const { set_id: setId, first_row: firstRow, last_row: lastRow, kind, generation, lane, seq, rows, sha256 } = row;
  return { setId, kind, generation, lane, seq, rows, firstRow, lastRow, sha256 };
}
