import { escapeIdentifier } from 'pg';
import { DataSource, type MigrationInterface } from 'typeorm';
import { untilMigrated } from './database.schema.js';
import { databaseWay } from './database.tls.js';
import type { Logger } from './logger.js';

const CONNECT_MS = 10_000;
const IDLE_MS = 10_000;
const POOL_MAX = 10;

/** Any fixed number: processes of one service that start together migrate one after the other. */
const MIGRATION_LOCK = 4_711_001;

type MigrationClass = new () => MigrationInterface;

/** What a database has to hold. */
export interface Schema {
  readonly migrations: readonly unknown[];
  /** Told when the process waits for migrations that somebody else applies. */
  readonly logger?: Pick<Logger, 'warn'>;
}

/** Where a service's database is, one address per role (each holds its password and is never logged). */
export interface DatabaseConfig {
  readonly appUrl: string;
  readonly tailUrl: string;
  /** Given to the processes that may change the schema. */
  readonly ownerUrl?: string;
  /** Connections of the app role at most; default 10. */
  readonly poolMax?: number;
}

/** The open pools of one database, by role. */
export interface Database {
  /** What commands and queries use; row-level security holds. */
  readonly app: DataSource;
  /** Reads the log across companies; cannot write. */
  readonly tail: DataSource;
  /** Present when `ownerUrl` was given. */
  readonly owner?: DataSource;
  close(): Promise<void>;
}

/**
 * Opens a database's pools; with `ownerUrl` the migrations that are missing run first, in their order, each in a
 * transaction of its own, and without it this waits until they have been applied.
 * @throws Error when the database is not reachable within 10 s or a migration fails.
 */
export async function openDatabase(config: DatabaseConfig, { migrations: given, logger }: Schema): Promise<Database> {
  const known = given.filter(isMigration);
  const opened: DataSource[] = [];
  const open = async (url: string, poolMax: number, migrations: MigrationClass[] = []): Promise<DataSource> => {
    const source = await connect(url, poolMax, migrations);
    opened.push(source);
    return source;
  };
  const close = async (): Promise<void> => {
    await Promise.all(opened.splice(0).map((source) => source.destroy()));
  };
  try {
    const owner = config.ownerUrl === undefined ? undefined : await open(config.ownerUrl, 4, known);
    if (owner !== undefined) await migrate(owner, roleOf(config.appUrl));
    const app = await open(config.appUrl, config.poolMax ?? POOL_MAX);
    if (owner === undefined && known.length > 0) await untilMigrated(app, known.map(nameOf), logger);
    const tail = await open(config.tailUrl, 4);
    return { app, tail, ...(owner === undefined ? {} : { owner }), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * Sessions count time in UTC wherever the process runs, and plan each statement for the tables as they are. A plan kept
 * from when a table was nearly empty read whole tables of a company that an import had filled meanwhile; to plan anew
 * costs 0.1 ms a statement.
 */
const SESSION = '-c timezone=UTC -c plan_cache_mode=force_custom_plan';

function connect(url: string, poolMax: number, migrations: MigrationClass[]): Promise<DataSource> {
  const source = new DataSource({
    type: 'postgres',
    ...databaseWay(url),
    migrations,
    migrationsTableName: 'schema_migration',
    migrationsTransactionMode: 'each',
    installExtensions: false,
    logging: false,
    connectTimeoutMS: CONNECT_MS,
    // A lost connection only costs its own pool slot.
    extra: { max: poolMax, idleTimeoutMillis: IDLE_MS, options: SESSION, keepAlive: true },
    poolErrorHandler: () => undefined,
  });
  return source.initialize();
}

async function migrate(owner: DataSource, appRole: string): Promise<void> {
  const lock = owner.createQueryRunner();
  try {
    await lock.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await owner.runMigrations();
    // Who may not migrate sees here whether it was done.
    if (owner.migrations.length > 0) await lock.query(`grant select on schema_migration to ${escapeIdentifier(appRole)}`);
    await lock.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK]);
  } finally {
    await lock.release();
  }
}

function nameOf(migration: MigrationClass): string {
  return new migration().name ?? migration.name;
}

function roleOf(url: string): string {
  return decodeURIComponent(new URL(url).username);
}

function isMigration(candidate: unknown): candidate is MigrationClass {
  return typeof candidate === 'function';
}
