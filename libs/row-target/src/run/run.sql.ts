/** Runs that write into records (DESIGN §6): every chunk checks the state in its own transaction. */
export const RUN = `
create table app.run (
  tenant uuid not null,
  run uuid not null,
  import uuid not null,
  kind text not null check (kind in ('IMPORT', 'RETRY', 'REVERT', 'RESTORE')),
  attempt int not null,
  state text not null check (state in ('RUNNING', 'PAUSED', 'CANCELLED', 'CLOSED')),
  chunks int[] not null,
  primary key (tenant, run))`;

/**
 * Where each lane stands: the row whose lock and next_seq decide which chunk is applied, once (DESIGN 11). `stale` are
 * records whose planned change was not made, so that later rows of the plan cannot rest on it (PRE-005).
 */
export const IMPORT_LANE = `
create table app.import_lane (
  tenant uuid not null,
  run uuid not null,
  lane int not null,
  next_seq int not null,
  total int not null,
  tries int not null default 0,
  stale uuid[] not null default '{}',
  primary key (tenant, run, lane)) with (fillfactor = 50)`;
