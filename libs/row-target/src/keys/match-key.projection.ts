import { pgArray, sqlStateOf, type StoreTransaction } from '@caseledger/event-store';
import { keyText, type ExactKey } from './exact-key.js';
import { KNOWN_HASHES } from './known-change.js';

/** A record before and after the events at hand. */
export interface KeyedChange<S> {
  readonly id: string;
  readonly before: S | undefined;
  /** Undefined when nothing of the record is kept in views. */
  readonly after: S | undefined;
  readonly last: { readonly batch: string };
}

/** The exact keys under which a record is found. */
export type KeysOf<S> = (state: S) => readonly ExactKey[];

/** Somebody else added a key between looking it up and writing it: the whole work starts over (DESIGN §6). */
export class KeyTakenMeanwhile extends Error {
  override readonly name = 'KeyTakenMeanwhile';
}

/** How keys become what is stored. */
export interface KeyHashes {
  hash(tenant: string, key: ExactKey): string;
}

/** The records of a batch that gained and lost a key. */
interface KeyChange {
  readonly gained: string[];
  readonly lost: string[];
}

const NOBODY: readonly string[] = [];

/**
 * Writes what records gained and lost in exact keys: an inline projection of the folded record, whatever event changed
 * it. The changes are those of one batch. `locked` are the owners of keys that the caller has looked up and locked; the others are looked up here. New
 * keys are inserted in sorted order, and one that is there meanwhile means that somebody was faster.
 */
export async function writeKeys<S>(
  tx: StoreTransaction,
  { hasher, keysOf }: { readonly hasher: KeyHashes; readonly keysOf: KeysOf<S> },
  changes: readonly KeyedChange<S>[],
  locked: ReadonlyMap<string, readonly string[]> | undefined,
): Promise<void> {
  const hashesOf = (state: S | undefined): string[] =>
    state === undefined ? [] : keysOf(state).map((key) => hasher.hash(tx.tenant, key));
  const keys = keyChanges(hashesOf, changes);
  const unknown = [...keys.keys()].filter((key) => locked?.has(key) !== true).sort();
  const present = await lockKeys(tx, unknown);
  const inserts: [string, readonly string[]][] = [];
  const updates: [string, readonly string[]][] = [];
  const deletes: string[] = [];
  // Locked keys are in order: what is sorted already is sorted again at no cost.
  for (const key of inOrderOf(locked, keys)) {
    const { gained = NOBODY, lost = NOBODY } = keys.get(key) ?? {};
    const before = locked?.get(key) ?? present.get(key) ?? NOBODY;
    const after = ownersAfter(before, gained, lost);
    if (after.join() === before.join()) continue;
    if (after.length === 0) deletes.push(key);
    else (before.length === 0 ? inserts : updates).push([key, after]);
  }
  const batch = changes[0]?.last.batch ?? '';
  await insertKeys(tx, inserts, batch);
  await updateKeys(tx, updates, batch);
  if (deletes.length === 0) return;
  const values = [tx.tenant, pgArray('uuid', deletes.sort())];
  await tx.query({ name: 'match_key_delete', text: DELETE, values });
}

/** The hashes that a command has handed on among the known states, and the hasher for all others. */
export function knownHashes(hasher: KeyHashes, known: ReadonlyMap<string, unknown> | undefined): KeyHashes {
  const hashes = known?.get(KNOWN_HASHES) as ReadonlyMap<string, string> | undefined;
  if (hashes === undefined) return hasher;
  return { hash: (tenant, key) => hashes.get(keyText(key)) ?? hasher.hash(tenant, key) };
}

function inOrderOf(first: ReadonlyMap<string, unknown> = new Map(), keys: ReadonlyMap<string, unknown>): string[] {
  const ordered: string[] = [];
  for (const key of first.keys()) if (keys.has(key)) ordered.push(key);
  for (const key of keys.keys()) if (!first.has(key)) ordered.push(key);
  return ordered;
}

function ownersAfter(before: readonly string[], gained: readonly string[], lost: readonly string[]): readonly string[] {
  // Most keys are new and of one record.
  if (before.length === 0 && lost.length === 0 && gained.length === 1) return gained;
  return [...new Set([...before, ...gained])].filter((owner) => !lost.includes(owner)).sort();
}

function keyChanges<S>(
  hashesOf: (state: S | undefined) => string[],
  changes: readonly KeyedChange<S>[],
): Map<string, KeyChange> {
  const keys = new Map<string, KeyChange>();
  const change = (key: string): KeyChange => {
    const known = keys.get(key);
    if (known !== undefined) return known;
    const fresh: KeyChange = { gained: [], lost: [] };
    keys.set(key, fresh);
    return fresh;
  };
  for (const { id, before, after } of changes) {
    const had = hashesOf(before);
    const has = hashesOf(after);
    for (const key of has) if (!had.includes(key)) change(key).gained.push(id);
    for (const key of had) if (!has.includes(key)) change(key).lost.push(id);
  }
  return keys;
}

/* Keys are found one by one (`lateral`): where the table was never analysed, `= any` may look through all of a tenant's. */
const LOCK = `
select m.key, m.owners from unnest($2::uuid[]) w(key) cross join lateral (
  select m.key, m.owners from app.match_key m where m.tenant = $1 and m.key = w.key for update) m`;

/** Owners of these keys, locked in sorted order; keys that nobody has are absent. */
export async function lockKeys(tx: StoreTransaction, keys: readonly string[]): Promise<Map<string, string[]>> {
  if (keys.length === 0) return new Map();
  const values = [tx.tenant, pgArray('uuid', [...keys].sort())];
  const { rows } = await tx.query<{ key: string; owners: string[] }>({ name: 'match_key_lock', text: LOCK, values });
  return new Map(rows.map(({ key, owners }) => [key, owners]));
}

const READ = `
select m.key, m.owners from unnest($2::uuid[]) w(key) cross join lateral (
  select m.key, m.owners from app.match_key m where m.tenant = $1 and m.key = w.key limit 1) m`;

/** Owners of these keys, not locked: for predictions. */
export async function readKeys(tx: StoreTransaction, keys: readonly string[]): Promise<Map<string, string[]>> {
  if (keys.length === 0) return new Map();
  const values = [tx.tenant, pgArray('uuid', keys)];
  const { rows } = await tx.query<{ key: string; owners: string[] }>({ name: 'match_key_read', text: READ, values });
  return new Map(rows.map(({ key, owners }) => [key, owners]));
}

const INSERT_OWNED = `
insert into app.match_key (tenant, key, owners, batch)
select $1, u.key, array[u.owner], $4::bigint from unnest($2::uuid[], $3::uuid[]) u(key, owner)`;

const INSERT_SHARED = `
insert into app.match_key (tenant, key, owners, batch)
select $1, u.key, string_to_array(u.owners, ',')::uuid[], $4::bigint from unnest($2::uuid[], $3::text[]) u(key, owners)`;

const UNIQUE_VIOLATION = '23505';

/** One statement for all of them, so that their order is one; nearly always each key has a single owner. */
async function insertKeys(tx: StoreTransaction, inserts: [string, readonly string[]][], batch: string): Promise<void> {
  if (inserts.length === 0) return;
  const insertion = inserts.some(([, owners]) => owners.length > 1)
    ? { name: 'match_key_insert_shared', text: INSERT_SHARED, values: keyValues(tx, inserts, listed, batch) }
    : { name: 'match_key_insert', text: INSERT_OWNED, values: keyValues(tx, inserts, only, batch) };
  try {
    await tx.query(insertion);
  } catch (thrown) {
    if (sqlStateOf(thrown) !== UNIQUE_VIOLATION) throw thrown;
    throw new KeyTakenMeanwhile('A key was taken meanwhile', { cause: thrown });
  }
}

const UPDATE = `
update app.match_key m set owners = string_to_array(u.owners, ',')::uuid[], batch = $4::bigint
from unnest($2::uuid[], $3::text[]) u(key, owners) cross join lateral (
  select f.ctid as place from app.match_key f where f.tenant = $1 and f.key = u.key limit 1) f
where m.ctid = f.place`;

async function updateKeys(tx: StoreTransaction, updates: [string, readonly string[]][], batch: string): Promise<void> {
  if (updates.length === 0) return;
  const { rowCount } = await tx.query({
    name: 'match_key_update',
    text: UPDATE,
    values: keyValues(tx, updates, listed, batch),
  });
  if (rowCount < updates.length) throw new KeyTakenMeanwhile('Locked keys were gone');
}

const DELETE = 'delete from app.match_key m where m.tenant = $1 and m.key = any($2::uuid[])';

/** The owners of each key as one column: the only one of each, or all of each with commas between. */
type OwnersColumn = (owners: readonly (readonly string[])[]) => Buffer;
const only: OwnersColumn = (owners) => pgArray('uuid', owners.map(([owner]) => owner ?? null));
const listed: OwnersColumn = (owners) => pgArray('text', owners.map((all) => all.join(',')));

function keyValues(tx: StoreTransaction, keys: [string, readonly string[]][], column: OwnersColumn, batch: string): unknown[] {
  const sorted = keys.sort(([a], [b]) => (a < b ? -1 : 1));
  return [tx.tenant, pgArray('uuid', sorted.map(([key]) => key)), column(sorted.map(([, owners]) => owners)), batch];
}
