import { readImportsConfig } from '@caseledger/imports';
import { createLogger, readOrExit } from '@caseledger/service-kit';
import { readDatabases } from './config.js';
import { openLogs } from './stores.js';

/**
 * Empties every read model of every service and brings it back from the logs (DESIGN 27). Events that no read model is
 * made of are not read, so a log may hold more than are told here; `verify` counts them all.
 */
const json = process.argv.includes('--json');
const { databases, config } = readOrExit(() => ({ databases: readDatabases(), config: readImportsConfig() }));
const { logs, close } = await openLogs(databases, config, createLogger({ service: 'rebuild', level: 'warn' }));
for (const log of logs) {
  const started = Date.now();
  const { events } = await log.rebuild();
  const seconds = (Date.now() - started) / 1000;
  process.stdout.write(json ? `${JSON.stringify({ service: log.name, events, seconds })}\n` : `${log.name}: rebuilt in ${seconds.toFixed(1)} s from the ${events} events that its read models are made of\n`);
}
await close();
