import { importsV1 } from '@caseledger/contracts';
import { postgresVault, vaultMigrations, type EventStore } from '@caseledger/event-store';
import { feedService, openRelay } from '@caseledger/event-streams';
import { openObjects, sealedObjects } from '@caseledger/object-store';
import { createRegistry, openDatabase, serviceGuard, startGrpcService, type Database, type Logger } from '@caseledger/service-kit';
import type { Registry } from 'prom-client';
import type { ImportsConfig } from './config.js';
import { casesClient } from './cases.client.js';
import { contactsClient } from './contacts.client.js';
import { differencesByKind } from './differences.js';
import { ImportsEdge } from './imports.edge.js';
import { ImportsModule } from './imports.module.js';
import { importsTopics, openImports } from './imports.store.js';
import { importsMigrations } from './migrations/imports.migrations.js';

export interface RunningImports {
  /** `host:port` of the gRPC server. */
  readonly address: string;
  readonly store: EventStore;
  isReady(): Promise<boolean>;
  stop(): Promise<void>;
}

/** What is not acknowledged by then is sent by whoever relays next. */
const RELAY_STOP_MS = 3_000;

/** Starts the interactive door of imports: databases brought up to date and checked, then the gRPC server with its feed. */
export async function startImports(config: ImportsConfig, { logger, registry }: { logger: Logger; registry?: Registry }): Promise<RunningImports> {
  const opened: Database[] = [];
  const contacts = contactsClient(config.contactsAddress, config.contextSecret);
  const cases = casesClient(config.casesAddress, config.contextSecret);
  const differences = differencesByKind({ contacts: contacts.differences, cases: cases.differences });
  const objects = openObjects(config.objects);
  const close = async (): Promise<void> => {
    contacts.close();
    cases.close();
    objects.close();
    await Promise.all(opened.splice(0).map((database) => database.close()));
  };
  try {
    await objects.check();
    const database = await openDatabase(config.database, { migrations: importsMigrations, logger });
    opened.push(database);
    const vault = await openDatabase(config.vault, { migrations: vaultMigrations, logger });
    opened.push(vault);
    const { masterKey, limits, workDir, contextSecret } = config;
    const context = openImports({
      app: database.app,
      tail: database.tail,
      vault: postgresVault(vault.app),
      masterKey,
      sealed: sealedObjects(objects),
      targets: [contacts.target, cases.target],
      limits,
      workDir,
      logger,
      registry: registry ?? createRegistry('imports'),
    });
    await context.store.check();
    const relay = await openRelay(config.eventStreams, { source: 'imports', feed: context.store.feed, database: database.app, topics: importsTopics, logger, ...(registry === undefined ? {} : { registry }) });
    const service = await startGrpcService({
      module: ImportsModule.of(new ImportsEdge(context, { differences, catalogue: cases })),
      services: [importsV1.ImportsServiceService],
      raw: () => [feedService(context.store.feed, importsTopics, serviceGuard(contextSecret))],
      address: config.listen,
      contextSecret,
      logger,
      ...(registry === undefined ? {} : { registry }),
    });
    return {
      address: service.address,
      store: context.store,
      isReady: async () => (await context.store.head()).length > 0,
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
