import type { InlineProjection, StoredEvent, StoreTransaction } from '@caseledger/event-store';
import { CATEGORY } from '../accounts.catalogue.js';
import type { UserEvent } from './user.events.js';

export interface UserRow {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly roles: string[];
  readonly active: boolean;
  readonly createdAt: Date;
}

const COLUMNS = 'id, name, email, roles, active, created_at as "createdAt"';

const INVITE = `
insert into app.member (tenant, id, name, email, email_key, roles, active, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8)`;

const CHANGE = `
update app.member set roles = $3, active = $4, name = coalesce($5, name), email = coalesce($6, email),
  email_key = coalesce($7, email_key), password_hash = coalesce($8, password_hash)
where tenant = $1 and id = $2`;

const FIND = `select ${COLUMNS} from app.member where tenant = $1 and id = any($2::uuid[]) order by id`;

const LIST = `select ${COLUMNS} from app.member where tenant = $1 and ($2::uuid is null or id > $2) order by id limit $3`;

const EMAIL_OWNER = 'select id from app.member where tenant = $1 and email_key = $2';

const OTHER_OWNERS = `select count(*)::int as n from app.member where tenant = $1 and id <> $2 and active and 'owner' = any(roles)`;

/**
 * The users of a company.
 * @param emailKey keyed hash of a folded e-mail
 */
export function userView(emailKey: (email: string) => Buffer): InlineProjection {
  return {
    name: 'user',
    tables: ['app.member'],
    categories: [CATEGORY.user],
    apply: async (tx, events) => {
      for (const event of events) await applyOne(tx, event, emailKey);
    },
  };
}

async function applyOne(tx: StoreTransaction, stored: StoredEvent, emailKey: (email: string) => Buffer): Promise<void> {
  const event = userEventOf(stored);
  const { roles, active } = event.data;
  if (event.type === 'UserInvited') {
    // An erased user keeps his row and his id, without name and e-mail; his key then stands for nobody.
    const { name = '', email = '' } = event.data;
    const key = emailKey(email === '' ? stored.stream : email);
    await tx.query({ name: 'user_invite', text: INVITE, values: [tx.tenant, stored.stream, name, email, key, roles, active, stored.at] });
    return;
  }
  const { name, email, passwordHash } = { name: undefined, email: undefined, passwordHash: undefined, ...event.data };
  const values = [tx.tenant, stored.stream, roles, active, name ?? null, email ?? null, email === undefined ? null : emailKey(email), passwordHash ?? null];
  await tx.query({ name: 'user_change', text: CHANGE, values });
}

/** Users of this company by id, in the order of their ids; unknown ids are left out. */
export async function findUsers(tx: StoreTransaction, ids: readonly string[]): Promise<UserRow[]> {
  return (await tx.query<UserRow>({ name: 'user_find', text: FIND, values: [tx.tenant, [...ids]] })).rows;
}

/** A page of users in the order they were made; `after` is the last id of the page before. */
export async function listUsers(tx: StoreTransaction, after: string | undefined, limit: number): Promise<UserRow[]> {
  return (await tx.query<UserRow>({ name: 'user_list', text: LIST, values: [tx.tenant, after ?? null, limit] })).rows;
}

/** Who of this company has the e-mail. */
export async function findEmailOwner(tx: StoreTransaction, key: Buffer): Promise<string | undefined> {
  const { rows } = await tx.query<{ id: string }>({ name: 'user_email', text: EMAIL_OWNER, values: [tx.tenant, key] });
  return rows[0]?.id;
}

/** Active owners besides one user. */
export async function countOtherOwners(tx: StoreTransaction, id: string): Promise<number> {
  const { rows } = await tx.query<{ n: number }>({ name: 'user_owners', text: OTHER_OWNERS, values: [tx.tenant, id] });
  return rows[0]?.n ?? 0;
}

/** The log's bytes become this service's own type here: the catalogue let nothing else in. */
export function userEventOf({ type, data }: StoredEvent): UserEvent {
  return { type, data } as unknown as UserEvent;
}
