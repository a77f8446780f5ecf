import { casesV1, targetsV1 } from '@caseledger/contracts';
import { postgresVault, vaultMigrations, type EventStore } from '@caseledger/event-store';
import { feedService, openRelay } from '@caseledger/event-streams';
import { openDatabase, readerGuard, startGrpcService, type Database, type Logger, type Schema } from '@caseledger/service-kit';
import type { Registry } from 'prom-client';
import { caseTarget } from './case.target.js';
import { CasesModule } from './cases.module.js';
import { openCasesStore, type CasesStore } from './cases.store.js';
import { casesTopic, casesTopics } from './cases.topic.js';
import type { CasesConfig, CasesDatabases } from './config.js';
import { contactsClient, type ContactsClient } from './contacts.client.js';
import { casesMigrations } from './migrations/cases.migrations.js';

/** The cases' databases, open and checked, with the store over them. */
export interface OpenCases extends CasesStore {
  readonly database: Database;
  close(): Promise<void>;
}

/** Opens the cases' databases, brings them up to date where the owner's address is given, and checks them. */
export async function openCases(config: CasesDatabases, saying: Pick<Schema, 'logger'> = {}): Promise<OpenCases> {
  const opened: Database[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(opened.splice(0).map((database) => database.close()));
  };
  try {
    const database = await openDatabase(config.database, { migrations: casesMigrations, ...saying });
    opened.push(database);
    const vault = await openDatabase(
      { ...config.vault, tailUrl: config.vault.appUrl },
      { migrations: vaultMigrations, ...saying },
    );
    opened.push(vault);
    const { app: dataSource, tail } = database;
    const cases = openCasesStore({
      dataSource,
      tail,
      vault: postgresVault(vault.app),
      masterKey: config.masterKey,
    });
    await cases.store.check();
    return { ...cases, database, close };
  } catch (error) {
    await close();
    throw error;
  }
}

export interface RunningCases {
  /** `host:port` of the gRPC server. */
  readonly address: string;
  readonly store: EventStore;
  isReady(): Promise<boolean>;
  stop(): Promise<void>;
}

export interface CasesSurroundings {
  readonly logger: Logger;
  readonly registry?: Registry;
  /** Whom to ask about contacts; over gRPC unless said otherwise. */
  readonly contacts?: ContactsClient;
}

/** The public contract is for everybody who may read cases, each of his own company (EVT-001). */
const READERS = new Map([[casesTopic.topic, 'cases.read' as const]]);

/** What is not acknowledged by then is sent by whoever relays next. */
const RELAY_STOP_MS = 3_000;

/** Starts cases: databases brought up to date and checked, then the gRPC server with its feed. */
export async function startCases(
  config: CasesConfig,
  { logger, registry, contacts = contactsClient(config.contactsAddress, config.contextSecret) }: CasesSurroundings,
): Promise<RunningCases> {
  const cases = await openCases(config, { logger });
  const { store, hasher, tail, startSet } = cases;
  const close = async (): Promise<void> => {
    contacts.close();
    await cases.close();
  };
  try {
    const { contextSecret, input } = config;
    const relay = await openRelay(config.eventStreams, { source: 'cases', feed: store.feed, database: cases.database.app, topics: casesTopics, logger, ...(registry === undefined ? {} : { registry }) });
    const service = await startGrpcService({
      module: CasesModule.of({ store, hasher, input, tail, startSet, contacts }, caseTarget({ store, hasher, startSet })),
      services: [casesV1.CasesServiceService, targetsV1.RowTargetServiceService],
      raw: () => [feedService(store.feed, casesTopics, readerGuard(contextSecret, READERS))],
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
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * Empties the read models of cases and brings them back from the log (DESIGN 27); nobody else writes meanwhile. The
 * databases must have been opened with the owner's address.
 */
export async function rebuildCases(cases: OpenCases): Promise<{ events: number }> {
  const { owner } = cases.database;
  if (owner === undefined) throw new Error('A rebuild needs the address of the owner of the database');
  return cases.store.rebuild({ owner, drop: true });
}
