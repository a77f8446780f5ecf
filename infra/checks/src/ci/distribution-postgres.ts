import { existsSync } from 'node:fs';
import { distributionPostgres } from '@caseledger/local';
import { JEST_OPTIONS } from '../config.js';
import { runCommand } from '../repository/run-command.js';
import type { Counts } from '../steps/run-steps.js';
import { countsInJestReport, one, sum } from './tally.js';

const INSTALL_MS = 600_000;
const TEST_MS = 1_800_000;
/** What depends on the version: the log's functions and triggers, its contract, rebuild and verification. */
const SPECS = ['event-store.contract.int.spec', 'guards.int.spec', 'rebuild.int.spec', 'verify.int.spec', 'job-queue.int.spec'];

/**
 * Tests the event store on the PostgreSQL of the distribution as well, which is older than the embedded one; installs it
 * where there is none and this is root. Specs of an installation on another server find it by themselves.
 */
export async function runOnDistributionPostgres(root: string, report: string, tell: (text: string) => void): Promise<Counts> {
  if (distributionPostgres() === undefined && existsSync('/usr/bin/apt-get') && process.getuid?.() === 0) {
    await runCommand('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'postgresql'], { cwd: root, deadlineMs: INSTALL_MS, tee: tell });
  }
  const programs = distributionPostgres();
  if (programs === undefined) {
    tell('FAILED there is no PostgreSQL of the distribution\n');
    return one(false);
  }
  const env = { ...JEST_OPTIONS, CASELEDGER_TEST_POSTGRES: programs };
  const args = ['node_modules/jest/bin/jest.js', '--ci', '--selectProjects', 'event-store', '--json', `--outputFile=${report}`, ...SPECS];
  const { code } = await runCommand(process.execPath, args, { cwd: root, deadlineMs: TEST_MS, env, tee: tell });
  return sum([one(true), countsInJestReport(report, code)]);
}
