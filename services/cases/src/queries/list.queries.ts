import { pgArray, type EventStore, type StoreTransaction } from '@caseledger/event-store';
import { tenantOf, uuidOrNone } from '@caseledger/row-target';
import type { CallContext } from '@caseledger/service-kit';
import type { casesV1 } from '@caseledger/contracts';
import type { DataSource } from 'typeorm';
import type { ContactsSide } from '../contacts.client.js';
import { CASE_COLUMNS, namesOf, toCase, type CaseRow } from './case.queries.js';
import { NO_FILTER, conditionsOf, notAllowed, type Conditions } from './conditions.js';
import { pageSize, readCursor, writeCursor } from './paging.js';
import { searchCases } from './search.js';

/** Counted exactly up to here; one more means "more" (API-002). */
const TOTAL_MAX = 10_000;

interface SortOrder {
  readonly column: string;
  /** The column as text that a cursor can carry and SQL can read back. */
  readonly cursor: string;
  readonly type: string;
}

const SORTS: Readonly<Record<string, SortOrder>> = {
  NAME: { column: 'c.sort_name', cursor: 'c.sort_name', type: 'text' },
  NUMBER: { column: 'c.number', cursor: 'c.number', type: 'text' },
  OPENED: {
    column: `coalesce(c.opened_on, '-infinity'::date)`,
    cursor: `coalesce(c.opened_on, '-infinity'::date)::text`,
    type: 'date',
  },
  CREATED: { column: 'c.created_at', cursor: 'c.created_at::text', type: 'timestamptz' },
  CHANGED: { column: 'c.changed_at', cursor: 'c.changed_at::text', type: 'timestamptz' },
};

export interface ListingDeps {
  readonly store: EventStore;
  readonly tail: DataSource;
  readonly contacts: ContactsSide;
}

/**
 * One page of cases (CAS-009). The cursor names the last one by what it is sorted by and its id, so that a page neither
 * skips nor repeats a case that was there throughout while others are being imported (API-002).
 */
export async function listCases(
  deps: ListingDeps,
  caller: CallContext,
  request: casesV1.ListCasesRequest,
): Promise<casesV1.ListCasesReply> {
  const tenant = tenantOf(caller);
  const filter = request.filter ?? NO_FILTER;
  const conditions = conditionsOf(tenant, caller, filter);
  const search = await searchCases(deps, caller, filter.search);
  if (search !== undefined) conditions.add('c.id = any(?::uuid[])', pgArray('uuid', search.ids));
  const sort = SORTS[request.sort === '' ? 'NAME' : request.sort];
  if (sort === undefined) throw notAllowed('sort', request.sort);
  const isBackward = request.last > 0 || request.before !== '';
  const size = pageSize(isBackward ? request.last : request.first);
  const cursor = isBackward ? request.before : request.after;
  return deps.store.transaction(tenant, async (tx) => {
    const total = request.count ? await countOf(tx, conditions) : 0;
    const isDescending = request.descending !== isBackward;
    if (cursor !== '') addCursor(conditions, sort, cursor, isDescending);
    const direction = isDescending ? 'desc' : 'asc';
    const sql = `select ${CASE_COLUMNS}, ${sort.cursor} as cursor from app.case_state c where ${conditions.sql}
      order by ${sort.column} ${direction}, c.id ${direction} limit ${size + 1}`;
    const { rows } = await tx.query<CaseRow & { cursor: string }>(sql, conditions.values);
    const page = rows.slice(0, size);
    if (isBackward) page.reverse();
    const hasMore = rows.length > size;
    const names = await namesOf(tx);
    return {
      edges: page.map((row) => ({ cursor: writeCursor(row.cursor, row.id), case: toCase(row, names) })),
      hasNext: isBackward ? cursor !== '' : hasMore,
      hasPrevious: isBackward ? hasMore : cursor !== '',
      total,
    };
  });
}

async function countOf(tx: StoreTransaction, conditions: Conditions): Promise<number> {
  const sql = `select count(*)::int as n from (select from app.case_state c where ${conditions.sql} limit ${TOTAL_MAX + 1}) found`;
  const { rows } = await tx.query<{ n: number }>(sql, conditions.values);
  return rows[0]?.n ?? 0;
}

function addCursor(conditions: Conditions, sort: SortOrder, cursor: string, isDescending: boolean): void {
  const [value, id] = readCursor(cursor);
  conditions.add(
    `(${sort.column}, c.id) ${isDescending ? '<' : '>'} (?::${sort.type}, ?::uuid)`,
    value,
    uuidOrNone(id),
  );
}
