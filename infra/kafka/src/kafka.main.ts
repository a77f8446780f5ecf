import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startKafka } from './cluster.js';
import { KAFKA_VERSIONS } from './jars.js';

/** `npm run kafka -- [--nodes 3] [--version 3.9.2] [--port 9092] [--dir DIR]`: brokers until Ctrl-C; their data stays. */
const { values } = parseArgs({
  options: { nodes: { type: 'string', default: '1' }, version: { type: 'string', default: KAFKA_VERSIONS[0] }, port: { type: 'string', default: '9092' }, dir: { type: 'string' } },
});
const nodes = values.nodes === '3' ? 3 : 1;
const dir = values.dir ?? join('.cache', 'kafka', `${values.version}-${nodes}`);
const cluster = await startKafka({ dir, version: values.version, nodes, port: Number(values.port) });
process.stdout.write(`KAFKA_BROKERS=${cluster.brokers.join(',')}\n`);
await new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  // What the brokers' shells hold open does not keep this process alive.
  setInterval(() => undefined, 60_000);
});
await cluster.stop();
process.exit(0);
