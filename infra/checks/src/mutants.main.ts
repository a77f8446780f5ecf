import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loadMutants } from './mutants/registry.js';
import { runMutants } from './mutants/run-mutants.js';

const DEADLINE_MS = 240_000;

const root = resolve(fileURLToPath(new URL('../../..', import.meta.url)));
const { values } = parseArgs({ options: { only: { type: 'string' }, list: { type: 'boolean' }, counts: { type: 'string' } } });
const mutants = loadMutants(root).filter(({ id }) => id.startsWith(values.only ?? ''));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

if (values.list === true) {
  for (const { id, file, fault } of mutants) console.log(`${id} (${file}): ${fault}`);
} else {
  const counts = await runMutants({ root, mutants, deadlineMs: DEADLINE_MS, say: (line) => console.log(line) });
  console.log(`${mutants.length} mutants; ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} not tried`);
  if (values.counts !== undefined) {
    mkdirSync(dirname(resolve(values.counts)), { recursive: true });
    writeFileSync(values.counts, JSON.stringify(counts));
  }
  process.exitCode = counts.failed + counts.skipped === 0 ? 0 : 1;
}
