import { caseTarget, casesMigrations, openCasesStore, type CaseTargetDeps } from '@caseledger/cases';
import { contactsMigrations, contactTarget, openContactsStore, type ContactTargetDeps } from '@caseledger/contacts';
import { postgresVault, vaultMigrations, type Feed } from '@caseledger/event-store';
import { checkTopics, feedClient, feedTransport, kafkaTransport, type FeedTransportOptions } from '@caseledger/event-streams';
import { importsMigrations, importWork, READ_THREAD, type ImportWorkSetting } from '@caseledger/imports';
import { openObjects, sealedObjects } from '@caseledger/object-store';
import { createRegistry, openDatabase, openOperations, signServiceContext, type Database, type DatabaseConfig, type Logger, type Schema, type Stoppable } from '@caseledger/service-kit';
import type { readWorkerConfig } from './config.js';
import { TOPICS } from './topics.js';

/** Chunks at once want a connection each, for lane, keys and streams; jobs and the ledger want theirs beside them. */
const POOL_MAX = 12;

/** What a test has otherwise than an installation: shorter leases, and places in which the process can end. */
export interface WorkerTuning {
  readonly work?: Pick<ImportWorkSetting, 'sweepMs' | 'jobLeaseMs' | 'crashPoint'>;
  readonly target?: Pick<ContactTargetDeps, 'crashPoint'>;
  readonly cases?: Pick<CaseTargetDeps, 'crashPoint'>;
  readonly feeds?: FeedTransportOptions;
}

/**
 * An import worker (DESIGN 12): the working door of imports together with its targets, contacts and cases, each on
 * its own database. It serves nobody; workers are scaled by starting more of them. The feeds of the logs it hosts it reads
 * where they lie, so that following a run costs the interactive processes nothing (ADR 0025).
 */
export async function startImportWorker(config: ReturnType<typeof readWorkerConfig>, logger: Logger, tuning: WorkerTuning = {}): Promise<Stoppable> {
  const { masterKey, contextSecret, workDir, limits, eventStreams } = config.imports;
  const { ownerUrl: _owner, ...importsDatabase } = config.imports.database;
  const objects = openObjects(config.imports.objects);
  const opened: Database[] = [];
  const open = async (database: DatabaseConfig, migrations: Schema['migrations']): Promise<Database> => {
    const made = await openDatabase({ poolMax: POOL_MAX, ...database }, { migrations, logger });
    opened.push(made);
    return made;
  };
  const accounts = feedClient(config.accountsAddress, () => signServiceContext(contextSecret, 'import-worker'));
  const feeds = new Map<string, Feed>([['accounts', accounts]]);
  const feedOf = (source: string): Feed => {
    const feed = feeds.get(source);
    if (feed === undefined) throw new Error(`There is no feed of ${source}`);
    return feed;
  };
  const kafka = eventStreams.transport === 'kafka' ? kafkaTransport(eventStreams, feedOf, logger) : undefined;
  const registry = createRegistry('import-worker');
  const operations = await openOperations({ ...config.operations, registry, checks: kafka === undefined ? [] : [{ name: 'kafka', isReady: () => kafka.isReading() }] });
  try {
    await objects.check();
    if (eventStreams.transport === 'kafka') await checkTopics(eventStreams, TOPICS, logger);
    const [imports, contacts] = [await open(importsDatabase, importsMigrations), await open(config.contacts, contactsMigrations)];
    const [cases, vaultDatabase] = [await open(config.cases, casesMigrations), await open(config.vault, vaultMigrations)];
    const vault = postgresVault(vaultDatabase.app);
    const contactsStore = openContactsStore({ dataSource: contacts.app, tail: contacts.tail, vault, masterKey });
    await contactsStore.store.check();
    const casesStore = openCasesStore({ dataSource: cases.app, tail: cases.tail, vault, masterKey });
    await casesStore.store.check();
    const work = importWork({
      app: imports.app,
      tail: imports.tail,
      vault,
      masterKey,
      sealed: sealedObjects(objects),
      sweepObjects: (olderThanMs) => objects.sweep(olderThanMs),
      targets: [contactTarget({ ...contactsStore, ...tuning.target }), caseTarget({ ...casesStore, ...tuning.cases })],
      limits,
      workDir,
      readThread: READ_THREAD,
      logger,
      registry,
      transport: kafka ?? feedTransport(feedOf, tuning.feeds),
      ...tuning.work,
    });
    feeds.set('contacts', contactsStore.store.feed).set('cases', casesStore.store.feed).set('imports', work.context.store.feed);
    await work.start();
    operations.started();
    return {
      stop: async () => {
        operations.stopping();
        await work.stop(3_000);
        accounts.close();
        objects.close();
        await Promise.all(opened.map((database) => database.close()));
        await operations.close();
      },
    };
  } catch (error) {
    accounts.close();
    objects.close();
    await Promise.all(opened.map((database) => database.close()));
    await operations.close();
    throw error;
  }
}
