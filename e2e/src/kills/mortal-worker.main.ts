import 'reflect-metadata';
import { contactTarget, openContactsStore } from '@caseledger/contacts';
import { postgresVault, type Feed } from '@caseledger/event-store';
import { feedClient, feedTransport } from '@caseledger/event-streams';
import { importWork, type ImportWork } from '@caseledger/imports';
import { folderStore, sealedObjects } from '@caseledger/object-store';
import { readWorkerConfig } from '@caseledger/processes';
import { createLogger, createRegistry, openDatabase, signServiceContext, type Database } from '@caseledger/service-kit';
import { isFatal, type CrashOrder, type CrashPoint, type WorkerMessage } from './crash-orders.js';

/*
 * An import worker that ends by SIGKILL exactly where it is told to, composed as the product composes its own. It is
 * loaded and waits; it joins the installation when the test says so.
 */

const POOL_MAX = 5;
/** Whoever follows a killed worker waits for its leases: short ones, so that the test waits little. */
const LEASE_MS = 1_500;
/** Chunks without an outcome are sent out again so soon that they are at work twice. */
const REDISPATCH_MS = 700;

let orders: readonly CrashOrder[] = [];

function crashPoint(point: CrashPoint): Promise<never> | undefined {
  if (!orders.some((order) => order.point === point && isFatal(order))) return undefined;
  process.kill(process.pid, 'SIGKILL');
  // Nothing of this worker goes on, not even to the end of the turn.
  return new Promise<never>(() => undefined);
}

async function open({ appUrl, tailUrl }: { readonly appUrl: string; readonly tailUrl: string }): Promise<Database> {
  return openDatabase({ appUrl, tailUrl, poolMax: POOL_MAX }, { migrations: [] });
}

async function compose(): Promise<ImportWork> {
  const config = readWorkerConfig();
  const { masterKey, contextSecret, objectsDir, workDir, limits } = config.imports;
  const [imports, contacts, vaultDatabase] = await Promise.all([open(config.imports.database), open(config.contacts), open(config.vault)]);
  const vault = postgresVault(vaultDatabase.app);
  const { store, hasher } = openContactsStore({ dataSource: contacts.app, tail: contacts.tail, vault, masterKey });
  const accounts = feedClient(config.accountsAddress, () => signServiceContext(contextSecret, 'import-worker'));
  const feeds = new Map<string, Feed>([['accounts', accounts], ['contacts', store.feed]]);
  const work = importWork({
    app: imports.app,
    tail: imports.tail,
    vault,
    masterKey,
    sealed: sealedObjects(folderStore(objectsDir)),
    targets: [contactTarget({ store, hasher, crashPoint })],
    limits: { ...limits, redispatchMs: REDISPATCH_MS },
    workDir,
    logger: createLogger({ service: 'mortal-worker', level: 'warn' }),
    registry: createRegistry('mortal-worker'),
    transport: feedTransport((source) => feeds.get(source) ?? accounts, { leaseMs: LEASE_MS }),
    sweepMs: 300,
    jobLeaseMs: LEASE_MS,
    crashPoint,
  });
  feeds.set('imports', work.context.store.feed);
  return work;
}

process.on('message', (message: WorkerMessage) => {
  if ('orders' in message) {
    orders = message.orders;
    process.send?.('ordered');
    return;
  }
  compose()
    .then(async (work) => {
      await work.start();
      process.send?.('joined');
    })
    .catch((fault: unknown) => {
      process.stderr.write(`${fault instanceof Error ? (fault.stack ?? fault.message) : String(fault)}\n`);
      process.exit(1);
    });
});
// Nobody is left to tell it anything: the test is over.
process.on('disconnect', () => process.exit(0));
process.send?.('loaded');
