import { address, choice, databaseUrl, integer, readEnvironment, text, type DatabaseConfig, type Environment, type LogLevel } from '@caseledger/service-kit';
import { eventStreams, type EventStreams } from '@caseledger/event-streams';
import { readImportsConfig, type ImportsConfig } from '@caseledger/imports';

/** The databases of an installation with their owner's addresses: for migrations, verify and rebuild. */
export interface Databases {
  readonly accounts: Required<Omit<DatabaseConfig, 'poolMax'>>;
  readonly contacts: Required<Omit<DatabaseConfig, 'poolMax'>>;
  readonly cases: Required<Omit<DatabaseConfig, 'poolMax'>>;
  readonly imports: Required<Omit<DatabaseConfig, 'poolMax'>>;
  readonly vault: Required<Omit<DatabaseConfig, 'poolMax'>>;
}

/** @throws ConfigurationFaults naming every fault at once */
export function readDatabases(env: Environment = process.env): Databases {
  const read = readEnvironment(env, {
    accountsApp: databaseUrl('ACCOUNTS_DATABASE_URL'),
    accountsTail: databaseUrl('ACCOUNTS_DATABASE_TAIL_URL'),
    accountsOwner: databaseUrl('ACCOUNTS_DATABASE_OWNER_URL'),
    contactsApp: databaseUrl('CONTACTS_DATABASE_URL'),
    contactsTail: databaseUrl('CONTACTS_DATABASE_TAIL_URL'),
    contactsOwner: databaseUrl('CONTACTS_DATABASE_OWNER_URL'),
    casesApp: databaseUrl('CASES_DATABASE_URL'),
    casesTail: databaseUrl('CASES_DATABASE_TAIL_URL'),
    casesOwner: databaseUrl('CASES_DATABASE_OWNER_URL'),
    importsApp: databaseUrl('IMPORTS_DATABASE_URL'),
    importsTail: databaseUrl('IMPORTS_DATABASE_TAIL_URL'),
    importsOwner: databaseUrl('IMPORTS_DATABASE_OWNER_URL'),
    vaultApp: databaseUrl('VAULT_DATABASE_URL'),
    vaultOwner: databaseUrl('VAULT_DATABASE_OWNER_URL'),
  });
  return {
    accounts: { appUrl: read.accountsApp, tailUrl: read.accountsTail, ownerUrl: read.accountsOwner },
    contacts: { appUrl: read.contactsApp, tailUrl: read.contactsTail, ownerUrl: read.contactsOwner },
    cases: { appUrl: read.casesApp, tailUrl: read.casesTail, ownerUrl: read.casesOwner },
    imports: { appUrl: read.importsApp, tailUrl: read.importsTail, ownerUrl: read.importsOwner },
    // Nothing follows the vault: the app role stands in for the tail.
    vault: { appUrl: read.vaultApp, tailUrl: read.vaultApp, ownerUrl: read.vaultOwner },
  };
}

/** Chunks at once want a connection each, for lane, keys and streams. */
const WORKER_POOL = 12;

/** What carries the events of the installation. @throws ConfigurationFaults */
export function readEventStreams(env: Environment = process.env): EventStreams {
  return readEnvironment(env, { streams: eventStreams() }).streams;
}

/** What an import worker is told: where the databases are that it works on, and whom it follows. */
export interface WorkerConfig {
  readonly contacts: DatabaseConfig;
  readonly cases: DatabaseConfig;
  readonly vault: DatabaseConfig;
  /** Whose feed it reads: every other log it follows is one that it works on itself. */
  readonly accountsAddress: string;
  readonly operations: { readonly host: string; readonly port: number };
  readonly logLevel: LogLevel;
}

/** The worker's own settings; those of imports are read beside them. @throws ConfigurationFaults naming every fault at once */
export function readWorkerConfig(env: Environment = process.env): WorkerConfig & { readonly imports: ImportsConfig } {
  const read = readEnvironment(env, {
    appUrl: databaseUrl('CONTACTS_DATABASE_URL'),
    tailUrl: databaseUrl('CONTACTS_DATABASE_TAIL_URL'),
    contactsPool: integer('CONTACTS_DATABASE_POOL', { otherwise: WORKER_POOL, min: 2, max: 100 }),
    casesUrl: databaseUrl('CASES_DATABASE_URL'),
    casesPool: integer('CASES_DATABASE_POOL', { otherwise: WORKER_POOL, min: 2, max: 100 }),
    casesTailUrl: databaseUrl('CASES_DATABASE_TAIL_URL'),
    vaultUrl: databaseUrl('VAULT_DATABASE_URL'),
    accounts: address('ACCOUNTS_ADDRESS'),
    host: text('WORKER_OPERATIONS_HOST', '127.0.0.1'),
    port: integer('WORKER_OPERATIONS_PORT', { otherwise: 0, min: 0, max: 65_535 }),
    logLevel: choice<LogLevel>('LOG_LEVEL', ['fatal', 'error', 'warn', 'info', 'debug', 'silent'], 'info'),
  });
  return {
    contacts: { appUrl: read.appUrl, tailUrl: read.tailUrl, poolMax: read.contactsPool },
    cases: { appUrl: read.casesUrl, tailUrl: read.casesTailUrl, poolMax: read.casesPool },
    vault: { appUrl: read.vaultUrl, tailUrl: read.vaultUrl },
    accountsAddress: read.accounts,
    operations: { host: read.host, port: read.port },
    logLevel: read.logLevel,
    imports: readImportsConfig(env),
  };
}
