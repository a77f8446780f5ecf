/**
 * Long work that one worker at a time does under a lease of the database's clock. The payload holds ids only; it is
 * read across companies by the workers, so the table carries no row-level security.
 */
export const JOB = `
create table es.job (
  id uuid primary key,
  kind text not null,
  tenant uuid not null,
  payload jsonb not null,
  owner text,
  lease_epoch bigint not null default 0,
  lease_until timestamptz not null default '-infinity',
  run_at timestamptz not null default clock_timestamp(),
  tries int not null default 0,
  last_error text,
  enqueued_at timestamptz not null default clock_timestamp())`;

export const JOB_READY = 'create index job_ready on es.job (kind, run_at, id)';
