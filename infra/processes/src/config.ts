import { address, choice, integer, readEnvironment, text, url, type DatabaseConfig, type Environment, type LogLevel } from '@caseledger/service-kit';
import { readImportsConfig, type ImportsConfig } from '@caseledger/imports';

const POSTGRES = ['postgres', 'postgresql'];

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
    accountsApp: url('ACCOUNTS_DATABASE_URL', POSTGRES),
    accountsTail: url('ACCOUNTS_DATABASE_TAIL_URL', POSTGRES),
    accountsOwner: url('ACCOUNTS_DATABASE_OWNER_URL', POSTGRES),
    contactsApp: url('CONTACTS_DATABASE_URL', POSTGRES),
    contactsTail: url('CONTACTS_DATABASE_TAIL_URL', POSTGRES),
    contactsOwner: url('CONTACTS_DATABASE_OWNER_URL', POSTGRES),
    casesApp: url('CASES_DATABASE_URL', POSTGRES),
    casesTail: url('CASES_DATABASE_TAIL_URL', POSTGRES),
    casesOwner: url('CASES_DATABASE_OWNER_URL', POSTGRES),
    importsApp: url('IMPORTS_DATABASE_URL', POSTGRES),
    importsTail: url('IMPORTS_DATABASE_TAIL_URL', POSTGRES),
    importsOwner: url('IMPORTS_DATABASE_OWNER_URL', POSTGRES),
    vaultApp: url('VAULT_DATABASE_URL', POSTGRES),
    vaultOwner: url('VAULT_DATABASE_OWNER_URL', POSTGRES),
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
    appUrl: url('CONTACTS_DATABASE_URL', POSTGRES),
    tailUrl: url('CONTACTS_DATABASE_TAIL_URL', POSTGRES),
    casesUrl: url('CASES_DATABASE_URL', POSTGRES),
    casesTailUrl: url('CASES_DATABASE_TAIL_URL', POSTGRES),
    vaultUrl: url('VAULT_DATABASE_URL', POSTGRES),
    accounts: address('ACCOUNTS_ADDRESS'),
    host: text('WORKER_OPERATIONS_HOST', '127.0.0.1'),
    port: integer('WORKER_OPERATIONS_PORT', { otherwise: 0, min: 0, max: 65_535 }),
    logLevel: choice<LogLevel>('LOG_LEVEL', ['fatal', 'error', 'warn', 'info', 'debug', 'silent'], 'info'),
  });
  return {
    contacts: { appUrl: read.appUrl, tailUrl: read.tailUrl },
    cases: { appUrl: read.casesUrl, tailUrl: read.casesTailUrl },
    vault: { appUrl: read.vaultUrl, tailUrl: read.vaultUrl },
    accountsAddress: read.accounts,
    operations: { host: read.host, port: read.port },
    logLevel: read.logLevel,
    imports: readImportsConfig(env),
  };
}
