import { randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { provision, startEmbeddedPostgres, type DatabaseUrls, type EmbeddedPostgres } from '@caseledger/local';
import { openDatabase } from '@caseledger/service-kit';
import { eventually } from '@caseledger/testing';
import { Client } from 'pg';
import { EventStore } from '../event-store.js';
import { eventStoreMigrations } from '../migrations/event-store.migrations.js';
import { vaultMigrations } from '../migrations/vault.migrations.js';
import { postgresVault } from '../salt-vault.js';
import { PeopleTable1763700000100, peopleCatalog, peopleProjection, peopleTopic } from './people.js';

/** A PostgreSQL that belongs to one spec, which may kill it. */
export interface OwnCluster {
  readonly store: EventStore;
  readonly tenant: string;
  readonly urls: DatabaseUrls;
  /** The postmaster, of the present life. */
  pid(): number;
  /** A superuser's connection to the store's database; closed with the cluster. */
  superuser(): Promise<Client>;
  /** kill -9 of the postmaster; every backend ends by itself. */
  kill(): void;
  /** Starts the server again on the same port and waits until it takes connections. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const DATABASES = ['people', 'vault'];

export async function ownCluster(settings: Readonly<Record<string, string>> = {}): Promise<OwnCluster> {
  const home = mkdtempSync(join(tmpdir(), 'caseledger-own-'));
  chmodSync(home, 0o755);
  const dir = join(home, 'postgres');
  let server: EmbeddedPostgres = await startEmbeddedPostgres({ dir, settings });
  const { superuserUrl, port } = server;
  const { people, vault } = await provision(superuserUrl, DATABASES, join(home, 'roles.json'));
  if (people === undefined || vault === undefined) throw new Error('The databases were not made');
  const opened = await openDatabase({ ...people, poolMax: 16 }, { migrations: [...eventStoreMigrations, PeopleTable1763700000100] });
  const vaultOpened = await openDatabase(vault, { migrations: vaultMigrations });
  const store = new EventStore({
    dataSource: opened.app,
    tail: opened.tail,
    vault: postgresVault(vaultOpened.app),
    masterKey: Buffer.alloc(32, 7),
    catalog: peopleCatalog,
    projections: [peopleProjection],
    topics: [peopleTopic],
  });
  const clients: Client[] = [];
  return {
    store,
    tenant: randomUUID(),
    urls: people,
    pid: () => server.pid,
    superuser: async () => {
      const url = new URL(superuserUrl);
      url.pathname = '/people';
      const client = new Client({ connectionString: url.toString() });
      // The spec kills the server: losing this connection is no error of its own.
      client.on('error', () => undefined);
      await client.connect();
      clients.push(client);
      return client;
    },
    kill: () => void process.kill(server.pid, 'SIGKILL'),
    restart: async () => {
      // Backends of the life before keep its shared memory for a moment.
      server = await eventually(() => startEmbeddedPostgres({ dir, port, settings }), { deadlineMs: 60_000, everyMs: 100 });
    },
    stop: async () => {
      await Promise.all(clients.map((client) => client.end().catch(() => undefined)));
      await opened.close();
      await vaultOpened.close();
      await server.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
