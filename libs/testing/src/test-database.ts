import { createHash } from 'node:crypto';
import { ensureKeys, provision, urlsOf, type DatabaseUrls } from '@caseledger/local';
import { openDatabase, type Database } from '@caseledger/service-kit';
import { Client, escapeIdentifier } from 'pg';
import { recordedSql } from './recorded-sql.js';
import { testCluster, type TestCluster } from './test-cluster.js';

const OWNER = 'caseledger_owner';
const NAME_CHARACTERS_MAX = 30;

/** A database of its own for one spec file. */
export interface TestDatabase {
  readonly name: string;
  readonly urls: DatabaseUrls;
  /** Superuser address of this database: for faults only a superuser can make, such as a changed byte. */
  readonly superuserUrl: string;
  /** Opens pools for the three roles; `drop` closes them. May be called again after `close`. */
  open(o?: { poolMax?: number }): Promise<Database>;
  /** Closes what `open` opened and removes the database, whoever is still connected. */
  drop(): Promise<void>;
}

let made = 0;

/**
 * A new database with all these migrations applied. Databases with the same migrations are copies of one template
 * (some 50 ms); the template is made by running the migrations once as the owner.
 * @param name becomes part of the database's name, for reading the server's log
 */
export async function testDatabase(name: string, migrations: readonly unknown[]): Promise<TestDatabase> {
  const cluster = await testCluster();
  const template = await templateFor(cluster, migrations);
  const words = name.toLowerCase().replace(/[^a-z0-9]+/g, '_').slice(0, NAME_CHARACTERS_MAX);
  made += 1;
  const database = `t_${process.pid}_${made}_${Date.now().toString(36)}_${words}`;
  await asSuperuser(cluster, async (client) => {
    await client.query(`create database ${escapeIdentifier(database)} template ${escapeIdentifier(template)} owner ${OWNER}`);
    await closeToPublic(client, database);
  });
  const urls = urlsOf(cluster.superuserUrl, database, ensureKeys(cluster.keysFile, []));
  const superuserUrl = new URL(cluster.superuserUrl);
  superuserUrl.pathname = `/${database}`;
  const opened: Database[] = [];
  return {
    name: database,
    urls,
    superuserUrl: superuserUrl.toString(),
    open: async (o = {}) => {
      const pools = await openDatabase({ ...urls, ...o }, { migrations });
      opened.push(pools);
      return pools;
    },
    drop: async () => {
      await Promise.all(opened.splice(0).map((pools) => pools.close()));
      await asSuperuser(cluster, (client) => client.query(`drop database if exists ${escapeIdentifier(database)} with (force)`));
    },
  };
}

/** The name of a database with the migrations applied, made if it is the first time that anybody asks for these. */
async function templateFor(cluster: TestCluster, migrations: readonly unknown[]): Promise<string> {
  const template = `template_${createHash('sha256').update(await recordedSql(migrations)).digest('hex').slice(0, 16)}`;
  await asSuperuser(cluster, async (client) => {
    await client.query('select pg_advisory_lock(hashtext($1))', [template]);
    const found = await client.query<{ datistemplate: boolean }>('select datistemplate from pg_database where datname = $1', [template]);
    if (found.rows[0]?.datistemplate === true) return;
    // One that is no template yet was left half made by a process that was killed.
    await client.query(`drop database if exists ${escapeIdentifier(template)} with (force)`);
    const { [template]: urls } = await provision(cluster.superuserUrl, [template], cluster.keysFile);
    if (urls === undefined) throw new Error(`No addresses for ${template}.`);
    await closeToPublic(client, template);
    const pools = await openDatabase(urls, { migrations });
    await pools.close();
    await client.query(`alter database ${escapeIdentifier(template)} with is_template true allow_connections false`);
  });
  return template;
}

async function closeToPublic(client: Client, database: string): Promise<void> {
  await client.query(`revoke all on database ${escapeIdentifier(database)} from public`);
  await client.query(`grant connect on database ${escapeIdentifier(database)} to caseledger_app, caseledger_tail`);
}

async function asSuperuser<T>(cluster: TestCluster, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: cluster.superuserUrl, connectionTimeoutMillis: 30_000 });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
