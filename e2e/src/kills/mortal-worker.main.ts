import 'reflect-metadata';
import { readWorkerConfig, startImportWorker } from '@caseledger/processes';
import { createLogger } from '@caseledger/service-kit';
import { isFatal, type CrashOrder, type CrashPoint, type WorkerMessage } from './crash-orders.js';

/*
 * The product's import worker, ending by SIGKILL exactly where it is told to. It is loaded and waits; it joins the
 * installation when the test says so.
 */

const POOL_MAX = 5;
/** Whoever follows a killed worker waits for its leases: short ones, so that the test waits little. */
const LEASE_MS = 1_500;
/** Chunks without an outcome are sent out again so soon that they are at work twice. */
const REDISPATCH_MS = 700;
const SWEEP_MS = 300;

let orders: readonly CrashOrder[] = [];

function crashPoint(point: CrashPoint): Promise<never> | undefined {
  if (!orders.some((order) => order.point === point && isFatal(order))) return undefined;
  process.kill(process.pid, 'SIGKILL');
  // Nothing of this worker goes on, not even to the end of the turn.
  return new Promise<never>(() => undefined);
}

/** With the leases and the places to die at of this test. */
async function join(): Promise<void> {
  const config = readWorkerConfig();
  const { imports, contacts, cases, vault } = config;
  const few = <Config extends object>(database: Config): Config & { poolMax: number } => ({ ...database, poolMax: POOL_MAX });
  await startImportWorker(
    {
      ...config,
      contacts: few(contacts),
      cases: few(cases),
      vault: few(vault),
      imports: { ...imports, database: few(imports.database), limits: { ...imports.limits, redispatchMs: REDISPATCH_MS } },
    },
    createLogger({ service: 'mortal-worker', level: 'warn' }),
    { work: { sweepMs: SWEEP_MS, jobLeaseMs: LEASE_MS, crashPoint }, target: { crashPoint }, cases: { crashPoint }, feeds: { leaseMs: LEASE_MS } },
  );
}

process.on('message', (message: WorkerMessage) => {
  if ('orders' in message) {
    orders = message.orders;
    process.send?.('ordered');
    return;
  }
  join()
    .then(() => process.send?.('joined'))
    .catch((fault: unknown) => {
      process.stderr.write(`${fault instanceof Error ? (fault.stack ?? fault.message) : String(fault)}\n`);
      process.exit(1);
    });
});
// Nobody is left to tell it anything: the test is over.
process.on('disconnect', () => process.exit(0));
process.send?.('loaded');
