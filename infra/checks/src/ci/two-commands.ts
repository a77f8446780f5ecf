import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@caseledger/local';
import { runCommand } from '../repository/run-command.js';
import type { Counts } from '../steps/run-steps.js';
import { importFault } from './import-result.js';
import { countsInJestReport, one, sum } from './tally.js';
import { WatchedProcess } from './watched-process.js';

const CLONE_MS = 120_000;
const START_MS = 600_000;
const IMPORT_MS = 120_000;
const STOP_MS = 5_000;
const TEST_MS = 3_600_000;

/** Made-up clients; the last row has no name, so one row of four is refused. */
const CLIENTS = [
  'First name,Last name,Email,Phone',
  'Ada,Quillfeather,ada@quillfeather.example,+1 202 555 0143',
  'Bruno,Marsh-Delacroix,bruno@marsh.example,+49 30 23125 014',
  'Chiyo,Okonjo,chiyo@okonjo.example,+44 20 7946 0018',
  ',,nobody@nowhere.example,',
].join('\r\n');

/**
 * What a stranger does: clone, `npm start` (here with every service as its own process), import a spreadsheet, stop;
 * then `npm test`, of which jest's report is written to `report`. Tests run here only, because here the checkout is as
 * clean as it can be. Counts starting with the import as one, and every test.
 */
export async function runTwoCommands(root: string, report: string, tell: (text: string) => void): Promise<Counts> {
  const dir = mkdtempSync(join(tmpdir(), 'caseledger-clone-'));
  // The account that runs PostgreSQL has to reach the clone, as it would in a stranger's folder.
  chmodSync(dir, 0o755);
  const clone = join(dir, 'caseledger');
  try {
    const cloned = await runCommand('git', ['clone', '--quiet', root, clone], { cwd: dir, deadlineMs: CLONE_MS });
    if (cloned.code !== 0) throw new Error(`git clone: ${cloned.output}`);
    const fault = await startAndImport(clone).catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
    tell(fault === undefined ? 'ok     npm start --split and an import\n' : `FAILED npm start --split and an import: ${fault}\n`);
    const { code } = await runCommand('npm', ['test', '--', '--json', `--outputFile=${report}`], { cwd: clone, deadlineMs: TEST_MS, tee: tell });
    return sum([one(fault === undefined), countsInJestReport(report, code)]);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** @returns what went wrong, if anything */
async function startAndImport(clone: string): Promise<string | undefined> {
  const env = { CASELEDGER_PORT: String(await freePort()) };
  const installation = new WatchedProcess('npm', ['start', '--', '--split'], { cwd: clone, env });
  let fault: string | undefined;
  try {
    await installation.waitForOutput('Caseledger is up.', START_MS);
    const file = join(clone, 'tmp-clients.csv');
    writeFileSync(file, CLIENTS);
    const args = ['caseledger', 'import', file, '--type', 'clients', '--yes', '--json'];
    const { output } = await runCommand('npx', ['--no-install', ...args], { cwd: clone, deadlineMs: IMPORT_MS, env });
    fault = importFault(output, { read: 4, created: 3, failed: 1 });
  } catch (error) {
    fault = error instanceof Error ? error.message : String(error);
  }
  const { code, tookMs } = await installation.interrupt(STOP_MS * 4);
  if (fault !== undefined) return fault;
  if (tookMs > STOP_MS) return `Ctrl-C took ${tookMs} ms, more than ${STOP_MS}`;
  return code === null ? 'Ctrl-C did not end it' : undefined;
}
