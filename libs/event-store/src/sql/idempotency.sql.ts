/** What was answered to a request with a key, kept for 24 hours (API-004). */
export const IDEMPOTENCY = `
create table es.idempotency (
  tenant uuid not null,
  key text not null check (length(key) between 1 and 255),
  request_hash bytea not null check (length(request_hash) = 32),
  batch bigint,
  result jsonb,
  at timestamptz not null default clock_timestamp(),
  primary key (tenant, key))`;

export const IDEMPOTENCY_AGE = 'create index idempotency_age on es.idempotency (tenant, at)';
