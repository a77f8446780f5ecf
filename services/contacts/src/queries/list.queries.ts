import { validation, limit as overLimit } from '@caseledger/errors';
import { pgArray, type EventStore } from '@caseledger/event-store';
import { requireReach, type CallContext } from '@caseledger/service-kit';
import type { contactsV1 } from '@caseledger/contracts';
import type { DataSource } from 'typeorm';
import { tenantOf, uuidOrNone } from '@caseledger/row-target';
import { IMPORT_REVERTED } from '../contact/contact.events.js';
import { CONTACT_COLUMNS, toContact, type ContactRow } from './contact.queries.js';
import { searchHits, searchOf } from './search.js';

const PAGE_MAX = 500;
const PAGE_DEFAULT = 50;

/** Counted exactly up to here; one more means "more" (API-002). */
const TOTAL_MAX = 10_000;

/** A condition of a list with the values it needs. */
class Conditions {
  readonly texts: string[] = ['c.tenant = $1'];
  readonly values: unknown[];

  constructor(tenant: string) {
    this.values = [tenant];
  }

  /** Adds a condition; every `?` stands for the value that follows. */
  add(text: string, ...values: readonly unknown[]): void {
    let at = 0;
    this.texts.push(
      text.replaceAll('?', () => {
        this.values.push(values[at]);
        at += 1;
        return `$${this.values.length}`;
      }),
    );
  }
}

interface SortOrder {
  readonly column: string;
  /** The column as text that a cursor can carry and SQL can read back. */
  readonly cursor: string;
  readonly type: string;
}

const SORTS: Readonly<Record<string, SortOrder>> = {
  NAME: { column: 'c.sort_name', cursor: 'c.sort_name', type: 'text' },
  CREATED: { column: 'c.created_at', cursor: 'c.created_at::text', type: 'timestamptz' },
  CHANGED: { column: 'c.changed_at', cursor: 'c.changed_at::text', type: 'timestamptz' },
};

/**
 * One page of contacts (CON-009). The cursor names the last one by what it is sorted by and its id, so that a page
 * neither skips nor repeats a contact that was there throughout while others are being imported (API-002).
 */
export async function listContacts(
  { store, tail }: { readonly store: EventStore; readonly tail: DataSource },
  caller: CallContext,
  request: contactsV1.ListContactsRequest,
): Promise<contactsV1.ListContactsReply> {
  const tenant = tenantOf(caller);
  const conditions = conditionsOf(tenant, caller, request);
  const search = searchOf(request.search);
  if (search !== undefined) {
    const hits = await searchHits(tail, tenant, search);
    if (hits !== undefined) conditions.add('c.id = any(?::uuid[])', pgArray('uuid', hits));
    conditions.add(search.text, ...search.values);
  }
  const sort = SORTS[request.sort === '' ? 'NAME' : request.sort];
  if (sort === undefined) throw validation('VALUE_NOT_ALLOWED', { field: 'sort', text: request.sort }, 'sort');
  const isBackward = request.last > 0 || request.before !== '';
  const size = pageSize(isBackward ? request.last : request.first);
  const cursor = isBackward ? request.before : request.after;
  return store.transaction(tenant, async (tx) => {
    const total = request.count ? await countOf(tx.query.bind(tx), conditions) : 0;
    const isDescending = request.descending !== isBackward;
    if (cursor !== '') addCursor(conditions, sort, cursor, isDescending);
    const direction = isDescending ? 'desc' : 'asc';
    const sql = `select ${CONTACT_COLUMNS}, ${sort.cursor} as cursor from app.contact c where ${conditions.texts.join(' and ')}
      order by ${sort.column} ${direction}, c.id ${direction} limit ${size + 1}`;
    const { rows } = await tx.query<ContactRow & { cursor: string }>(sql, conditions.values);
    const page = rows.slice(0, size);
    if (isBackward) page.reverse();
    const hasMore = rows.length > size;
    return {
      edges: page.map((row) => ({ cursor: writeCursor(row.cursor, row.id), contact: toContact(row, caller) })),
      hasNext: isBackward ? cursor !== '' : hasMore,
      hasPrevious: isBackward ? hasMore : cursor !== '',
      total,
    };
  });
}

function pageSize(asked: number): number {
  if (asked > PAGE_MAX) throw overLimit('PAGE_SIZE_EXCEEDED', { limit: PAGE_MAX });
  return asked < 1 ? PAGE_DEFAULT : asked;
}

async function countOf(
  query: (sql: string, values: readonly unknown[]) => Promise<{ rows: Record<string, unknown>[] }>,
  conditions: Conditions,
): Promise<number> {
  const sql = `select count(*)::int as n from (select from app.contact c where ${conditions.texts.join(' and ')} limit ${TOTAL_MAX + 1}) found`;
  const { rows } = await query(sql, conditions.values);
  return Number(rows[0]?.['n'] ?? 0);
}

function conditionsOf(tenant: string, caller: CallContext, request: contactsV1.ListContactsRequest): Conditions {
  const conditions = new Conditions(tenant);
  if (requireReach(caller, 'contacts.read') === 'own') conditions.add('c.created_by = ?', caller.subject);
  if (request.type !== '') conditions.add('c.type = ?', request.type);
  if (request.kind !== '') conditions.add('c.client = ?', request.kind === 'CLIENT');
  if (request.status !== '') conditions.add('c.status = ?', request.status);
  if (request.tag !== '') conditions.add(`(c.state -> 'tags')::jsonb @> to_jsonb(?::text)`, request.tag);
  if (request.state !== '') conditions.add('c.region = ?', request.state);
  yesNo(conditions, 'hasPhone', 'c.has_phone', request.hasPhone);
  yesNo(conditions, 'hasEmail', 'c.has_email', request.hasEmail);
  yesNo(conditions, 'needsReview', 'c.needs_review', request.needsReview);
  addArchived(conditions, request);
  addRange(conditions, 'c.created_at', request.createdFromMs, request.createdToMs);
  addRange(conditions, 'c.changed_at', request.changedFromMs, request.changedToMs);
  if (request.importId !== '') {
    const contributes = `exists (select from app.contact_import i
      where i.tenant = c.tenant and i.contact = c.id and i.import = ?::uuid and i.in_force)`;
    conditions.add(contributes, uuidOrNone(request.importId));
  }
  return conditions;
}

function yesNo(conditions: Conditions, field: string, column: string, wish: string): void {
  if (wish === '') return;
  if (wish !== 'YES' && wish !== 'NO') throw validation('VALUE_NOT_ALLOWED', { field, text: wish }, field);
  conditions.add(`${column} = ?`, wish === 'YES');
}

// What a revert took back is out of every list; it is reachable by its id (REV-004).
function addArchived(conditions: Conditions, { archived }: contactsV1.ListContactsRequest): void {
  if (archived === 'INCLUDE') conditions.add('c.archived is distinct from ?', IMPORT_REVERTED);
  else if (archived === 'ONLY') conditions.add('c.archived is not null and c.archived <> ?', IMPORT_REVERTED);
  else conditions.add('c.archived is null');
}

function addRange(conditions: Conditions, column: string, fromMs: number, toMs: number): void {
  if (fromMs > 0) conditions.add(`${column} >= ?::timestamptz`, new Date(fromMs).toISOString());
  if (toMs > 0) conditions.add(`${column} < ?::timestamptz`, new Date(toMs).toISOString());
}

function addCursor(conditions: Conditions, sort: SortOrder, cursor: string, isDescending: boolean): void {
  const [value, id] = readCursor(cursor);
  conditions.add(
    `(${sort.column}, c.id) ${isDescending ? '<' : '>'} (?::${sort.type}, ?::uuid)`,
    value,
    uuidOrNone(id),
  );
}

function writeCursor(value: string, id: string): string {
  return Buffer.from(JSON.stringify([value, id])).toString('base64url');
}

function readCursor(cursor: string): [value: string, id: string] {
  try {
    const read: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(read) && typeof read[0] === 'string' && typeof read[1] === 'string') return [read[0], read[1]];
  } catch {
    // Not a cursor of ours: said below like any other value that cannot be.
  }
  throw validation('VALUE_NOT_ALLOWED', { field: 'cursor', text: cursor }, 'cursor');
}
