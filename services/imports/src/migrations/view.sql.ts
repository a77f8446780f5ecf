import type { TableSql } from './table.sql.js';

/** Imports for lists and details (HIS-001, HIS-003), folded from their events in the append's transaction. */
const IMPORT = `
create table app.import (
  tenant uuid not null,
  id uuid not null,
  type text not null,
  state text not null,
  status text not null,
  revert_state text not null,
  origin text not null,
  created_by text not null,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  queued_at timestamptz,
  file_name text not null,
  file_sha256 text,
  file_kept_since timestamptz,
  listed boolean not null,
  view jsonb not null,
  primary key (tenant, id))`;

/** Runs whose chunks are known; `subject` is the import, or the revert, whose progress the run makes. */
const RUN = `
create table app.run (
  tenant uuid not null,
  run uuid not null,
  import_id uuid not null,
  subject uuid not null,
  kind text not null,
  attempt int not null,
  state text not null,
  rows int not null,
  chunks_per_lane int[] not null,
  actor text not null,
  primary key (tenant, run))`;

/** How far each lane's chunks have been dispatched. */
const DISPATCH = `
create table app.dispatch (
  tenant uuid not null,
  run uuid not null,
  lane int not null,
  next_seq int not null,
  dispatches int not null,
  at timestamptz not null,
  primary key (tenant, run, lane))`;

const REVERT = `
create table app.revert (
  tenant uuid not null,
  id uuid not null,
  import_id uuid not null,
  state text not null,
  created_at timestamptz not null,
  view jsonb not null,
  primary key (tenant, id))`;

export const VIEW_TABLES: readonly TableSql[] = [
  {
    table: 'app.import',
    create: IMPORT,
    indexes: [
      'create index import_newest on app.import (tenant, created_at desc, id)',
      'create index import_file on app.import (tenant, file_sha256)',
      `create index import_queue on app.import (tenant, queued_at) where state = 'QUEUED'`,
      'create index import_kept on app.import (file_kept_since) where file_kept_since is not null',
      `create index import_draft on app.import (changed_at) where state in ('DRAFT', 'UPLOADING', 'MAPPING', 'AWAITING_CONFIRMATION', 'CONFIRMED')`,
      `create index import_open on app.import (state) where state in ('RUNNING', 'CANCELLING', 'PAUSED_ACCESS', 'PAUSED_RESOURCE')`,
    ],
  },
  { table: 'app.run', create: RUN, indexes: [`create index run_open on app.run (state) where state = 'RUNNING'`] },
  { table: 'app.dispatch', create: DISPATCH, indexes: [] },
  { table: 'app.revert', create: REVERT, indexes: ['create index revert_import on app.revert (tenant, import_id, created_at)'] },
];
