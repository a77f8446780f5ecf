import { readImportsConfig } from '@caseledger/imports';
import { createLogger, readOrExit } from '@caseledger/service-kit';
import { readDatabases } from './config.js';
import { openLogs } from './stores.js';

/** Empties every read model of every service and brings it back from the logs (DESIGN 27). */
const json = process.argv.includes('--json');
const { databases, config } = readOrExit(() => ({ databases: readDatabases(), config: readImportsConfig() }));
const { logs, close } = await openLogs(databases, config, createLogger({ service: 'rebuild', level: 'warn' }));
for (const log of logs) {
  const started = Date.now();
  const { events } = await log.rebuild();
  const seconds = (Date.now() - started) / 1000;
  process.stdout.write(json ? `${JSON.stringify({ service: log.name, events, seconds })}\n` : `${log.name}: rebuilt from ${events} events in ${seconds.toFixed(1)} s\n`);
}
await close();
