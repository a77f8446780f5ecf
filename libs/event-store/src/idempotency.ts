import { createHash } from 'node:crypto';
import { DomainError, concurrency, validation } from '@caseledger/errors';
import { canonicalJson } from './canonical-json.js';
import type { JsonValue } from './json.types.js';
import { sqlStateOf } from './store-errors.js';
import type { StoreTransaction } from './store.types.js';

const LOCK_TIMEOUT = '55P03';

/** As the table has it. */
const KEY_CHARACTERS_MAX = 255;

/** Takes the key, or takes it over when it is older than the 24 hours a key holds (API-004). */
const CLAIM = `
insert into es.idempotency as i (tenant, key, request_hash) values ($1, $2, $3)
on conflict (tenant, key) do update
set request_hash = excluded.request_hash, result = null, batch = null, at = clock_timestamp()
where i.at < clock_timestamp() - interval '24 hours'
returning 1`;

const FIND = 'select request_hash, result from es.idempotency where tenant = $1 and key = $2';

const STORE = 'update es.idempotency set result = $3, batch = $4 where tenant = $1 and key = $2';

/** A little of the old at a time, so that the table does not grow for ever and nobody waits for a big deletion. */
const SWEEP = `
delete from es.idempotency where (tenant, key) in (
  select tenant, key from es.idempotency where tenant = $1 and at < clock_timestamp() - interval '25 hours'
  order by at limit 10 for update skip locked)`;

/**
 * Takes a key for this transaction. Another transaction that holds it is waited for. Returns the stored result when
 * the same request was answered before, undefined when the work is to be done now.
 * @throws DomainError IDEMPOTENCY_KEY_REUSED, IDEMPOTENCY_IN_PROGRESS; TEXT_TOO_LONG
 */
export async function claimKey(tx: StoreTransaction, key: string, request: JsonValue): Promise<{ result: JsonValue } | undefined> {
  if (key.length > KEY_CHARACTERS_MAX) throw validation('TEXT_TOO_LONG', { n: key.length, field: 'idempotency key', limit: KEY_CHARACTERS_MAX }, 'idempotencyKey');
  const hash = createHash('sha256').update(canonicalJson(request)).digest();
  const claimed = await claim(tx, key, hash);
  if (claimed) {
    await tx.query({ name: 'es_key_sweep', text: SWEEP, values: [tx.tenant] });
    return undefined;
  }
  const { rows } = await tx.query<{ request_hash: Buffer; result: JsonValue }>({
    name: 'es_key_find',
    text: FIND,
    values: [tx.tenant, key],
  });
  const [found] = rows;
  if (found === undefined) throw new Error('The idempotency key vanished');
  if (!found.request_hash.equals(hash)) throw new DomainError('validation', 'IDEMPOTENCY_KEY_REUSED');
  return { result: found.result };
}

/** Stores the answer, in the transaction of what it answers for. */
export async function storeResult(tx: StoreTransaction, key: string, result: JsonValue, batch: string | undefined): Promise<void> {
  await tx.query({ name: 'es_key_store', text: STORE, values: [tx.tenant, key, JSON.stringify(result), batch ?? null] });
}

async function claim(tx: StoreTransaction, key: string, hash: Buffer): Promise<boolean> {
  try {
    const { rowCount } = await tx.query({ name: 'es_key_claim', text: CLAIM, values: [tx.tenant, key, hash] });
    return rowCount > 0;
  } catch (thrown) {
    if (sqlStateOf(thrown) === LOCK_TIMEOUT) throw concurrency('IDEMPOTENCY_IN_PROGRESS');
    throw thrown;
  }
}
