import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readArguments } from './arguments.js';
import { commit, machine } from './machine.js';
import { measure } from './measure.js';
import { asTable, Figures } from './results.js';

/** `npm run bench`: imports and reverts at full size against the launched product; exits 1 when a target is missed. */
const { rows, workers, only } = readArguments(process.argv.slice(2));
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const figures = new Figures();
const at = new Date().toISOString();
for (const number of workers) await measure({ rows, workers: number, only, say }, figures);

const measured = figures.rows().filter(({ id }) => only === undefined || id.includes(only));
const results = fileURLToPath(new URL('../results.json', import.meta.url));
writeFileSync(results, `${JSON.stringify({ machine: machine(), commit: commit(), at, rows: measured }, null, 1)}\n`);
say(asTable(measured));
process.exitCode = measured.every(({ ok }) => ok) ? 0 : 1;
