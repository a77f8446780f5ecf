import type { CaseState } from '../case/case.js';
import { contactRows } from '../projections/case.row.js';
import { CASE_CATEGORY, pastEventOf } from '../case/stored-case.js';
import { caseHistory } from '../revert/case.revert.js';
import { keysOfRecord } from '../rows/record-keys.js';
import type { CasesWorld } from './cases-world.js';

interface Row {
  readonly id: string;
  readonly version: number;
  readonly state: CaseState;
}

/** Every case of a world as its read model has it, by id. */
export async function casesOf(world: CasesWorld): Promise<Row[]> {
  return rowsOf<Row>(world, 'select id, version, state from app.case_state order by id');
}

/**
 * What must hold after anything that can happen (CORRECTNESS §9, harness rule 2): each read model row is the fold of its
 * stream, versions have no gaps, event ids are unique, and owners of match keys, contacts, memberships and numbers are
 * those of the folded cases.
 */
export async function unsound(world: CasesWorld): Promise<string[]> {
  const faults: string[] = [];
  const cases = await casesOf(world);
  const streams = await world.store.transaction(world.tenant, (tx) => tx.readStreams(cases.map(({ id }) => id)));
  const [owned, linked, listed] = [new Map<string, string[]>(), [] as string[], [] as string[]];
  const eventIds = new Set<string>();
  for (const { id, version, state } of cases) {
    const stored = streams.get(id) ?? [];
    const folded = caseHistory.present(stored.map(pastEventOf));
    if (stableJson(folded) !== stableJson(state)) faults.push(`${id}: state is not the fold of its stream`);
    if (stored.some((event, at) => event.version !== at + 1) || stored.length !== version) faults.push(`${id}: versions have gaps`);
    for (const event of stored) {
      if (eventIds.has(event.id)) faults.push(`${event.id}: event id twice`);
      eventIds.add(event.id);
    }
    for (const key of keysOfRecord(folded)) {
      const hash = world.cases.hasher.hash(world.tenant, key);
      owned.set(hash, [...(owned.get(hash) ?? []), id].sort());
    }
    for (const { contact, role, main } of contactRows(folded)) linked.push(`${id} ${contact} ${role} ${main}`);
    for (const list of folded.lists) listed.push(`${id} ${list}`);
  }
  const numbers = cases.map(({ state }) => state.number);
  if (new Set(numbers).size !== numbers.length) faults.push('a number was given twice');
  const keys = await rowsOf<{ key: string; owners: string[] }>(world, 'select key, owners from app.match_key');
  for (const { key, owners } of keys) {
    if (owners.join() !== (owned.get(key) ?? []).join()) faults.push(`key ${key}: owners differ from the folded cases`);
  }
  if (keys.length !== owned.size) faults.push(`${keys.length} keys, the folded cases have ${owned.size}`);
  const told = `select concat_ws(' ', case_id, contact, role, main) as text from app.case_contact`;
  faults.push(...differing('contacts', await textsOf(world, told), linked));
  faults.push(...differing('lists', await textsOf(world, `select concat_ws(' ', case_id, list) as text from app.case_list_member`), listed));
  const [count] = await rowsOf<{ n: number }>(world, `select count(distinct stream)::int as n from es.event where category = '${CASE_CATEGORY}'`);
  if (count?.n !== cases.length) faults.push(`${count?.n} streams, ${cases.length} rows`);
  return faults;
}

function differing(what: string, stored: readonly string[], folded: readonly string[]): string[] {
  const is = [...stored].sort().join('\n').replaceAll(/ t$/gm, ' true').replaceAll(/ f$/gm, ' false');
  return is === [...folded].sort().join('\n') ? [] : [`${what} differ from the folded cases`];
}

async function rowsOf<R extends object>(world: CasesWorld, sql: string): Promise<R[]> {
  const { rows } = await world.store.transaction(world.tenant, (tx) => tx.query<R>(sql));
  return rows;
}

async function textsOf(world: CasesWorld, sql: string): Promise<string[]> {
  return (await rowsOf<{ text: string }>(world, sql)).map(({ text }) => text);
}

/** JSON with sorted keys: the database gives keys in an order of its own. */
function stableJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
