import type { ContactState } from '../contact/contact.js';
import { CONTACT_CATEGORY, pastEventOf } from '../contact/stored-contact.js';
import { contactHistory } from '../revert/contact.revert.js';
import { keysOfRecord } from '../rows/record-keys.js';
import type { ContactsWorld } from './contacts-world.js';

interface Row {
  readonly id: string;
  readonly version: number;
  readonly state: ContactState;
}

/** Every contact of a world as its read model has it, by id. */
export async function contactsOf(world: ContactsWorld): Promise<Row[]> {
  const sql = 'select id, version, state from app.contact order by id';
  const { rows } = await world.store.transaction(world.tenant, (tx) => tx.query<Row>(sql));
  return rows;
}

/**
 * What must hold after anything that can happen (CORRECTNESS §9, harness rule 2): each read model row is the fold of its
 * stream, versions have no gaps, event ids are unique, and the owners of the match keys are the folded records' keys.
 */
export async function unsound(world: ContactsWorld): Promise<string[]> {
  const faults: string[] = [];
  const rows = await contactsOf(world);
  const streams = await world.store.transaction(world.tenant, (tx) => tx.readStreams(rows.map(({ id }) => id)));
  const owned = new Map<string, string[]>();
  const eventIds = new Set<string>();
  for (const { id, version, state } of rows) {
    const stored = streams.get(id) ?? [];
    const folded = contactHistory.present(stored.map(pastEventOf));
    if (stableJson(folded) !== stableJson(state)) faults.push(`${id}: state is not the fold of its stream`);
    if (stored.some((event, at) => event.version !== at + 1) || stored.length !== version)
      faults.push(`${id}: versions have gaps`);
    for (const event of stored) {
      if (eventIds.has(event.id)) faults.push(`${event.id}: event id twice`);
      eventIds.add(event.id);
    }
    for (const key of keysOfRecord(folded)) {
      const hash = world.contacts.hasher.hash(world.tenant, key);
      owned.set(hash, [...(owned.get(hash) ?? []), id].sort());
    }
  }
  const keys = await world.store.transaction(world.tenant, (tx) =>
    tx.query<{ key: string; owners: string[] }>('select key, owners from app.match_key'),
  );
  for (const { key, owners } of keys.rows) {
    if (owners.join() !== (owned.get(key) ?? []).join())
      faults.push(`key ${key}: owners differ from the folded records`);
  }
  if (keys.rows.length !== owned.size) faults.push(`${keys.rows.length} keys, the folded records have ${owned.size}`);
  const count = `select count(distinct stream)::int as n from es.event where category = $1`;
  const found = await world.store.transaction(world.tenant, (tx) => tx.query<{ n: number }>(count, [CONTACT_CATEGORY]));
  if (found.rows[0]?.n !== rows.length) faults.push(`${found.rows[0]?.n} streams, ${rows.length} rows`);
  return faults;
}

/** JSON with sorted keys: the database gives keys in an order of its own. */
export function stableJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
