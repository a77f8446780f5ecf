/** A case type with its statuses as its stream gives it (TYP-001). Whoever puts cases in one holds its row shared. */
export const CASE_TYPE = `
create table app.case_type (
  tenant uuid not null,
  id uuid not null,
  version int not null check (version > 0),
  state jsonb not null,
  archived boolean not null,
  made_at timestamptz not null,
  changed_by text not null,
  primary key (tenant, id))`;

/** A list of cases (LST-001); folded is its name without regard to case. */
export const CASE_LIST = `
create table app.case_list (
  tenant uuid not null,
  id uuid not null,
  version int not null check (version > 0),
  state jsonb not null,
  folded text not null,
  archived boolean not null,
  import uuid,
  made_at timestamptz not null,
  primary key (tenant, id))`;

/** Names are unique among lists that are not archived (OPT-006); the command says so kindly, this says it for certain. */
export const CASE_LIST_BY_NAME = 'create unique index case_list_by_name on app.case_list (tenant, folded) where not archived';

export const CASE_LIST_MEMBER = `
create table app.case_list_member (
  tenant uuid not null,
  list uuid not null,
  case_id uuid not null,
  primary key (tenant, list, case_id))`;

/** The next number of each year that nobody has (CAS-001). */
export const CASE_NUMBER = `
create table app.case_number (
  tenant uuid not null,
  year int not null,
  next int not null check (next > 0),
  primary key (tenant, year))`;

/** The block of numbers of an import: the row n has first + n - 1, in the first run as in every retry. */
export const CASE_NUMBER_BLOCK = `
create table app.case_number_block (
  tenant uuid not null,
  import uuid not null,
  year int not null,
  first int not null,
  count int not null,
  primary key (tenant, import))`;
