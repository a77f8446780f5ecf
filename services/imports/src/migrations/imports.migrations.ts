import { consumerMigrations, eventStoreMigrations, jobMigrations } from '@caseledger/event-store';
import { Imports1763800000001 } from './imports.migration.js';

/** Everything the database of imports needs, in order. */
export const importsMigrations: readonly unknown[] = [
  ...eventStoreMigrations,
  ...consumerMigrations,
  ...jobMigrations,
  Imports1763800000001,
];
