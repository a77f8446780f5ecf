import type { TableSql } from './table.sql.js';

/** The outcome of every row of every attempt, for ever and without personal data (LED-002, LED-003). */
const IMPORT_ROW = `
create table app.import_row (
  tenant uuid not null,
  import_id uuid not null,
  row int not null,
  attempt int not null,
  latest boolean not null,
  outcome text not null,
  reason text not null,
  codes jsonb not null,
  effects json not null,
  match json,
  decision json,
  at timestamptz not null,
  primary key (tenant, import_id, row, attempt))`;

/** Chunks with their outcome: how far each lane of a run has come. */
const RUN_CHUNK = `
create table app.run_chunk (
  tenant uuid not null,
  run uuid not null,
  lane int not null,
  seq int not null,
  rows int not null,
  at timestamptz not null,
  primary key (tenant, run, lane, seq))`;

/**
 * Counts of the last attempt of every row (or of the records of a revert), and the number of its last step; below each
 * run of an import, the counts of that attempt alone. The steps are numbered as they become known here; a rebuild numbers them anew.
 */
const TALLY = `
create table app.tally (
  tenant uuid not null,
  subject uuid not null,
  step bigint not null,
  counts jsonb not null,
  primary key (tenant, subject))`;

const PROGRESS = `
create table app.import_progress (
  tenant uuid not null,
  subject uuid not null,
  step bigint not null,
  attempt int not null,
  rows int not null,
  done int not null,
  counts jsonb not null,
  at timestamptz not null,
  primary key (tenant, subject, step))`;

/** Records of a revert: the prediction of its preview, then what became of each (REV-008, REV-011). */
const REVERT_RECORD = `
create table app.revert_record (
  tenant uuid not null,
  revert uuid not null,
  record uuid not null,
  lane int not null,
  seq int not null,
  version int not null,
  predicted text not null,
  reason text not null,
  outcome text,
  primary key (tenant, revert, record))`;

/** What a user of the company may do now, from the events of accounts (SEC-012). */
const MEMBER_RIGHT = `
create table app.member_right (
  tenant uuid not null,
  user_id uuid not null,
  active boolean not null,
  permissions text[] not null,
  primary key (tenant, user_id))`;

const COMPANY = `
create table app.company (
  tenant uuid primary key,
  suspended boolean not null,
  kind text not null,
  default_country text not null,
  time_zone text not null)`;

export const LEDGER_TABLES: readonly TableSql[] = [
  {
    table: 'app.import_row',
    create: IMPORT_ROW,
    indexes: ['create index import_row_latest on app.import_row (tenant, import_id, outcome, row) where latest'],
  },
  { table: 'app.run_chunk', create: RUN_CHUNK, indexes: [] },
  { table: 'app.tally', create: TALLY, indexes: [] },
  { table: 'app.import_progress', create: PROGRESS, indexes: [] },
  {
    table: 'app.revert_record',
    create: REVERT_RECORD,
    indexes: ['create index revert_record_outcome on app.revert_record (tenant, revert, predicted, record)'],
  },
  { table: 'app.member_right', create: MEMBER_RIGHT, indexes: [] },
  { table: 'app.company', create: COMPANY, indexes: [] },
];
