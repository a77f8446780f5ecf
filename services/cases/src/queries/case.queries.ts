import { pgArray, type StoreTransaction } from '@caseledger/event-store';
import { uuidOrNone } from '@caseledger/row-target';
import { reachOf, type CallContext } from '@caseledger/service-kit';
import type { casesV1 } from '@caseledger/contracts';
import { primaryOf, type CaseState } from '../case/case.js';
import { presentStatus } from '../case-type/case-type.js';
import { typesOf, type HeldType } from '../case-type/case-type.queries.js';

/** A row of `app.case_state` as queries read it. */
export interface CaseRow {
  readonly id: string;
  readonly version: number;
  readonly state: CaseState;
  readonly created_at: Date;
  readonly created_by: string;
  readonly changed_at: Date;
  readonly changed_by: string;
  readonly position?: string | null;
}

export const CASE_COLUMNS = 'c.id, c.version, c.state, c.created_at, c.created_by, c.changed_at, c.changed_by';

const BY_IDS = `
select ${CASE_COLUMNS}, l.shard || ':' || l.last_pos as position
from unnest($2::uuid[]) u(id)
join app.case_state c on c.tenant = $1 and c.id = u.id
left join es.event e on e.tenant = $1 and e.stream = c.id and e.version = c.version
left join es.log l on l.batch = e.batch`;

/** Cases by id, in the order asked for; unknown ones and those of others are left out (SEC-001). */
export async function readCases(
  tx: StoreTransaction,
  caller: CallContext,
  ids: readonly string[],
): Promise<casesV1.Case[]> {
  if (ids.length === 0) return [];
  const values = [tx.tenant, pgArray('uuid', [...new Set(ids.map(uuidOrNone))])];
  const { rows } = await tx.query<CaseRow>({ name: 'cases_by_id', text: BY_IDS, values });
  const found = new Map(rows.filter((row) => maySee(caller, row.created_by)).map((row) => [row.id, row]));
  const names = await namesOf(tx);
  return ids.flatMap((id) => {
    const row = found.get(id.toLowerCase());
    return row === undefined ? [] : [toCase(row, names)];
  });
}

/** Whether the caller may read a case made by this user. */
export function maySee(caller: CallContext, createdBy: string): boolean {
  if (caller.kind === 'service') return true;
  const reach = reachOf(caller.permissions, 'cases.read');
  return reach === 'all' || (reach === 'own' && createdBy === caller.subject);
}

/** Names of types and statuses by id. */
export interface TypeNames {
  typeOf(id: string): string;
  statusOf(type: string, status: string): string;
}

/** The names of the company's types and statuses as they are now; a removed status goes by what replaced it. */
export async function namesOf(tx: StoreTransaction): Promise<TypeNames> {
  const types = new Map<string, HeldType>((await typesOf(tx)).map((type) => [type.id, type]));
  return {
    typeOf: (id) => types.get(id)?.state.name ?? '',
    statusOf: (type, status) => {
      const held = types.get(type);
      return held === undefined ? '' : (presentStatus(held.state, status)?.name ?? '');
    },
  };
}

export function toCase(row: CaseRow, names: TypeNames): casesV1.Case {
  const { id, version, state } = row;
  const primary = primaryOf(state);
  return {
    id,
    version,
    number: state.number,
    name: state.name,
    typeId: state.type,
    typeName: names.typeOf(state.type),
    statusId: state.status,
    statusName: names.statusOf(state.type, state.status),
    category: state.category,
    contacts: state.contacts.map(({ contact, role }) => ({
      contact,
      role,
      primary: role === 'CLIENT' && contact === primary,
    })),
    source: state.source,
    description: state.description,
    openedOn: state.openedOn ?? '',
    closedOn: state.closedOn ?? '',
    keyDates: state.keyDates.map((date) => ({ ...date })),
    tags: state.tags,
    externalIds: state.externalIds.map(({ system, id: externalId }) => ({ system, id: externalId })),
    lists: state.lists,
    archived: state.archived !== null,
    archivedReason: state.archived?.reason ?? '',
    review: state.review,
    createdAtMs: row.created_at.getTime(),
    changedAtMs: row.changed_at.getTime(),
    createdBy: row.created_by,
    changedBy: row.changed_by,
    madeByImport: state.made?.import ?? '',
    madeByRow: state.made?.row ?? 0,
    position: row.position ?? '',
  };
}
