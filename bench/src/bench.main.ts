import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readArguments } from './arguments.js';
import { commit, machine } from './machine.js';
import { measureCases } from './measure-cases.js';
import { measure } from './measure.js';
import { asTable, CASES, Figures, isAskedFor } from './results.js';

/** `npm run bench`: imports and reverts at full size against the launched product; exits 1 when a target is missed. */
const { rows, workers, only } = readArguments(process.argv.slice(2));
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const figures = new Figures();
const at = new Date().toISOString();
for (const number of workers) {
  const options = { rows, workers: number, only, say };
  if (only !== CASES) await measure(options, figures);
  if (only === undefined || only === CASES) await measureCases(options, figures);
}

const measured = figures.rows().filter(({ id }) => isAskedFor(id, only));
const results = fileURLToPath(new URL('../results.json', import.meta.url));
writeFileSync(results, `${JSON.stringify({ machine: machine(), commit: commit(), at, rows: measured }, null, 1)}\n`);
say(asTable(measured));
process.exitCode = measured.every(({ ok }) => ok) ? 0 : 1;
