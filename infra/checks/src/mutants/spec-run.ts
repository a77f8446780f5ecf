import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JEST_OPTIONS } from '../config.js';
import { runCommand } from '../repository/run-command.js';

/** The first test of a run may wait for a database to start; tests with a time of their own keep it. */
const TEST_MS = 60_000;

export interface TestOutcome {
  /** Chapters and test, joined by blanks. */
  readonly fullName: string;
  readonly status: string;
  readonly messages: readonly string[];
}

export interface SpecRun {
  /** Tests that ran; those that the names leave out are not among them. */
  readonly tests: readonly TestOutcome[];
  /** Why a spec could not be run at all: it does not compile, its imports fail, or the deadline came. */
  readonly broken: string | undefined;
}

export interface SpecRequest {
  /** The tree. */
  readonly dir: string;
  /** The package, from the tree's root. */
  readonly place: string;
  /** Specs, from the tree's root. */
  readonly specs: readonly string[];
  /** Parts of full names, as plain text: tests that match none do not run. */
  readonly testNames: readonly string[];
  readonly deadlineMs: number;
}

interface JestReport {
  readonly testResults: readonly { readonly message: string; readonly testExecError?: unknown; readonly assertionResults: readonly JestTest[] }[];
}

interface JestTest {
  readonly fullName: string;
  readonly status: string;
  readonly failureMessages: readonly string[];
}

/** Runs the named tests of one package's specs with jest, in a process of its own. */
export async function runSpecs({ dir, place, specs, testNames, deadlineMs }: SpecRequest): Promise<SpecRun> {
  const out = mkdtempSync(join(tmpdir(), 'caseledger-spec-run-'));
  try {
    const report = join(out, 'report.json');
    const pattern = testNames.map((name) => name.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')).join('|');
    const args = [
      join(dir, 'node_modules', 'jest', 'bin', 'jest.js'), '-c', join(place, 'jest.config.mjs'), '--rootDir', place, '--ci', '--forceExit', `--testTimeout=${TEST_MS}`,
      '--runInBand', '--json', '--outputFile', report, '--testNamePattern', pattern, '--runTestsByPath', ...specs,
    ];
    const { output, timedOut } = await runCommand(process.execPath, args, { cwd: dir, deadlineMs, env: JEST_OPTIONS });
    if (timedOut) return { tests: [], broken: `not finished after ${deadlineMs / 1_000} s` };
    if (!existsSync(report)) return { tests: [], broken: `jest gave no report: ${output.slice(-2_000)}` };
    return read(JSON.parse(readFileSync(report, 'utf8')) as JestReport);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

function read({ testResults }: JestReport): SpecRun {
  const ran = testResults.flatMap(({ assertionResults }) => assertionResults).filter(({ status }) => status === 'passed' || status === 'failed');
  const unable = testResults.find(({ assertionResults, message }) => assertionResults.length === 0 && message !== '');
  return {
    tests: ran.map(({ fullName, status, failureMessages }) => ({ fullName, status, messages: failureMessages })),
    broken: unable === undefined ? undefined : `a spec could not run: ${unable.message.slice(0, 2_000)}`,
  };
}
