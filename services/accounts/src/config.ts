import { eventStreams, type EventStreams } from '@caseledger/event-streams';
import { address, choice, databaseUrl, integer, key32, optionalDatabaseUrl, readEnvironment, secret, text, type DatabaseConfig, type Environment, type LogLevel } from '@caseledger/service-kit';

/** Everything accounts is told from outside. */
export interface AccountsConfig {
  /** `host:port` of the gRPC server; port 0 takes any free one. */
  readonly address: string;
  readonly database: DatabaseConfig;
  /** The salts' own database; accounts writes there as the app role. */
  readonly vault: Omit<DatabaseConfig, 'tailUrl'>;
  /** 32 bytes; the keys of companies and persons derive from it. */
  readonly masterKey: Buffer;
  /** Shared by all services. */
  readonly contextSecret: string;
  /** Known to accounts alone. */
  readonly sessionSecret: string;
  /** What carries its events to those who follow them. */
  readonly eventStreams: EventStreams;
  /** Health and metrics of a process that is accounts alone. */
  readonly operations: { readonly host: string; readonly port: number };
  readonly logLevel: LogLevel;
}

const SETTINGS = {
  address: address('ACCOUNTS_ADDRESS', '127.0.0.1:0'),
  appUrl: databaseUrl('ACCOUNTS_DATABASE_URL'),
  tailUrl: databaseUrl('ACCOUNTS_DATABASE_TAIL_URL'),
  ownerUrl: optionalDatabaseUrl('ACCOUNTS_DATABASE_OWNER_URL'),
  poolMax: integer('ACCOUNTS_DATABASE_POOL', { otherwise: 10, min: 2, max: 100 }),
  vaultUrl: databaseUrl('VAULT_DATABASE_URL'),
  vaultOwnerUrl: optionalDatabaseUrl('VAULT_DATABASE_OWNER_URL'),
  masterKey: key32('CASELEDGER_MASTER_KEY'),
  contextSecret: secret('CASELEDGER_CONTEXT_SECRET'),
  sessionSecret: secret('CASELEDGER_SESSION_SECRET'),
  eventStreams: eventStreams(),
  operationsHost: text('ACCOUNTS_OPERATIONS_HOST', '127.0.0.1'),
  operationsPort: integer('ACCOUNTS_OPERATIONS_PORT', { otherwise: 0, min: 0, max: 65_535 }),
  logLevel: choice<LogLevel>('LOG_LEVEL', ['fatal', 'error', 'warn', 'info', 'debug', 'silent'], 'info'),
};

/** @throws ConfigurationFaults naming every fault at once, never a secret (OPS-005) */
export function readAccountsConfig(env: Environment = process.env): AccountsConfig {
  const read = readEnvironment(env, SETTINGS);
  const owner = read.ownerUrl === undefined ? {} : { ownerUrl: read.ownerUrl };
  const vaultOwner = read.vaultOwnerUrl === undefined ? {} : { ownerUrl: read.vaultOwnerUrl };
  return {
    address: read.address,
    database: { appUrl: read.appUrl, tailUrl: read.tailUrl, poolMax: read.poolMax, ...owner },
    vault: { appUrl: read.vaultUrl, poolMax: 4, ...vaultOwner },
    masterKey: read.masterKey,
    contextSecret: read.contextSecret,
    sessionSecret: read.sessionSecret,
    eventStreams: read.eventStreams,
    operations: { host: read.operationsHost, port: read.operationsPort },
    logLevel: read.logLevel,
  };
}
