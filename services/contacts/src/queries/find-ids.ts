import { limit } from '@caseledger/errors';
import type { EventStore } from '@caseledger/event-store';
import { readKeys, type KeyHasher, tenantOf } from '@caseledger/row-target';
import { requireReach, type CallContext } from '@caseledger/service-kit';
import type { contactsV1 } from '@caseledger/contracts';
import type { DataSource } from 'typeorm';
import { IMPORT_REVERTED, type ExternalIdPair } from '../contact/contact.events.js';
import { initial } from '../contact/contact.js';
import { keysOfRecord } from '../rows/record-keys.js';
import { readContacts } from './contact.queries.js';
import { searchOf } from './search.js';

const IDS_MAX = 10_000;
const PAIRS_MAX = 500;

/**
 * The ids of all contacts that a search finds, for a service that looks for what belongs to them: archived ones too,
 * those that a revert took back not. Asked as the reading role, the company in the question, as `searchHits` does.
 */
export async function findContactIds(
  { tail }: { readonly tail: DataSource },
  caller: CallContext,
  request: contactsV1.SearchContactsRequest,
): Promise<contactsV1.SearchContactsReply> {
  const reach = requireReach(caller, 'contacts.read');
  const search = searchOf(request.search);
  if (search === undefined) return { ids: [], hasMore: false };
  const most = Math.min(Math.max(request.limit, 1), IDS_MAX);
  const values: unknown[] = [tenantOf(caller), IMPORT_REVERTED, reach === 'own' ? caller.subject : null, most + 1];
  let at = values.length;
  const condition = search.text.replaceAll('?', () => `$${(at += 1)}`);
  const sql = `select c.id from app.contact c where c.tenant = $1 and c.archived is distinct from $2
    and ($3::text is null or c.created_by = $3) and ${condition} order by c.id limit $4`;
  const rows: { id: string }[] = await tail.query(sql, [...values, ...search.values]);
  return { ids: rows.slice(0, most).map(({ id }) => id), hasMore: rows.length > most };
}

/** The contacts with these external ids as far as the caller may read them, in the order asked for. */
export async function findByExternalIds(
  { store, hasher }: { readonly store: EventStore; readonly hasher: KeyHasher },
  caller: CallContext,
  { externalIds }: contactsV1.FindByExternalIdsRequest,
): Promise<contactsV1.FindByExternalIdsReply> {
  requireReach(caller, 'contacts.read');
  if (externalIds.length > PAIRS_MAX) throw limit('PAGE_SIZE_EXCEEDED', { limit: PAIRS_MAX });
  const tenant = tenantOf(caller);
  const hashes = externalIds.map((pair) => hashOf(hasher, tenant, pair));
  return store.transaction(tenant, async (tx) => {
    const owners = await readKeys(tx, [...new Set(hashes)]);
    const readable = new Set((await readContacts(tx, caller, [...owners.values()].flat())).map(({ id }) => id));
    return { ids: hashes.map((hash) => owners.get(hash)?.find((id) => readable.has(id)) ?? '') };
  });
}

function hashOf(hasher: KeyHasher, tenant: string, pair: ExternalIdPair): string {
  const [key] = keysOfRecord({ ...initial(), externalIds: [pair] });
  if (key === undefined) throw new Error('An external id is a key');
  return hasher.hash(tenant, key);
}
