import { eventStreams, type EventStreams } from '@caseledger/event-streams';
import {
  address,
  choice,
  databaseUrl,
  integer,
  key32,
  optionalDatabaseUrl,
  readEnvironment,
  secret,
  text,
  type DatabaseConfig,
  type Environment,
  type LogLevel,
} from '@caseledger/service-kit';
import type { InputSetting } from './contact/field-input.js';

/** What any process that works on contacts needs: the interactive service and the import worker. */
export interface ContactsDatabases {
  readonly database: DatabaseConfig;
  /** The salts' own database; contacts writes there as the app role. */
  readonly vault: Omit<DatabaseConfig, 'tailUrl'>;
  /** 32 bytes; the keys of companies and persons and the pepper of match keys derive from it. */
  readonly masterKey: Buffer;
}

/** Everything contacts is told from outside. */
export interface ContactsConfig extends ContactsDatabases {
  /** `host:port` of the gRPC server; port 0 takes any free one. */
  readonly address: string;
  /** Shared by all services. */
  readonly contextSecret: string;
  /** How values typed by people and sent by scripts are read. */
  readonly input: InputSetting;
  /** What carries its events to those who follow them. */
  readonly eventStreams: EventStreams;
  /** Health and metrics of a process that is contacts alone. */
  readonly operations: { readonly host: string; readonly port: number };
  readonly logLevel: LogLevel;
}

const SETTINGS = {
  address: address('CONTACTS_ADDRESS', '127.0.0.1:0'),
  appUrl: databaseUrl('CONTACTS_DATABASE_URL'),
  tailUrl: databaseUrl('CONTACTS_DATABASE_TAIL_URL'),
  ownerUrl: optionalDatabaseUrl('CONTACTS_DATABASE_OWNER_URL'),
  poolMax: integer('CONTACTS_DATABASE_POOL', { otherwise: 10, min: 2, max: 100 }),
  vaultUrl: databaseUrl('VAULT_DATABASE_URL'),
  vaultOwnerUrl: optionalDatabaseUrl('VAULT_DATABASE_OWNER_URL'),
  masterKey: key32('CASELEDGER_MASTER_KEY'),
  contextSecret: secret('CASELEDGER_CONTEXT_SECRET'),
  defaultCountry: text('CASELEDGER_DEFAULT_COUNTRY', 'US'),
  timeZone: text('CASELEDGER_TIME_ZONE', 'UTC'),
  eventStreams: eventStreams(),
  operationsHost: text('CONTACTS_OPERATIONS_HOST', '127.0.0.1'),
  operationsPort: integer('CONTACTS_OPERATIONS_PORT', { otherwise: 0, min: 0, max: 65_535 }),
  logLevel: choice<LogLevel>('LOG_LEVEL', ['fatal', 'error', 'warn', 'info', 'debug', 'silent'], 'info'),
};

/** @throws ConfigurationFaults naming every fault at once, never a secret (OPS-005) */
export function readContactsConfig(env: Environment = process.env): ContactsConfig {
  const read = readEnvironment(env, SETTINGS);
  const owner = read.ownerUrl === undefined ? {} : { ownerUrl: read.ownerUrl };
  const vaultOwner = read.vaultOwnerUrl === undefined ? {} : { ownerUrl: read.vaultOwnerUrl };
  return {
    address: read.address,
    database: { appUrl: read.appUrl, tailUrl: read.tailUrl, poolMax: read.poolMax, ...owner },
    vault: { appUrl: read.vaultUrl, poolMax: read.poolMax, ...vaultOwner },
    masterKey: read.masterKey,
    contextSecret: read.contextSecret,
    input: { defaultCountry: read.defaultCountry, timeZone: read.timeZone },
    eventStreams: read.eventStreams,
    operations: { host: read.operationsHost, port: read.operationsPort },
    logLevel: read.logLevel,
  };
}
