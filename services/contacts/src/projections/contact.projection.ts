import {
  KNOWN_OWNERS,
  knownHashes,
  writeKeys,
  batchesOf,
  changesOfBatch,
  contributionsIn,
  type KeyHasher,
  type FoldedKind,
  type RecordChange,
} from '@caseledger/row-target';
import { pgArray, type InlineProjection, type StoreTransaction } from '@caseledger/event-store';
import { evolveAll, initial, type ContactState } from '../contact/contact.js';
import { CONTACT_CATEGORY, contactEventOf, pastEventOf } from '../contact/stored-contact.js';
import { keysOfRecord } from '../rows/record-keys.js';
import { columnsOfState, type ContactColumns } from './contact.row.js';

/** A contact before and after the events at hand. */
export type ContactChange = RecordChange<ContactState>;

/** Contacts, their match keys and the imports that contribute to them, in the append's transaction (DESIGN 6). */
export function contactProjection(hasher: KeyHasher): InlineProjection {
  return {
    name: 'contact',
    tables: ['app.contact', 'app.match_key', 'app.contact_import'],
    categories: [CONTACT_CATEGORY],
    apply: async (tx, events, known) => {
      for (const batch of batchesOf(events)) {
        const changes = await changesOfBatch(tx, folded, batch, known);
        await writeContacts(tx, changes);
        await writeKeys(
          tx,
          { hasher: knownHashes(hasher, known), keysOf: keysOfRecord },
          changes,
          known?.get(KNOWN_OWNERS) as ReadonlyMap<string, readonly string[]> | undefined,
        );
        await writeContributions(tx, batch);
      }
    },
  };
}

const writeContributions = contributionsIn('app.contact_import', 'contact');

const folded: FoldedKind<ContactState> = {
  load: loadStates,
  fold: (before, events) =>
    evolveAll(
      before ?? initial(),
      events.map((stored) => ({ event: contactEventOf(stored), source: pastEventOf(stored) })),
    ),
};

const STATES = `
select c.id, c.state from unnest($2::uuid[]) u(id) cross join lateral (
  select c.id, c.state from app.contact c where c.tenant = $1 and c.id = u.id limit 1) c`;

async function loadStates(tx: StoreTransaction, ids: readonly string[]): Promise<Map<string, ContactState>> {
  if (ids.length === 0) return new Map();
  const values = [tx.tenant, pgArray('uuid', ids)];
  const { rows } = await tx.query<{ id: string; state: ContactState }>({
    name: 'contact_states',
    text: STATES,
    values,
  });
  return new Map(rows.map(({ id, state }) => [id, state]));
}

const INSERT = `
insert into app.contact (tenant, id, version, state, type, client, status, name, sort_name, search, region, has_phone, has_email,
  archived, needs_review, created_at, created_by, changed_at, changed_by)
select $1, u.id, u.version, u.state, u.type, u.client, u.status, u.name, u.sort_name, u.search, u.region, u.has_phone, u.has_email,
  u.archived, u.needs_review, u.at, u.by, u.at, u.by
from unnest($2::uuid[], $3::int4[], $4::json[], $5::text[], $6::bool[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[],
  $12::bool[], $13::bool[], $14::text[], $15::bool[], $16::timestamptz[], $17::text[])
  u(id, version, state, type, client, status, name, sort_name, search, region, has_phone, has_email, archived, needs_review, at, by)`;

const UPDATE = `
update app.contact c set version = u.version, state = u.state, type = u.type, client = u.client, status = u.status, name = u.name,
  sort_name = u.sort_name, search = u.search, region = u.region, has_phone = u.has_phone, has_email = u.has_email,
  archived = u.archived, needs_review = u.needs_review, changed_at = u.at, changed_by = u.by
from unnest($2::uuid[], $3::int4[], $4::json[], $5::text[], $6::bool[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[],
  $12::bool[], $13::bool[], $14::text[], $15::bool[], $16::timestamptz[], $17::text[])
  u(id, version, state, type, client, status, name, sort_name, search, region, has_phone, has_email, archived, needs_review, at, by)
cross join lateral (select f.ctid as place from app.contact f where f.tenant = $1 and f.id = u.id limit 1) f
where c.ctid = f.place`;

interface LiveChange {
  readonly change: ContactChange;
  readonly after: ContactState;
  readonly columns: ContactColumns;
}

async function writeContacts(tx: StoreTransaction, changes: readonly ContactChange[]): Promise<void> {
  const made: LiveChange[] = [];
  const changed: LiveChange[] = [];
  const erased: string[] = [];
  for (const change of changes) {
    const { id, after, created } = change;
    if (after === undefined) erased.push(id);
    else (created ? made : changed).push({ change, after, columns: columnsOfState(after) });
  }
  if (made.length > 0) await tx.query({ name: 'contact_insert', text: INSERT, values: valuesOf(tx.tenant, made) });
  if (changed.length > 0) {
    // Whoever writes a contact holds its stream, so nobody moves the rows that were found.
    const { rowCount } = await tx.query({ name: 'contact_update', text: UPDATE, values: valuesOf(tx.tenant, changed) });
    if (rowCount !== changed.length) throw new Error(`${rowCount} of ${changed.length} changed contacts were there`);
  }
  if (erased.length > 0) {
    await tx.query('delete from app.contact where tenant = $1 and id = any($2::uuid[])', [
      tx.tenant,
      pgArray('uuid', erased),
    ]);
  }
}

function valuesOf(tenant: string, rows: readonly LiveChange[]): unknown[] {
  const texts = (pick: (row: LiveChange) => string | null): Buffer => pgArray('text', rows.map(pick));
  const flags = (pick: (row: LiveChange) => boolean): Buffer => pgArray('bool', rows.map(pick));
  const ids = rows.map(({ change }) => change.id);
  const versions = rows.map(({ change }) => change.version);
  const states = rows.map(({ after }) => JSON.stringify(after));
  const times = rows.map(({ change }) => change.last.at);
  return [
    tenant,
    pgArray('uuid', ids),
    pgArray('int4', versions),
    pgArray('json', states),
    texts(({ after }) => after.type),
    flags(({ after }) => after.client),
    texts(({ after }) => after.status),
    texts(({ columns }) => columns.name),
    texts(({ columns }) => columns.sortName),
    texts(({ columns }) => columns.search),
    texts(({ columns }) => columns.region),
    flags(({ after }) => after.phones.length > 0),
    flags(({ after }) => after.emails.length > 0),
    texts(({ columns }) => columns.archived),
    flags(({ after }) => after.review.length > 0),
    pgArray('timestamptz', times),
    texts(({ change }) => change.last.actor ?? ''),
  ];
}
