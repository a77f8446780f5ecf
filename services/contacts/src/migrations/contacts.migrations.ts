import { eventStoreMigrations, relayMigrations, tenantTable } from '@caseledger/event-store';
import { IMPORT_LANE, MATCH_KEY, RUN } from '@caseledger/row-target';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import {
  CONTACT,
  CONTACT_BY_CHANGED,
  CONTACT_BY_CREATED,
  CONTACT_BY_NAME,
  CONTACT_IMPORT,
  CONTACT_SEARCH,
  SEARCH_EXTENSION,
} from '../sql/contact.sql.js';

const TABLES = ['app.contact', 'app.match_key', 'app.contact_import', 'app.run', 'app.import_lane'];

/** The read models of contacts; run as the owner, after the event store's own migrations. */
class Contacts1763720000001 implements MigrationInterface {
  readonly name = 'Contacts1763720000001';

  async up(runner: QueryRunner): Promise<void> {
    const objects = [
      SEARCH_EXTENSION,
      CONTACT,
      CONTACT_BY_NAME,
      CONTACT_BY_CREATED,
      CONTACT_BY_CHANGED,
      CONTACT_SEARCH,
      MATCH_KEY,
      CONTACT_IMPORT,
      RUN,
      IMPORT_LANE,
    ];
    for (const statement of [...objects, ...TABLES.flatMap((table) => tenantTable(table))])
      await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table ${TABLES.join(', ')}`);
  }
}

/** Everything the database of contacts needs, in order. */
export const contactsMigrations = [...eventStoreMigrations, ...relayMigrations, Contacts1763720000001];
