import { eventStoreMigrations, jobMigrations, relayMigrations } from '@caseledger/event-store';
import { CaseImports1764000000002 } from './case-imports.migration.js';
import { Imports1763800000001 } from './imports.migration.js';

/** Everything the database of imports needs, in order. */
export const importsMigrations: readonly unknown[] = [
  ...eventStoreMigrations,
  ...relayMigrations,
  ...jobMigrations,
  Imports1763800000001,
  CaseImports1764000000002,
];
