import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { allSteps } from './steps/all-steps.js';
import { runSteps } from './steps/run-steps.js';

const root = resolve(fileURLToPath(new URL('../../..', import.meta.url)));
const { values } = parseArgs({ options: { only: { type: 'string', multiple: true }, counts: { type: 'string' } } });
const wanted = values.only ?? [];
const steps = allSteps.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
if (steps.length === 0) throw new Error(`The steps are: ${allSteps.map(({ name }) => name).join(', ')}`);

const counts = await runSteps(root, steps, (line) => console.log(line));
if (values.counts !== undefined) {
  mkdirSync(dirname(resolve(values.counts)), { recursive: true });
  writeFileSync(values.counts, JSON.stringify(counts));
}
process.exitCode = counts.failed === 0 ? 0 : 1;
