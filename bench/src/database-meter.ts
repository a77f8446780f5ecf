import { join } from 'node:path';
import { readKeys } from '@caseledger/local';
import type { Network } from '@caseledger/testing';
import { Client } from 'pg';

const CONNECT_MS = 10_000;
const STATEMENT_MS = 600_000;
const FLUSH_MS = 15_000;

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

/** Sessions report what they wrote within ten seconds at the latest: waits until the sum stands still. */
export async function settledWritten(client: Client): Promise<Written> {
  const deadline = performance.now() + FLUSH_MS;
  for (let before = await writtenSoFar(client); ; ) {
    await client.query('select pg_sleep(1.5)');
    const now = await writtenSoFar(client);
    if (now.rows - before.rows < 100 || performance.now() > deadline) return now;
    before = now;
  }
}

export function difference(after: Written, before: Written): Written {
  return { rows: after.rows - before.rows, grownBytes: after.grownBytes - before.grownBytes, logBytes: after.logBytes - before.logBytes };
}
