import { contactTarget, openContactsStore } from '@caseledger/contacts';
import { postgresVault } from '@caseledger/event-store';
import { feedClient, feedTransport, type FeedClient } from '@caseledger/event-streams';
import { importWork } from '@caseledger/imports';
import { folderStore, sealedObjects } from '@caseledger/object-store';
import { createRegistry, openDatabase, openOperations, signServiceContext, type Database, type Logger, type Stoppable } from '@caseledger/service-kit';
import type { readWorkerConfig } from './config.js';

/** Chunks at once want a connection each, for lane, keys and streams; jobs and the ledger want theirs beside them. */
const POOL_MAX = 12;

/**
 * An import worker (DESIGN 12): the working door of imports together with contacts as its target, each on its own
 * database. It serves nobody; workers are scaled by starting more of them.
 */
export async function startImportWorker(config: ReturnType<typeof readWorkerConfig>, logger: Logger): Promise<Stoppable> {
  const { masterKey, contextSecret, objectsDir, workDir, limits } = config.imports;
  const { ownerUrl: _owner, ...importsDatabase } = config.imports.database;
  const opened: Database[] = [];
  const open = async (database: Parameters<typeof openDatabase>[0]): Promise<Database> => {
    const made = await openDatabase({ poolMax: POOL_MAX, ...database }, { migrations: [] });
    opened.push(made);
    return made;
  };
  const clients = new Map<string, FeedClient>();
  const feedOf = (source: string): FeedClient => {
    const known = clients.get(source) ?? feedClient(config.feeds.get(source) ?? '', () => signServiceContext(contextSecret, 'import-worker'));
    clients.set(source, known);
    return known;
  };
  try {
    const [imports, contacts, vaultDatabase] = [await open(importsDatabase), await open(config.contacts), await open(config.vault)];
    const vault = postgresVault(vaultDatabase.app);
    const contactsStore = openContactsStore({ dataSource: contacts.app, tail: contacts.tail, vault, masterKey });
    await contactsStore.store.check();
    const registry = createRegistry('import-worker');
    const work = importWork({
      app: imports.app,
      tail: imports.tail,
      vault,
      masterKey,
      sealed: sealedObjects(folderStore(objectsDir)),
      targets: [contactTarget(contactsStore)],
      limits,
      workDir,
      logger,
      registry,
      transport: feedTransport(feedOf),
    });
    await work.start();
    const operations = await openOperations({ ...config.operations, registry, checks: [] });
    operations.started();
    return {
      stop: async () => {
        operations.stopping();
        await work.stop(3_000);
        for (const client of clients.values()) client.close();
        await Promise.all(opened.map((database) => database.close()));
        await operations.close();
      },
    };
  } catch (error) {
    await Promise.all(opened.map((database) => database.close()));
    throw error;
  }
}
