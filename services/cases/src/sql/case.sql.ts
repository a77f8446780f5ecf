/**
 * The case as its stream gives it (inline projection): the state is the fold, the other columns are what lists filter
 * and sort by. archived is the reason of the archive, null while the case is live.
 */
export const CASE_STATE = `
create table app.case_state (
  tenant uuid not null,
  id uuid not null,
  version int not null check (version > 0),
  state json not null,
  number text not null,
  sort_name text not null,
  search text not null,
  type uuid not null,
  status uuid not null,
  category text not null check (category in ('OPEN', 'CLOSED')),
  source text not null,
  opened_on date,
  closed_on date,
  archived text,
  needs_review boolean not null,
  created_at timestamptz not null,
  created_by text not null,
  changed_at timestamptz not null,
  changed_by text not null,
  primary key (tenant, id)) with (fillfactor = 90)`;

/** A number belongs to one case for ever (CAS-001); this index is what finds a case by its number, too. */
export const CASE_BY_NUMBER = 'create unique index case_by_number on app.case_state (tenant, number)';
export const CASE_BY_NAME = 'create index case_by_name on app.case_state (tenant, sort_name, id)';
export const CASE_BY_CREATED = 'create index case_by_created on app.case_state (tenant, created_at, id)';
export const CASE_BY_CHANGED = 'create index case_by_changed on app.case_state (tenant, changed_at, id)';
export const CASE_BY_STATUS = 'create index case_by_status on app.case_state (tenant, status)';

/**
 * Finds a part of a name, number or external id anywhere in the search text (CAS-008). What an import adds is gathered
 * up to 16 MB before it is sorted into the index; a search reads what is gathered in passing.
 */
export const SEARCH_EXTENSION = 'create extension if not exists pg_trgm';
export const CASE_SEARCH = 'create index case_search on app.case_state using gin (search gin_trgm_ops) with (gin_pending_list_limit = 16384)';

/** Which contacts are on which cases, and how (CON-011). */
export const CASE_CONTACT = `
create table app.case_contact (
  tenant uuid not null,
  contact uuid not null,
  case_id uuid not null,
  role text not null,
  main boolean not null,
  primary key (tenant, contact, case_id, role))`;

/** Key dates by day, for filters (CAS-009). */
export const CASE_KEY_DATE = `
create table app.case_key_date (
  tenant uuid not null,
  case_id uuid not null,
  id int not null,
  kind text not null,
  day date not null,
  primary key (tenant, case_id, id))`;

export const CASE_KEY_DATE_BY_DAY = 'create index case_key_date_by_day on app.case_key_date (tenant, day)';

/** Which imports have written to which cases, and whether that contribution is in force. */
export const CASE_IMPORT = `
create table app.case_import (
  tenant uuid not null,
  import uuid not null,
  case_id uuid not null,
  in_force boolean not null,
  primary key (tenant, import, case_id))`;
