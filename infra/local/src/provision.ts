import { databaseWay } from '@caseledger/service-kit';
import { Client, escapeIdentifier, escapeLiteral } from 'pg';
import { ensureKeys } from './keys-file.js';

/** Addresses of one database, one per role; each holds its password, so none is ever logged. */
export interface DatabaseUrls {
  /** Owns the objects and runs migrations. */
  readonly ownerUrl: string;
  /** What services work with: owns nothing, row-level security holds for it. */
  readonly appUrl: string;
  /** Reads the log across companies for the feed; cannot write. */
  readonly tailUrl: string;
}

const OWNER = 'caseledger_owner';
const APP = 'caseledger_app';
const TAIL = 'caseledger_tail';
const CONNECT_MS = 10_000;
const VERSION_MIN = 150_000;

/** Any fixed number: provisioning of one cluster happens one at a time. */
const PROVISION_LOCK = 4_711_000;

/** Sessions of services end by themselves when their client hangs; migrations and rebuilds of the owner may take long. */
function roleSettings(version: number): readonly (readonly [role: string, setting: string, value: string])[] {
  // Before 17 a transaction as a whole has no limit of its own; each of its statements and pauses has.
  const timeout = version >= VERSION_OF_TRANSACTION_TIMEOUT ? 'transaction_timeout' : 'statement_timeout';
  return [
    [APP, 'idle_in_transaction_session_timeout', '5s'],
    [APP, timeout, '60s'],
    [APP, 'lock_timeout', '10s'],
    [TAIL, 'idle_in_transaction_session_timeout', '5s'],
    [TAIL, timeout, '60s'],
    [TAIL, 'default_transaction_read_only', 'on'],
  ];
}

const VERSION_OF_TRANSACTION_TIMEOUT = 170_000;

/**
 * Makes roles and databases where they are missing and brings passwords and settings up to date; may be repeated.
 * @param superuserUrl address of any database of the cluster
 * @param databases names such as `accounts`, `vault`
 * @param keysFile where the roles' passwords are kept
 */
export async function provision(superuserUrl: string, databases: readonly string[], keysFile: string): Promise<Record<string, DatabaseUrls>> {
  const { url, ssl } = databaseWay(superuserUrl);
  const client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS, ...(ssl === undefined ? {} : { ssl }) });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [PROVISION_LOCK]);
    const keys = ensureKeys(keysFile, [OWNER, APP, TAIL]);
    await makeRole(client, OWNER, 'nobypassrls', keys[OWNER]);
    await makeRole(client, APP, 'nobypassrls', keys[APP]);
    await makeRole(client, TAIL, 'bypassrls', keys[TAIL]);
    for (const [role, setting, value] of roleSettings(await versionOf(client))) {
      await client.query(`alter role ${role} set ${setting} = ${escapeLiteral(value)}`);
    }
    for (const database of databases) await makeDatabase(client, database);
    const urls = databases.map((database): [string, DatabaseUrls] => [database, urlsOf(superuserUrl, database, keys)]);
    return Object.fromEntries(urls);
  } finally {
    await client.end();
  }
}

async function versionOf(client: Client): Promise<number> {
  const { rows } = await client.query<{ version: number }>("select current_setting('server_version_num')::int as version");
  const version = rows[0]?.version ?? 0;
  if (version < VERSION_MIN) throw new Error(`Caseledger needs PostgreSQL 15 or newer; this server is ${Math.floor(version / 10_000)}.`);
  return version;
}

/** The addresses a database has for the three roles, with the passwords of the keys. */
export function urlsOf(superuserUrl: string, database: string, keys: Readonly<Record<string, string>>): DatabaseUrls {
  const as = (role: string): string => {
    const url = new URL(superuserUrl);
    url.username = role;
    url.password = keys[role] ?? '';
    url.pathname = `/${database}`;
    return url.toString();
  };
  return { ownerUrl: as(OWNER), appUrl: as(APP), tailUrl: as(TAIL) };
}

async function makeRole(client: Client, role: string, kind: string, password = ''): Promise<void> {
  const found = await client.query('select 1 from pg_roles where rolname = $1', [role]);
  const verb = found.rowCount === 0 ? 'create' : 'alter';
  await client.query(`${verb} role ${role} login nosuperuser nocreatedb nocreaterole ${kind} password ${escapeLiteral(password)}`);
}

async function makeDatabase(client: Client, database: string): Promise<void> {
  const name = escapeIdentifier(database);
  const found = await client.query('select 1 from pg_database where datname = $1', [database]);
  if (found.rowCount === 0) await client.query(`create database ${name} owner ${OWNER}`);
  // Owning the database lets the owner create its schemas; everyone else gets in and nothing more.
  await client.query(`alter database ${name} owner to ${OWNER}`);
  await client.query(`revoke all on database ${name} from public`);
  await client.query(`grant connect on database ${name} to ${APP}, ${TAIL}`);
}
