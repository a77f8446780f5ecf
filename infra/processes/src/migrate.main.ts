import { accountsMigrations } from '@caseledger/accounts';
import { casesMigrations } from '@caseledger/cases';
import { contactsMigrations } from '@caseledger/contacts';
import { vaultMigrations } from '@caseledger/event-store';
import { importsMigrations } from '@caseledger/imports';
import { createLogger, openDatabase, readOrExit } from '@caseledger/service-kit';
import { readDatabases } from './config.js';

/** Brings every database's schema up to date, as its owner, and ends. */
const migrations = { accounts: accountsMigrations, contacts: contactsMigrations, cases: casesMigrations, imports: importsMigrations, vault: vaultMigrations };
const logger = createLogger({ service: 'migrate' });
for (const [name, config] of Object.entries(readOrExit(() => readDatabases()))) {
  const database = await openDatabase(config, { migrations: migrations[name as keyof typeof migrations] });
  await database.close();
  logger.info({ database: name }, 'Schema is up to date');
}
