import { contactsV1, targetsV1 } from '@caseledger/contracts';
import { postgresVault, vaultMigrations, type EventStore } from '@caseledger/event-store';
import { feedService, openRelay } from '@caseledger/event-streams';
import { openDatabase, serviceGuard, startGrpcService, type Database, type Logger, type Schema } from '@caseledger/service-kit';
import type { Registry } from 'prom-client';
import { contactTarget } from './contact.target.js';
import type { ContactsConfig, ContactsDatabases } from './config.js';
import { ContactsModule } from './contacts.module.js';
import { openContactsStore, type ContactsStore } from './contacts.store.js';
import { contactsTopics } from './contacts.topic.js';
import { contactsMigrations } from './migrations/contacts.migrations.js';

/** The contacts' databases, open and checked, with the store over them. */
export interface OpenContacts extends ContactsStore {
  readonly database: Database;
  close(): Promise<void>;
}

/** Opens the contacts' databases, brings them up to date where the owner's address is given, and checks them. */
export async function openContacts(config: ContactsDatabases, saying: Pick<Schema, 'logger'> = {}): Promise<OpenContacts> {
  const opened: Database[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(opened.splice(0).map((database) => database.close()));
  };
  try {
    const database = await openDatabase(config.database, { migrations: contactsMigrations, ...saying });
    opened.push(database);
    const vault = await openDatabase(
      { ...config.vault, tailUrl: config.vault.appUrl },
      { migrations: vaultMigrations, ...saying },
    );
    opened.push(vault);
    const { app: dataSource, tail } = database;
    const contacts = openContactsStore({
      dataSource,
      tail,
      vault: postgresVault(vault.app),
      masterKey: config.masterKey,
    });
    await contacts.store.check();
    return { ...contacts, database, close };
  } catch (error) {
    await close();
    throw error;
  }
}

export interface RunningContacts {
  /** `host:port` of the gRPC server. */
  readonly address: string;
  readonly store: EventStore;
  isReady(): Promise<boolean>;
  stop(): Promise<void>;
}

/** What is not acknowledged by then is sent by whoever relays next. */
const RELAY_STOP_MS = 3_000;

/** Starts contacts: databases brought up to date and checked, then the gRPC server with its feed. */
export async function startContacts(
  config: ContactsConfig,
  { logger, registry }: { readonly logger: Logger; readonly registry?: Registry },
): Promise<RunningContacts> {
  const contacts = await openContacts(config, { logger });
  const { store, hasher, tail } = contacts;
  try {
    const { contextSecret, input } = config;
    const relay = await openRelay(config.eventStreams, { source: 'contacts', feed: store.feed, database: contacts.database.app, topics: contactsTopics, logger, ...(registry === undefined ? {} : { registry }) });
    const service = await startGrpcService({
      module: ContactsModule.of({ store, hasher, input, tail }, contactTarget({ store, hasher })),
      services: [contactsV1.ContactsServiceService, targetsV1.RowTargetServiceService],
      raw: () => [feedService(store.feed, contactsTopics, serviceGuard(contextSecret))],
      address: config.address,
      contextSecret,
      logger,
      ...(registry === undefined ? {} : { registry }),
    });
    return {
      address: service.address,
      store,
      isReady: async () => (await store.head()).length > 0,
      stop: async () => {
        await service.stop();
        await relay.stop(RELAY_STOP_MS);
        await contacts.close();
      },
    };
  } catch (error) {
    await contacts.close();
    throw error;
  }
}

/**
 * Empties the read models of contacts and brings them back from the log (DESIGN 27); nobody else writes meanwhile. The
 * databases must have been opened with the owner's address.
 */
export async function rebuildContacts(contacts: OpenContacts): Promise<{ events: number }> {
  const { owner } = contacts.database;
  if (owner === undefined) throw new Error('A rebuild needs the address of the owner of the database');
  return contacts.store.rebuild({ owner, drop: true });
}
