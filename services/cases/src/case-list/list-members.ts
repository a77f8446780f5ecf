import type { StoreTransaction } from '@caseledger/event-store';
import { notFound } from '@caseledger/errors';
import { uuidOrNone } from '@caseledger/row-target';
import type { CallContext } from '@caseledger/service-kit';
import type { HeldType } from '../case-type/case-type.queries.js';
import { refuse } from '../case/case.refusals.js';
import { live } from './case-list.decider.js';
import { listOf, type HeldList } from './case-list.write.js';

/**
 * A list that the caller may see: a private one is its owner's (LST-001). `hold` is for whoever is about to put cases on
 * it: nobody takes it away meanwhile. @throws DomainError NOT_FOUND
 */
export async function visibleList(tx: StoreTransaction, caller: CallContext, id: string, { hold = false } = {}): Promise<HeldList> {
  const list = await listOf(tx, uuidOrNone(id), hold ? 'USED' : 'NOT');
  if (list === undefined || !maySeeList(list, caller)) throw notFound();
  return list;
}

/** Services of the installation see every list. */
export function maySeeList({ state }: HeldList, caller: CallContext): boolean {
  return state.visibility !== 'PRIVATE' || caller.kind === 'service' || state.owner === caller.subject;
}

/**
 * The lists a case of this type is put in, each once. Throws NOT_FOUND for a list the caller cannot see,
 * LIST_CASE_TYPE_MISMATCH for one that takes another type (OPT-005). Of lists that a case is in already (`isMember`)
 * only the type is asked.
 */
export async function listsForCase(
  tx: StoreTransaction,
  caller: CallContext,
  ids: readonly string[],
  type: HeldType,
  { isMember = false } = {},
): Promise<ReadonlySet<string>> {
  const lists = new Set<string>();
  for (const id of new Set(ids)) {
    const list = isMember ? await listOf(tx, id) : await visibleList(tx, caller, id, { hold: true });
    if (list === undefined) continue;
    if (!isMember) live(list.state);
    const { caseType, name } = list.state;
    if (caseType !== null && caseType !== type.id) throw refuse.listTypeMismatch(name, type.state.name);
    lists.add(list.id);
  }
  return lists;
}
