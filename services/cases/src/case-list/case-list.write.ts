import type { StoreTransaction, StreamAppend } from '@caseledger/event-store';
import { listOfImport } from '@caseledger/row-target';
import { CASE_LIST_CATEGORY } from '../projections/case-list.projection.js';
import type { CaseListEvent, ListFacts } from './case-list.events.js';
import type { CaseListState } from './case-list.js';
import { createList, type OtherLists } from './case-list.decider.js';
import { foldedName } from './list-name.js';

/** A list as it stands. */
export interface HeldList {
  readonly id: string;
  readonly version: number;
  readonly state: CaseListState;
}

const LIST = 'select id, version, state from app.case_list where tenant = $1 and id = $2';

/** How long a list stays as it was read: `USED` for whoever puts cases on it, `OWN` for whoever goes by who has. */
const HOLDS = {
  NOT: { name: 'case_list', text: LIST },
  USED: { name: 'case_list_used', text: `${LIST} for share` },
  OWN: { name: 'case_list_own', text: `${LIST} for update` },
} as const;

/** A list by its id, archived or not. With a `hold` it stays as it is until the transaction ends. */
export async function listOf(tx: StoreTransaction, id: string, hold: keyof typeof HOLDS = 'NOT'): Promise<HeldList | undefined> {
  const { rows } = await tx.query<HeldList>({ ...HOLDS[hold], values: [tx.tenant, id] });
  return rows[0];
}

/**
 * Whether a name is another list's, and how many lists there are. Whoever is about to take a name waits here for others
 * who are about to take it: `own` is the list that has it already.
 */
export async function othersWithName(tx: StoreTransaction, name: string, own = ''): Promise<OtherLists> {
  const folded = foldedName(name);
  await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`case-list ${tx.tenant} ${folded}`]);
  const taken = 'select id from app.case_list where tenant = $1 and folded = $2 and not archived';
  const { rows } = await tx.query<{ id: string }>(taken, [tx.tenant, folded]);
  const counted = 'select count(*)::int as n from app.case_list where tenant = $1 and not archived';
  const count = await tx.query<{ n: number }>(counted, [tx.tenant]);
  return { isTaken: rows.some(({ id }) => id !== own), lists: count.rows[0]?.n ?? 0 };
}

/** The append of a list's events. */
export function listAppend(id: string, version: number, events: readonly CaseListEvent[]): StreamAppend {
  return { stream: id, category: CASE_LIST_CATEGORY, expected: version === 0 ? 'none' : version, events };
}

/**
 * What makes an import's list when a run of it is opened; nothing when an earlier attempt made it.
 * @throws DomainError LIST_NAME_TAKEN
 */
export async function listFor(
  tx: StoreTransaction,
  importId: string,
  wanted: Pick<ListFacts, 'name' | 'owner' | 'caseType'>,
): Promise<readonly StreamAppend[]> {
  const id = listOfImport(tx.tenant, importId);
  if ((await listOf(tx, id)) !== undefined) return [];
  const facts = { ...wanted, name: wanted.name.trim(), description: '', visibility: 'COMPANY' };
  return [listAppend(id, 0, createList(facts, await othersWithName(tx, wanted.name)))];
}
