import { DataSource, type MigrationInterface } from 'typeorm';

const CONNECT_MS = 10_000;
const IDLE_MS = 10_000;
const POOL_MAX = 10;

/** Any fixed number: processes of one service that start together migrate one after the other. */
const MIGRATION_LOCK = 4_711_001;

type MigrationClass = new () => MigrationInterface;

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
 * transaction of its own. @throws Error when the database is not reachable within 10 s or a migration fails.
 */
export async function openDatabase(config: DatabaseConfig, schema: { migrations: readonly unknown[] }): Promise<Database> {
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
    const owner = config.ownerUrl === undefined ? undefined : await open(config.ownerUrl, 4, schema.migrations.filter(isMigration));
    if (owner !== undefined) await migrate(owner);
    const app = await open(config.appUrl, config.poolMax ?? POOL_MAX);
    const tail = await open(config.tailUrl, 4);
    return { app, tail, ...(owner === undefined ? {} : { owner }), close };
  } catch (error) {
    await close();
    throw error;
  }
}

function connect(url: string, poolMax: number, migrations: MigrationClass[]): Promise<DataSource> {
  const source = new DataSource({
    type: 'postgres',
    url,
    migrations,
    migrationsTableName: 'schema_migration',
    migrationsTransactionMode: 'each',
    installExtensions: false,
    logging: false,
    connectTimeoutMS: CONNECT_MS,
    // Sessions count time in UTC wherever the process runs; a lost connection only costs its own pool slot.
    extra: { max: poolMax, idleTimeoutMillis: IDLE_MS, options: '-c timezone=UTC', keepAlive: true },
    poolErrorHandler: () => undefined,
  });
  return source.initialize();
}

async function migrate(owner: DataSource): Promise<void> {
  const lock = owner.createQueryRunner();
  try {
    await lock.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await owner.runMigrations();
    await lock.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK]);
  } finally {
    await lock.release();
  }
}

function isMigration(candidate: unknown): candidate is MigrationClass {
  return typeof candidate === 'function';
}
