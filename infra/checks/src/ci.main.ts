import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runOnDistributionPostgres } from './ci/distribution-postgres.js';
import { countsIn, lastLine, one, sum } from './ci/tally.js';
import { runTwoCommands } from './ci/two-commands.js';
import { runCommand } from './repository/run-command.js';

const STEP_MS = 3_600_000;

const root = resolve(fileURLToPath(new URL('../../..', import.meta.url)));
const out = join(root, '.cache', 'ci');
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

const npm = async (script: string, ...args: string[]): Promise<number | null> => {
  console.log(`\n== npm ${script}`);
  const { code } = await runCommand('npm', ['run', '--silent', script, '--', ...args], { cwd: root, deadlineMs: STEP_MS, tee: (text) => process.stdout.write(text) });
  return code;
};

// The dependencies are there, or this program would not run.
const all = [one(true)];
all.push(countsIn(join(out, 'check.json'), await npm('check', '--counts', join(out, 'check.json'))));
console.log('\n== the S3 server that specs run against: built once, kept outside of the repository');
const server = await runCommand(process.execPath, ['libs/testing/versitygw.mjs'], { cwd: root, deadlineMs: STEP_MS, tee: (text) => process.stdout.write(text) });
all.push(one(server.code === 0));
console.log('\n== the event store on the PostgreSQL of the distribution');
all.push(await runOnDistributionPostgres(root, join(out, 'distribution.json'), (text) => void process.stdout.write(text)));
console.log('\n== the two commands, in a clone of this clone');
all.push(await runTwoCommands(root, join(out, 'jest.json'), (text) => void process.stdout.write(text)));
all.push(countsIn(join(out, 'mutants.json'), await npm('mutants', '--counts', join(out, 'mutants.json'))));

const total = sum(all);
writeFileSync(join(out, 'last-line'), lastLine(total));
process.exitCode = total.failed === 0 ? 0 : 1;
