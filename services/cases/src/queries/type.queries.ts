import type { EventStore, StoreTransaction } from '@caseledger/event-store';
import { tenantOf } from '@caseledger/row-target';
import { requireReach, type CallContext } from '@caseledger/service-kit';
import type { casesV1 } from '@caseledger/contracts';
import { typesOf, type HeldType } from '../case-type/case-type.queries.js';

/** The types of the company with their statuses, in the order in which they were made (TYP-001). */
export async function listTypes(
  store: EventStore,
  caller: CallContext,
  { includeArchived }: { readonly includeArchived: boolean },
): Promise<casesV1.CaseType[]> {
  if (caller.kind !== 'service') requireReach(caller, 'cases.read');
  return store.transaction(tenantOf(caller), async (tx) => {
    const types = await wireTypes(tx);
    return types.filter(({ archived }) => includeArchived || !archived);
  });
}

/** One type as a reply carries it; for whoever has just saved it. */
export async function typeById(store: EventStore, caller: CallContext, id: string): Promise<casesV1.CaseType | undefined> {
  return store.transaction(tenantOf(caller), async (tx) => (await wireTypes(tx)).find((type) => type.id === id));
}

const COUNTS = 'select type, count(*)::int as n from app.case_state where tenant = $1 group by type';

async function wireTypes(tx: StoreTransaction): Promise<casesV1.CaseType[]> {
  const { rows } = await tx.query<{ type: string; n: number }>(COUNTS, [tx.tenant]);
  const counts = new Map(rows.map(({ type, n }) => [type, n]));
  return (await typesOf(tx)).map((held) => toType(held, counts.get(held.id) ?? 0));
}

function toType({ id, version, state }: HeldType, cases: number): casesV1.CaseType {
  const { name, description, practiceArea, colour, archived } = state;
  const statuses = state.statuses.map((status) => ({ ...status, next: [...status.next] }));
  return { id, version, name, description, practiceArea, colour, statuses, archived, cases };
}
