/**
 * The contact as its stream gives it (inline projection): the state is the fold, the other columns are what lists filter
 * and sort by. archived is the reason of the archive, null while the contact is live.
 */
export const CONTACT = `
create table app.contact (
  tenant uuid not null,
  id uuid not null,
  version int not null check (version > 0),
  state json not null,
  type text not null,
  client boolean not null,
  status text not null,
  name text not null,
  sort_name text not null,
  search text not null,
  region text not null,
  has_phone boolean not null,
  has_email boolean not null,
  archived text,
  needs_review boolean not null,
  created_at timestamptz not null,
  created_by text not null,
  changed_at timestamptz not null,
  changed_by text not null,
  primary key (tenant, id)) with (fillfactor = 90)`;

export const CONTACT_BY_NAME = 'create index contact_by_name on app.contact (tenant, sort_name, id)';
export const CONTACT_BY_CREATED = 'create index contact_by_created on app.contact (tenant, created_at, id)';
export const CONTACT_BY_CHANGED = 'create index contact_by_changed on app.contact (tenant, changed_at, id)';

/**
 * Finds a part of a name, number, address or id anywhere in the search text (CON-009). What an import adds is gathered
 * up to 16 MB before it is sorted into the index, which costs its rows less; a search reads what is gathered in passing.
 */
export const SEARCH_EXTENSION = 'create extension if not exists pg_trgm';
export const CONTACT_SEARCH = 'create index contact_search on app.contact using gin (search gin_trgm_ops) with (gin_pending_list_limit = 16384)';

/** Which imports have written to which contacts, and whether that contribution is in force. */
export const CONTACT_IMPORT = `
create table app.contact_import (
  tenant uuid not null,
  import uuid not null,
  contact uuid not null,
  in_force boolean not null,
  primary key (tenant, import, contact))`;
