import { randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { provision, startEmbeddedPostgres, type DatabaseUrls, type EmbeddedPostgres } from '@caseledger/local';
import { eventually } from '@caseledger/testing';
import { Client } from 'pg';
import { DataSource, type MigrationInterface } from 'typeorm';
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
  await migrate(people.ownerUrl, [...eventStoreMigrations, PeopleTable1763700000100]);
  await migrate(vault.ownerUrl, vaultMigrations);
  const [app, tail, salts] = await Promise.all([people.appUrl, people.tailUrl, vault.appUrl].map((url) => open(url)));
  if (app === undefined || tail === undefined || salts === undefined) throw new Error('The databases were not opened');
  const store = new EventStore({
    dataSource: app,
    tail,
    vault: postgresVault(salts),
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
      await Promise.all([app, tail, salts].map((source) => source.destroy()));
      await server.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

async function migrate(ownerUrl: string, migrations: (new () => MigrationInterface)[]): Promise<void> {
  const owner = await open(ownerUrl, migrations);
  await owner.runMigrations();
  await owner.destroy();
}

function open(url: string, migrations: (new () => MigrationInterface)[] = []): Promise<DataSource> {
  const source = new DataSource({
    type: 'postgres',
    url,
    migrations,
    installExtensions: false,
    connectTimeoutMS: 10_000,
    extra: { max: 16 },
    poolErrorHandler: () => undefined,
  });
  return source.initialize();
}
