import { eventStoreMigrations, relayMigrations, tenantTable } from '@caseledger/event-store';
import { IMPORT_LANE, MATCH_KEY, RUN } from '@caseledger/row-target';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import {
  CASE_BY_CHANGED,
  CASE_BY_CREATED,
  CASE_BY_NAME,
  CASE_BY_NUMBER,
  CASE_BY_STATUS,
  CASE_CONTACT,
  CASE_IMPORT,
  CASE_KEY_DATE,
  CASE_KEY_DATE_BY_DAY,
  CASE_SEARCH,
  CASE_STATE,
  SEARCH_EXTENSION,
} from '../sql/case.sql.js';
import {
  CASE_LIST,
  CASE_LIST_BY_NAME,
  CASE_LIST_MEMBER,
  CASE_NUMBER,
  CASE_NUMBER_BLOCK,
  CASE_TYPE,
} from '../sql/setting.sql.js';

const OBJECTS = [
  SEARCH_EXTENSION,
  CASE_STATE,
  CASE_BY_NUMBER,
  CASE_BY_NAME,
  CASE_BY_CREATED,
  CASE_BY_CHANGED,
  CASE_BY_STATUS,
  CASE_SEARCH,
  CASE_CONTACT,
  CASE_KEY_DATE,
  CASE_KEY_DATE_BY_DAY,
  CASE_IMPORT,
  CASE_TYPE,
  CASE_LIST,
  CASE_LIST_BY_NAME,
  CASE_LIST_MEMBER,
  CASE_NUMBER,
  CASE_NUMBER_BLOCK,
  MATCH_KEY,
  RUN,
  IMPORT_LANE,
];

const TABLES = [
  'app.case_state',
  'app.case_contact',
  'app.case_key_date',
  'app.case_import',
  'app.case_type',
  'app.case_list',
  'app.case_list_member',
  'app.case_number',
  'app.case_number_block',
  'app.match_key',
  'app.run',
  'app.import_lane',
];

/** The read models of cases; run as the owner, after the event store's own migrations. */
class Cases1764000000001 implements MigrationInterface {
  readonly name = 'Cases1764000000001';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...OBJECTS, ...TABLES.flatMap((table) => tenantTable(table))]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table ${TABLES.join(', ')}`);
  }
}

/** Everything the database of cases needs, in order. */
export const casesMigrations = [...eventStoreMigrations, ...relayMigrations, Cases1764000000001];
