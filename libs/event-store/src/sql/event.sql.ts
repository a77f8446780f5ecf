/** The present version of every stream: the row whose lock or compare-and-set decides between two writers. */
export const STREAM = `
create table es.stream (
  tenant uuid not null,
  stream uuid not null,
  category text not null,
  version int not null check (version > 0),
  primary key (tenant, stream)) with (fillfactor = 80)`;

/** Holes are harmless: batch ids name, they never order. */
export const BATCH_SEQUENCE = 'create sequence es.batch_id';

/** One row per appending transaction: everything its events have in common. */
export const BATCH = `
create table es.batch (
  id bigint primary key default nextval('es.batch_id'),
  shard smallint not null,
  tenant uuid not null,
  n int not null check (n between 1 and 10000),
  content_hash bytea not null check (length(content_hash) = 32),
  source_kind text not null check (source_kind in ('user', 'import', 'revert', 'sync', 'api', 'portal', 'system')),
  source_id text,
  actor text,
  correlation text,
  causation text,
  traceparent text,
  at timestamptz not null)`;

/** "Every event of import X" without an index entry per event. */
export const BATCH_SOURCE = `
create index batch_source on es.batch (tenant, source_id, id) where source_id is not null`;

/**
 * The events. \`data\` is in clear, \`pii\` is sealed with the person's key, \`idx\` orders inside the batch from 0. Facts
 * are written once and read whole, so they stay the text they were hashed as: jsonb costs a third more time and bytes.
 */
export const EVENT = `
create table es.event (
  batch bigint not null,
  idx int not null check (idx >= 0),
  tenant uuid not null,
  stream uuid not null,
  category text not null,
  version int not null check (version > 0),
  event_id uuid not null,
  type text not null,
  schema_version smallint not null check (schema_version > 0),
  data json not null,
  pii bytea,
  meta json not null,
  primary key (batch, idx),
  unique (tenant, stream, version))`;

/**
 * Refuses events for a batch that is sealed already or does not exist: they would be read with their stream and never
 * be found in the log.
 */
export const ADMIT = `
create function es.admit() returns trigger language plpgsql security definer set search_path = pg_catalog, es, pg_temp as $admit$
declare
  refused bigint;
begin
  select a.batch into refused
  from (select distinct batch from added) a
  where not exists (select from es.batch b where b.id = a.batch) or exists (select from es.log l where l.batch = a.batch)
  limit 1;
  if found then
    raise exception 'batch % is not open', refused using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end $admit$`;

export const ADMIT_TRIGGER = `
create trigger admit after insert on es.event
referencing new table as added for each statement execute function es.admit()`;

export const FORBID = `
create function es.forbid() returns trigger language plpgsql as $forbid$
begin
  raise exception 'es.% is append-only', tg_table_name using errcode = 'feature_not_supported';
end $forbid$`;

/** Append-only twice over: no grant allows a change, and where one did, the trigger refuses it, the owner's too. */
export function appendOnly(table: string): string {
  return `create trigger append_only before update or delete or truncate on ${table}
for each statement execute function es.forbid()`;
}
