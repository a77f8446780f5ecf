import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Json, Network } from '@caseledger/testing';

const CLI = fileURLToPath(new URL('../../cli/bin/caseledger.mjs', import.meta.url));
const CLI_MS = 300_000;
const run = promisify(execFile);

/** The command line on the installation itself. @returns its JSON lines. */
export async function caseledger(network: Network, ...args: string[]): Promise<Json[]> {
  const { stdout } = await run(process.execPath, [CLI, ...args, '--json'], { timeout: CLI_MS, env: { CASELEDGER_HOME: network.home, HOME: network.home } });
  return stdout.trim().split('\n').map((line) => JSON.parse(line) as Json);
}
