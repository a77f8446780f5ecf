import { join } from 'node:path';
import { readKeys } from '@caseledger/local';
import type { Network } from '@caseledger/testing';
import { Client } from 'pg';

const CONNECT_MS = 10_000;
const STATEMENT_MS = 600_000;
const FLUSH_SECONDS = 11;

/** Opens a database of the network as the superuser: to look and to copy, never to take part. */
export async function openDatabase(network: Network, database: string): Promise<Client> {
  const url = new URL(network.environment()['CONTACTS_DATABASE_OWNER_URL'] ?? '');
  const keys = readKeys(join(network.home, 'keys', 'postgres.json'));
  const client = new Client({
    host: url.hostname,
    port: Number(url.port),
    user: 'postgres',
    password: keys['superuser'],
    database,
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: STATEMENT_MS,
  });
  await client.connect();
  return client;
}

export interface Written {
  /** Rows inserted and updated, in all databases of the network. */
  readonly rows: number;
  /** Bytes by which the databases have grown. */
  readonly grownBytes: number;
  /** Bytes of write-ahead log. */
  readonly logBytes: number;
}

/** @returns what has been written since the first start of this server. */
export async function writtenSoFar(client: Client): Promise<Written> {
  const { rows } = await client.query<{ rows: string; size: string; log: string }>(
    `select sum(tup_inserted + tup_updated)::text as rows, sum(pg_database_size(datid))::text as size,
       pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::text as log
     from pg_stat_database where datname in ('accounts', 'contacts', 'cases', 'imports', 'vault')`,
  );
  const [found] = rows;
  return { rows: Number(found?.rows ?? 0), grownBytes: Number(found?.size ?? 0), logBytes: Number(found?.log ?? 0) };
}

/** What has been written once every session has reported it, which an idle one does ten seconds after its last report. */
export async function settledWritten(client: Client): Promise<Written> {
  await client.query('select pg_sleep($1)', [FLUSH_SECONDS]);
  return writtenSoFar(client);
}

export function difference(after: Written, before: Written): Written {
  return { rows: after.rows - before.rows, grownBytes: after.grownBytes - before.grownBytes, logBytes: after.logBytes - before.logBytes };
}

/** Rows inserted and updated since the first start of this server, by table, named with its database. */
export async function writtenByTable(network: Network, databases: readonly string[]): Promise<Map<string, number>> {
  const tables = new Map<string, number>();
  for (const database of databases) {
    const client = await openDatabase(network, database);
    try {
      const { rows } = await client.query<{ name: string; rows: string }>(
        "select schemaname || '.' || relname as name, (n_tup_ins + n_tup_upd)::text as rows from pg_stat_user_tables order by 1",
      );
      for (const { name, rows: written } of rows) tables.set(`${database}.${name}`, Number(written));
    } finally {
      await client.end();
    }
  }
  return tables;
}

/** What is written from here on has this transaction number or a later one, in every database of the server. */
export async function transactionMark(client: Client): Promise<string> {
  const { rows } = await client.query<{ mark: string }>('select pg_current_xact_id()::text as mark');
  return rows[0]?.mark ?? '0';
}
