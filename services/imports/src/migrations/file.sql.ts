import type { TableSql } from './table.sql.js';

/** The key of an import's file and objects, sealed by the company's key; gone with the file (DESIGN 23). */
const IMPORT_KEY = `
create table app.import_key (
  tenant uuid not null,
  import_id uuid not null,
  sealed bytea not null,
  primary key (tenant, import_id))`;

/** The parts of an upload as they arrived (FIL-005). */
const UPLOAD_PART = `
create table app.upload_part (
  tenant uuid not null,
  import_id uuid not null,
  part int not null,
  size_bytes bigint not null,
  sha256 text not null,
  primary key (tenant, import_id, part))`;

/**
 * Which objects count: row objects of a configuration, match keys, chunks and verdicts of a plan, chunks of a run. An
 * object's key follows from its row here, hash included, so an object that nobody recorded is never read.
 */
const MANIFEST = `
create table app.manifest (
  tenant uuid not null,
  set_id uuid not null,
  kind text not null,
  generation int not null,
  lane int not null,
  seq int not null,
  rows int not null,
  first_row int not null,
  last_row int not null,
  sha256 text not null,
  primary key (tenant, set_id, kind, generation, lane, seq))`;

/** A plan in the making: the lanes of its present generation and the positions they rest on. */
const PLAN_WORK = `
create table app.plan_work (
  tenant uuid not null,
  plan uuid not null,
  import_id uuid not null,
  generation int not null,
  lanes int not null,
  config uuid not null,
  rows int not null,
  positions jsonb not null,
  primary key (tenant, plan))`;

const PLAN_LANE = `
create table app.plan_lane (
  tenant uuid not null,
  plan uuid not null,
  generation int not null,
  lane int not null,
  primary key (tenant, plan, generation, lane))`;

/** The prediction of a row in brief; the whole of it is in the verdict object it points to. */
const PLAN_ROW = `
create table app.plan_row (
  tenant uuid not null,
  plan uuid not null,
  row int not null,
  generation int not null,
  lane int not null,
  seq int not null,
  outcome text not null,
  reason text not null,
  match_verdict text not null,
  record uuid,
  version int not null,
  earlier_row int not null,
  effects text[] not null,
  codes jsonb not null,
  digest bytea not null,
  primary key (tenant, plan, row))`;

export const FILE_TABLES: readonly TableSql[] = [
  { table: 'app.import_key', create: IMPORT_KEY, indexes: [] },
  { table: 'app.upload_part', create: UPLOAD_PART, indexes: [] },
  { table: 'app.manifest', create: MANIFEST, indexes: ['create index manifest_rows on app.manifest (tenant, set_id, kind, first_row)'] },
  { table: 'app.plan_work', create: PLAN_WORK, indexes: ['create index plan_work_import on app.plan_work (tenant, import_id)'] },
  { table: 'app.plan_lane', create: PLAN_LANE, indexes: [] },
  { table: 'app.plan_row', create: PLAN_ROW, indexes: [] },
];
