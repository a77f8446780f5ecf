import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a row's contacts would become, beside the case (LED-002). */
const PARTS = 'alter table app.plan_row add column parts jsonb';

/** Chunks have their outcome from each target that has a say in it; until now contacts was the only one. */
const CHUNK_TARGET = `
alter table app.run_chunk add column target text not null default 'contacts',
  drop constraint run_chunk_pkey, add primary key (tenant, run, lane, seq, target)`;

const RECORD_TARGET = `alter table app.revert_record add column target text not null default 'contacts'`;

const SAID_FROM_NOW_ON = [
  'alter table app.run_chunk alter column target drop default',
  'alter table app.revert_record alter column target drop default',
];

/** Imports of cases write into two targets: ledgers and reverts say which. */
export class CaseImports1764000000002 implements MigrationInterface {
  readonly name = 'CaseImports1764000000002';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [PARTS, CHUNK_TARGET, RECORD_TARGET, ...SAID_FROM_NOW_ON]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table app.revert_record drop column target');
    await runner.query(`alter table app.run_chunk drop constraint run_chunk_pkey, drop column target,
      add primary key (tenant, run, lane, seq)`);
    await runner.query('alter table app.plan_row drop column parts');
  }
}
