import { pgArray, type EventStore, type StoreTransaction } from '@caseledger/event-store';
import { fieldByKey } from '@caseledger/fields';
import { reachOf, type CallContext } from '@caseledger/service-kit';
import type { contactsV1 } from '@caseledger/contracts';
import { tenantOf, uuidOrNone } from '@caseledger/row-target';
import { nameOf, primaryOf, type ContactState } from '../contact/contact.js';

/** A row of `app.contact` as queries read it. */
export interface ContactRow {
  readonly id: string;
  readonly version: number;
  readonly state: ContactState;
  readonly created_at: Date;
  readonly created_by: string;
  readonly changed_at: Date;
  readonly changed_by: string;
  readonly position?: string | null;
}

export const CONTACT_COLUMNS = 'c.id, c.version, c.state, c.created_at, c.created_by, c.changed_at, c.changed_by';

const BY_IDS = `
select ${CONTACT_COLUMNS}, l.shard || ':' || l.last_pos as position
from unnest($2::uuid[]) u(id)
join app.contact c on c.tenant = $1 and c.id = u.id
left join es.event e on e.tenant = $1 and e.stream = c.id and e.version = c.version
left join es.log l on l.batch = e.batch`;

/** Contacts by id, in the order asked for; unknown ones and those of others are left out (SEC-001). */
export async function contactsById(
  store: EventStore,
  caller: CallContext,
  ids: readonly string[],
): Promise<contactsV1.Contact[]> {
  return store.transaction(tenantOf(caller), (tx) => readContacts(tx, caller, ids));
}

export async function readContacts(
  tx: StoreTransaction,
  caller: CallContext,
  ids: readonly string[],
): Promise<contactsV1.Contact[]> {
  const values = [tx.tenant, pgArray('uuid', [...new Set(ids.map(uuidOrNone))])];
  const { rows } = await tx.query<ContactRow>({ name: 'contacts_by_id', text: BY_IDS, values });
  const found = new Map(rows.filter((row) => maySee(caller, row.created_by)).map((row) => [row.id, row]));
  return ids.flatMap((id) => {
    const row = found.get(id.toLowerCase());
    return row === undefined ? [] : [toContact(row, caller)];
  });
}

/** Whether the caller may read a contact made by this user. */
export function maySee(caller: CallContext, createdBy: string): boolean {
  if (caller.kind === 'service') return true;
  const reach = reachOf(caller.permissions, 'contacts.read');
  return reach === 'all' || (reach === 'own' && createdBy === caller.subject);
}

/** Whether a field is kept from the caller (SEC-013). */
export function isHidden(caller: CallContext, createdBy: string, field: string): boolean {
  if (fieldByKey(field)?.sensitive !== true || caller.kind === 'service') return false;
  const reach = reachOf(caller.permissions, 'sensitive.read');
  return !(reach === 'all' || (reach === 'own' && createdBy === caller.subject));
}

export function toContact(row: ContactRow, caller: CallContext): contactsV1.Contact {
  const { id, version, state } = row;
  const values = Object.entries(state.values).filter(([field]) => !isHidden(caller, row.created_by, field));
  const preferences = Object.entries(state.preferences).map(([channel, preference]) => [channel, preference.state]);
  return {
    id,
    version,
    type: state.type,
    client: state.client,
    status: state.status,
    values: Object.fromEntries(values),
    ...elementsOf(state),
    tags: state.tags,
    externalIds: state.externalIds.map(({ system, id: externalId }) => ({ system, id: externalId })),
    preferences: Object.fromEntries(preferences),
    archived: state.archived !== null,
    archivedReason: state.archived?.reason ?? '',
    review: state.review,
    createdAtMs: row.created_at.getTime(),
    changedAtMs: row.changed_at.getTime(),
    createdBy: row.created_by,
    changedBy: row.changed_by,
    name: nameOf(state),
    position: row.position ?? '',
  };
}

function elementsOf(state: ContactState): Pick<contactsV1.Contact, 'phones' | 'emails' | 'addresses'> {
  const [phone, email, address] = [
    primaryOf(state, 'phones'),
    primaryOf(state, 'emails'),
    primaryOf(state, 'addresses'),
  ];
  return {
    phones: state.phones.map((each) => ({ ...each, primary: each.id === phone })),
    emails: state.emails.map((each) => ({ ...each, primary: each.id === email })),
    addresses: state.addresses.map(({ id, label, parts }) => {
      const { street = '', unit = '', city = '', state: region = '', zip = '', country = '' } = parts;
      return { id, label, street, unit, city, state: region, zip, country, primary: id === address };
    }),
  };
}
