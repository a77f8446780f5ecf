import { existsSync, readFileSync } from 'node:fs';
import type { Counts } from '../steps/run-steps.js';

/** One thing that was looked at as a whole. */
export const one = (ok: boolean): Counts => ({ passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 });

export function sum(all: readonly Counts[]): Counts {
  return all.reduce((a, b) => ({ passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped }), { passed: 0, failed: 0, skipped: 0 });
}

/** What a command counted in its file, never better than its exit code says. */
export function countsIn(file: string, code: number | null): Counts {
  return believed(existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Counts) : undefined, code);
}

interface JestTotals {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly numRuntimeErrorTestSuites: number;
}

/** The totals of jest's `--json` report; a spec file that could not run counts as one failure. */
export function countsInJestReport(file: string, code: number | null): Counts {
  if (!existsSync(file)) return believed(undefined, code);
  const totals = JSON.parse(readFileSync(file, 'utf8')) as JestTotals;
  return believed({
    passed: totals.numPassedTests,
    failed: totals.numFailedTests + totals.numRuntimeErrorTestSuites,
    skipped: totals.numPendingTests + totals.numTodoTests,
  }, code);
}

/** A command that ends badly or without its counts has failed, whatever it counted. */
function believed(counts: Counts | undefined, code: number | null): Counts {
  if (counts === undefined) return one(false);
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

/** The last line of `.ci/run`. */
export function lastLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
