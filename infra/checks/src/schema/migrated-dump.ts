import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { provision, removeEmbeddedPostgres, startEmbeddedPostgres, type DatabaseUrls } from '@caseledger/local';
import { openDatabase } from '@caseledger/service-kit';
import { Client } from 'pg';
import { canonicalDump } from './canonical-dump.js';
import type { DatabaseSchema } from './databases.js';

const CONNECT_MS = 10_000;
const QUERY_MS = 60_000;

/** A database after all its migrations: the text of `canonicalDump`, or why its migrations do not run. */
export type MigratedDump = { readonly schema: DatabaseSchema } & ({ readonly dump: string } | { readonly fault: string });

/** The structure of each database, made in a PostgreSQL that lives only for this call. */
export async function migratedDumps(root: string, schemas: readonly DatabaseSchema[]): Promise<MigratedDump[]> {
  const home = mkdtempSync(join(tmpdir(), 'caseledger-schema-'));
  // The server may run under another account, which must be able to pass.
  chmodSync(home, 0o711);
  const server = await startEmbeddedPostgres({ dir: join(home, 'cluster') });
  try {
    const names = schemas.map(({ name }) => name);
    const urls = await provision(server.superuserUrl, names, join(home, 'cluster.keys.json'));
    const dumps: MigratedDump[] = [];
    for (const schema of schemas) {
      const own = urls[schema.name];
      if (own === undefined) throw new Error(`No addresses for ${schema.name}`);
      dumps.push(await migratedDump(root, schema, own).catch((error: unknown) => ({ schema, fault: `the migrations do not run: ${String(error)}` })));
    }
    return dumps;
  } finally {
    await server.stop();
    await removeEmbeddedPostgres(join(home, 'cluster'));
    rmSync(home, { recursive: true, force: true });
  }
}

async function migratedDump(root: string, schema: DatabaseSchema, urls: DatabaseUrls): Promise<MigratedDump> {
  const database = await openDatabase(urls, { migrations: await migrationsOf(root, schema) });
  await database.close();
  return { schema, dump: await dumpOf(urls.ownerUrl) };
}

async function dumpOf(url: string): Promise<string> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS, query_timeout: QUERY_MS });
  await client.connect();
  try {
    return await canonicalDump(client);
  } finally {
    await client.end();
  }
}

async function migrationsOf(root: string, { module, list }: DatabaseSchema): Promise<readonly unknown[]> {
  const exported: unknown = await import(pathToFileURL(join(root, module)).href);
  const found = typeof exported === 'object' && exported !== null ? Object.entries(exported).find(([name]) => name === list)?.[1] : undefined;
  if (!Array.isArray(found)) throw new Error(`${module} does not export the list ${list}`);
  return found;
}
