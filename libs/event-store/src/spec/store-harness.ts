import { randomUUID } from 'node:crypto';
import { testDatabase, type TestDatabase } from '@caseledger/testing';
import type { DataSource } from 'typeorm';
import { EventStore, type EventStoreOptions } from '../event-store.js';
import type { AppendContext, StoredEvent, StreamAppend } from '../event.types.js';
import { eventStoreMigrations } from '../migrations/event-store.migrations.js';
import { jobMigrations } from '../migrations/job.migrations.js';
import { vaultMigrations } from '../migrations/vault.migrations.js';
import { postgresVault } from '../salt-vault.js';
import type { Appended, SaltVault } from '../store.types.js';
import { PeopleTable1763700000100, peopleCatalog, peopleProjection, peopleTopic } from './people.js';

/** A store on a database of its own, for one spec file. */
export interface StoreHarness {
  readonly store: EventStore;
  readonly options: EventStoreOptions;
  readonly database: TestDatabase;
  readonly app: DataSource;
  readonly tail: DataSource;
  readonly owner: DataSource;
  readonly vault: SaltVault;
  readonly tenant: string;
  /** One append in a transaction of its own, as a user. */
  append(appends: readonly StreamAppend[], context?: Partial<AppendContext>): Promise<Appended>;
  /** Another store on the same database. */
  another(options?: Partial<EventStoreOptions>): EventStore;
  drop(): Promise<void>;
}

export async function storeHarness(name: string): Promise<StoreHarness> {
  const [database, vaultDatabase] = await Promise.all([
    testDatabase(name, [...eventStoreMigrations, ...jobMigrations, PeopleTable1763700000100]),
    testDatabase(`${name}_vault`, vaultMigrations),
  ]);
  const [opened, vaultOpened] = await Promise.all([database.open({ poolMax: 24 }), vaultDatabase.open()]);
  const { app, tail, owner } = opened;
  if (owner === undefined) throw new Error('The harness needs the owner');
  const vault = postgresVault(vaultOpened.app);
  const options: EventStoreOptions = {
    dataSource: app,
    tail,
    vault,
    masterKey: Buffer.alloc(32, 7),
    catalog: peopleCatalog,
    projections: [peopleProjection],
    topics: [peopleTopic],
  };
  const store = new EventStore(options);
  const tenant = randomUUID();
  return {
    store,
    options,
    database,
    app,
    tail,
    owner,
    vault,
    tenant,
    append: (appends, context = {}) => {
      const whole: AppendContext = { tenant, origin: { kind: 'user' }, ...context };
      return store.transaction(whole.tenant, (tx) => tx.append(whole, appends));
    },
    another: (more = {}) => new EventStore({ ...options, ...more }),
    drop: async () => {
      await database.drop();
      await vaultDatabase.drop();
    },
  };
}

/** Asserts that there is an event at this place, and gives it. */
export function at(events: readonly StoredEvent[], index: number): StoredEvent {
  const event = events[index];
  if (event === undefined) throw new Error(`There is no event ${index}`);
  return event;
}
