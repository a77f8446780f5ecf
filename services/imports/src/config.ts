import { tmpdir } from 'node:os';
import { eventStreams, type EventStreams } from '@caseledger/event-streams';
import type { ObjectsConfig } from '@caseledger/object-store';
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
import { objectsSetting } from './objects.setting.js';

/** Limits of PRODUCT §6 that an installation can set. */
export interface ImportLimits {
  readonly fileBytes: number;
  readonly rows: number;
  readonly columns: number;
  readonly cellCharacters: number;
  /** Of a part of an upload. */
  readonly partBytes: number;
  /** Imports of a company at once, waiting, and drafts. */
  readonly running: number;
  readonly waiting: number;
  readonly drafts: number;
  /** Chunks without an outcome per lane and per run. */
  readonly inFlightPerLane: number;
  readonly inFlightPerRun: number;
  /** A chunk without an outcome for so long is dispatched again. */
  readonly redispatchMs: number;
  /** How long original files are kept, and drafts that nobody comes back to. */
  readonly fileDays: number;
  readonly draftDays: number;
}

export interface ImportsConfig {
  readonly database: DatabaseConfig;
  /** The salts' own database, as the app role. */
  readonly vault: DatabaseConfig;
  readonly masterKey: Buffer;
  readonly contextSecret: string;
  /** Where the gRPC server listens, `host:port`. */
  readonly listen: string;
  readonly contactsAddress: string;
  readonly casesAddress: string;
  readonly objects: ObjectsConfig;
  readonly workDir: string;
  readonly limits: ImportLimits;
  /** What carries its events to those who follow them, and to the worker those that it follows. */
  readonly eventStreams: EventStreams;
  /** Health and metrics of a process that is imports alone. */
  readonly operations: { readonly host: string; readonly port: number };
  readonly logLevel: LogLevel;
}

export const DEFAULT_IMPORT_LIMITS: ImportLimits = {
  fileBytes: 512 * 1024 * 1024,
  rows: 5_000_000,
  columns: 1_000,
  cellCharacters: 100_000,
  partBytes: 8 * 1024 * 1024,
  running: 3,
  waiting: 100,
  drafts: 100,
  inFlightPerLane: 2,
  inFlightPerRun: 48,
  redispatchMs: 60_000,
  fileDays: 365,
  draftDays: 30,
};

/** The configuration of imports and of the worker's part of it. @throws ConfigurationFaults naming every fault at once. */
export function readImportsConfig(env: Environment = process.env): ImportsConfig {
  const limits = DEFAULT_IMPORT_LIMITS;
  const read = readEnvironment(env, {
    appUrl: databaseUrl('IMPORTS_DATABASE_URL'),
    tailUrl: databaseUrl('IMPORTS_DATABASE_TAIL_URL'),
    ownerUrl: optionalDatabaseUrl('IMPORTS_DATABASE_OWNER_URL'),
    vaultUrl: databaseUrl('VAULT_DATABASE_URL'),
    masterKey: key32('CASELEDGER_MASTER_KEY'),
    contextSecret: secret('CASELEDGER_CONTEXT_SECRET'),
    listen: address('IMPORTS_ADDRESS', '127.0.0.1:0'),
    contactsAddress: address('CONTACTS_ADDRESS'),
    casesAddress: address('CASES_ADDRESS'),
    objects: objectsSetting,
    workDir: text('CASELEDGER_WORK_DIR', tmpdir()),
    poolMax: integer('IMPORTS_DATABASE_POOL', { otherwise: 10, min: 2, max: 100 }),
    eventStreams: eventStreams(),
    operationsHost: text('IMPORTS_OPERATIONS_HOST', '127.0.0.1'),
    operationsPort: integer('IMPORTS_OPERATIONS_PORT', { otherwise: 0, min: 0, max: 65_535 }),
    logLevel: choice<LogLevel>('LOG_LEVEL', ['fatal', 'error', 'warn', 'info', 'debug', 'silent'], 'info'),
    fileBytes: integer('IMPORTS_FILE_BYTES_MAX', { otherwise: limits.fileBytes, min: 1_024, max: 8 * 1024 ** 3 }),
    rows: integer('IMPORTS_ROWS_MAX', { otherwise: limits.rows, min: 1, max: 50_000_000 }),
    columns: integer('IMPORTS_COLUMNS_MAX', { otherwise: limits.columns, min: 1, max: 10_000 }),
    running: integer('IMPORTS_RUNNING_MAX', { otherwise: limits.running, min: 1, max: 100 }),
    fileDays: integer('IMPORTS_FILE_DAYS', { otherwise: limits.fileDays, min: 30, max: 3_650 }),
  });
  const { masterKey, contextSecret, listen, contactsAddress, casesAddress, objects, workDir, logLevel } = read;
  const { appUrl, tailUrl, ownerUrl, poolMax, vaultUrl, fileBytes, rows, columns, running, fileDays } = read;
  return {
    database: { appUrl, tailUrl, poolMax, ...(ownerUrl === undefined ? {} : { ownerUrl }) },
    // Nothing follows the vault: the app role stands in for the tail.
    vault: { appUrl: vaultUrl, tailUrl: vaultUrl, poolMax: 4 },
    masterKey,
    contextSecret,
    listen,
    contactsAddress,
    casesAddress,
    objects,
    workDir,
    limits: { ...limits, fileBytes, rows, columns, running, fileDays },
    eventStreams: read.eventStreams,
    operations: { host: read.operationsHost, port: read.operationsPort },
    logLevel,
  };
}
