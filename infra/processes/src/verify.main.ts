import { readImportsConfig } from '@caseledger/imports';
import { createLogger, readOrExit } from '@caseledger/service-kit';
import { readDatabases } from './config.js';
import { openLogs } from './stores.js';

/** Recomputes the hash chain of every log (AUD-001); ends with 1 and names the first position that differs. */
const json = process.argv.includes('--json');
const { databases, config } = readOrExit(() => ({ databases: readDatabases(), config: readImportsConfig() }));
const { logs, close } = await openLogs(databases, config, createLogger({ service: 'verify', level: 'silent' }));
let isBroken = false;
for (const { name, store } of logs) {
  const report = await store.verify();
  isBroken ||= !report.ok;
  if (json) process.stdout.write(`${JSON.stringify({ service: name, ...report })}\n`);
  else if (report.ok) process.stdout.write(`${name}: ${report.events} events in ${report.batches} batches, intact\n`);
  for (const { shard, position, fault } of json ? [] : report.faults) {
    process.stdout.write(`${name}: LOG_CHAIN_BROKEN at position ${position} of shard ${shard}: ${fault}\n`);
  }
}
await close();
process.exitCode = isBroken ? 1 : 0;
