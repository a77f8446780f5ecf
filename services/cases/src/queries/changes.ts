import { setTimeout as pause } from 'node:timers/promises';
import { pgArray, type EventStore, type StoreTransaction } from '@caseledger/event-store';
import { notFound } from '@caseledger/errors';
import { tenantOf, uuidOrNone, wireOrigin } from '@caseledger/row-target';
import type { CallContext } from '@caseledger/service-kit';
import type { casesV1 } from '@caseledger/contracts';
import { CASE_CATEGORY, caseEventOf } from '../case/stored-case.js';
import { fieldsTold } from '../cases.topic.js';
import { readCases } from './case.queries.js';
import { NO_FILTER, conditionsOf, notAllowed } from './conditions.js';
import type { ListingDeps } from './list.queries.js';
import { searchCases } from './search.js';

/*
 * The changes of a company's cases, each once and in order from wherever the client left off. They are read from the log
 * itself, so a client that comes late gets all it missed; a cursor is the position of the last change it was told.
 */

const POLL_MS = 200;
const PAGE_EVENTS = 200;

interface ChangeRow {
  readonly position: number;
  readonly type: string;
  readonly stream: string;
  readonly version: number;
  readonly data: Record<string, unknown>;
  readonly meta: Record<string, unknown>;
  readonly at: Date;
  readonly source_kind: string;
  readonly source_id: string | null;
}

const PAGE = `
select (l.first_pos + e.idx)::float8 as position, e.type, e.stream, e.version, e.data, e.meta, b.at, b.source_kind, b.source_id
from es.log l join es.batch b on b.id = l.batch join es.event e on e.batch = l.batch
where l.shard = $2 and l.last_pos > $3::bigint and l.first_pos <= $4::bigint and b.tenant = $1 and e.tenant = $1
  and e.category = $5 and l.first_pos + e.idx > $3::bigint and ($6::uuid is null or e.stream = $6::uuid)
order by l.first_pos, e.idx limit ${PAGE_EVENTS}`;

/** @param signal aborted when nobody listens any more */
export async function* changesOf(
  deps: ListingDeps,
  caller: CallContext,
  request: casesV1.ChangesRequest,
  signal: AbortSignal,
): AsyncGenerator<casesV1.CaseChange> {
  const tenant = tenantOf(caller);
  const shard = deps.store.shardOf(tenant);
  // Refused at once for lack of rights, not with the first change.
  conditionsOf(tenant, caller, request.filter ?? NO_FILTER);
  if (request.id !== '') await seen(deps.store, caller, request.id);
  let position = request.after === '' ? await headOf(deps.store, shard) : positionOf(request.after, shard);
  while (!signal.aborted) {
    const head = await headOf(deps.store, shard);
    const from = position;
    const page = head <= from ? [] : await deps.store.transaction(tenant, (tx) => pageOf(tx, shard, from, head, request.id));
    yield* told(deps, caller, request.filter, page, shard);
    const isFull = page.length === PAGE_EVENTS;
    position = isFull ? (page.at(-1)?.position ?? head) : Math.max(head, from);
    if (!isFull) await pause(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function seen(store: EventStore, caller: CallContext, id: string): Promise<void> {
  const [found] = await store.transaction(tenantOf(caller), (tx) => readCases(tx, caller, [id]));
  if (found === undefined) throw notFound();
}

async function headOf(store: EventStore, shard: number): Promise<number> {
  return (await store.head()).find((each) => each.shard === shard)?.position ?? 0;
}

async function pageOf(tx: StoreTransaction, shard: number, from: number, to: number, id: string): Promise<ChangeRow[]> {
  const values = [tx.tenant, shard, from, to, CASE_CATEGORY, id === '' ? null : uuidOrNone(id)];
  return (await tx.query<ChangeRow>({ name: 'case_changes', text: PAGE, values })).rows;
}

async function* told(
  deps: ListingDeps,
  caller: CallContext,
  filter: casesV1.CaseFilter | undefined,
  page: readonly ChangeRow[],
  shard: number,
): AsyncGenerator<casesV1.CaseChange> {
  if (page.length === 0) return;
  const ids = [...new Set(page.map(({ stream }) => stream))];
  const wanted = filter === undefined ? undefined : await amongThem(deps, caller, filter, ids);
  const cases = await deps.store.transaction(tenantOf(caller), (tx) => readCases(tx, caller, ids));
  const shown = new Map(cases.map((each) => [each.id, each]));
  for (const row of page) {
    const found = shown.get(row.stream);
    if (found === undefined || wanted?.has(row.stream) === false) continue;
    yield {
      cursor: `${shard}:${row.position}`,
      id: row.stream,
      version: row.version,
      type: row.type,
      atMs: row.at.getTime(),
      origin: wireOrigin({ origin: { kind: row.source_kind, id: row.source_id }, meta: row.meta }),
      fields: fieldsTold(caseEventOf({ type: row.type, data: row.data as object as Parameters<typeof caseEventOf>[0]['data'] })),
      case: found,
    };
  }
}

// Which of these cases are in the filter now.
async function amongThem(
  deps: ListingDeps,
  caller: CallContext,
  filter: casesV1.CaseFilter,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const conditions = conditionsOf(caller.tenant, caller, filter);
  const search = await searchCases(deps, caller, filter.search);
  if (search !== undefined) conditions.add('c.id = any(?::uuid[])', pgArray('uuid', search.ids));
  conditions.add('c.id = any(?::uuid[])', pgArray('uuid', ids));
  const sql = `select c.id from app.case_state c where ${conditions.sql}`;
  const { rows } = await deps.store.transaction(caller.tenant, (tx) => tx.query<{ id: string }>(sql, conditions.values));
  return new Set(rows.map(({ id }) => id));
}

function positionOf(cursor: string, shard: number): number {
  const [of, position] = cursor.split(':').map(Number);
  if (of !== shard || position === undefined || !Number.isSafeInteger(position)) throw notAllowed('after', cursor);
  return position;
}
