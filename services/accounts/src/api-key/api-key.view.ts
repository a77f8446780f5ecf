import type { InlineProjection, StoredEvent, StoreTransaction } from '@caseledger/event-store';
import { CATEGORY } from '../accounts.catalogue.js';
import type { ApiKeyEvent } from './api-key.events.js';

export interface ApiKeyRow {
  readonly id: string;
  readonly member: string;
  readonly name: string;
  readonly scopes: string[];
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
}

/** A key and whom it stands for, as of now. */
export interface ApiKeyUse extends ApiKeyRow {
  readonly secretHash: Buffer;
  readonly roles: string[];
  readonly active: boolean;
  readonly suspended: boolean;
  readonly live: boolean;
}

const COLUMNS = 'k.id, k.member, k.name, k.scopes, k.expires_at as "expiresAt", k.last_used_at as "lastUsedAt", k.revoked_at as "revokedAt"';

const CREATE = `
insert into app.api_key (tenant, id, member, name, scopes, secret_hash, expires_at, created_at)
values ($1, $2, $3, $4, $5, decode($6, 'hex'), to_timestamp($7 / 1000.0), $8)`;

const USED = 'update app.api_key set last_used_at = $3 where tenant = $1 and id = $2';

const REVOKED = 'update app.api_key set revoked_at = $3 where tenant = $1 and id = $2';

const LIST = `select ${COLUMNS} from app.api_key k where tenant = $1 and ($2::uuid is null or id > $2) order by id limit $3`;

const FIND = `select ${COLUMNS} from app.api_key k where tenant = $1 and id = $2`;

const USE = `
select ${COLUMNS}, k.secret_hash as "secretHash", m.roles, m.active, c.suspended,
  k.revoked_at is null and (k.expires_at is null or k.expires_at > clock_timestamp()) as live
from app.api_key k join app.member m on m.tenant = k.tenant and m.id = k.member join app.company c on c.tenant = k.tenant
where k.tenant = $1 and k.id = $2`;

export const apiKeyView: InlineProjection = {
  name: 'api-key',
  tables: ['app.api_key'],
  categories: [CATEGORY.apiKey],
  apply: async (tx, events) => {
    for (const event of events) await applyOne(tx, event);
  },
};

async function applyOne(tx: StoreTransaction, stored: StoredEvent): Promise<void> {
  const event = apiKeyEventOf(stored);
  const { tenant } = tx;
  const { stream: id, at } = stored;
  if (event.type === 'ApiKeyUsed') return void (await tx.query({ name: 'api_key_used', text: USED, values: [tenant, id, at] }));
  if (event.type === 'ApiKeyRevoked') return void (await tx.query({ name: 'api_key_revoked', text: REVOKED, values: [tenant, id, at] }));
  const { userId, name, scopes, secretHash, expiresAtMs } = event.data;
  await tx.query({ name: 'api_key_create', text: CREATE, values: [tenant, id, userId, name, scopes, secretHash, expiresAtMs ?? null, at] });
}

/** A page of keys in the order they were made; `after` is the last id of the page before. */
export async function listApiKeys(tx: StoreTransaction, after: string | undefined, limit: number): Promise<ApiKeyRow[]> {
  return (await tx.query<ApiKeyRow>({ name: 'api_key_list', text: LIST, values: [tx.tenant, after ?? null, limit] })).rows;
}

export async function findApiKey(tx: StoreTransaction, id: string): Promise<ApiKeyRow | undefined> {
  return (await tx.query<ApiKeyRow>({ name: 'api_key_find', text: FIND, values: [tx.tenant, id] })).rows[0];
}

export async function readApiKeyUse(tx: StoreTransaction, id: string): Promise<ApiKeyUse | undefined> {
  return (await tx.query<ApiKeyUse>({ name: 'api_key_use', text: USE, values: [tx.tenant, id] })).rows[0];
}

/** The log's bytes become this service's own type here: the catalogue let nothing else in. */
export function apiKeyEventOf({ type, data }: StoredEvent): ApiKeyEvent {
  return { type, data } as unknown as ApiKeyEvent;
}
