import { postgresVault, vaultMigrations, type SaltVault } from '@caseledger/event-store';
import type { DatabaseUrls } from '@caseledger/local';
import { testDatabase } from './test-database.js';

/** A vault of salts in a database of its own. */
export interface TestVault {
  readonly vault: SaltVault;
  readonly urls: DatabaseUrls;
  drop(): Promise<void>;
}

/** A new vault for one spec file, as the event store needs it. */
export async function testVault(name = 'vault'): Promise<TestVault> {
  const database = await testDatabase(name, vaultMigrations);
  const { app } = await database.open({ poolMax: 4 });
  return { vault: postgresVault(app), urls: database.urls, drop: () => database.drop() };
}
