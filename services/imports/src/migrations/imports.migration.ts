import type { MigrationInterface, QueryRunner } from 'typeorm';
import { tenantTable } from '@caseledger/event-store';
import { FILE_TABLES } from './file.sql.js';
import { LEDGER_TABLES } from './ledger.sql.js';
import { VIEW_TABLES } from './view.sql.js';

/** The tables of imports beside its event store: what is kept of files, the views of its events, and the ledger. */
export class Imports1763800000001 implements MigrationInterface {
  readonly name = 'Imports1763800000001';

  async up(runner: QueryRunner): Promise<void> {
    for (const { table, create, indexes } of [...FILE_TABLES, ...VIEW_TABLES, ...LEDGER_TABLES]) {
      for (const statement of [create, ...indexes, ...tenantTable(table)]) await runner.query(statement);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const { table } of [...LEDGER_TABLES, ...VIEW_TABLES, ...FILE_TABLES].reverse()) {
      await runner.query(`drop table ${table}`);
    }
  }
}
