import type { Step } from './step.js';

const LINES_MAX = 200;

/** How many of something passed, failed and were left out. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/**
 * Runs steps one after the other and tells each one's result; a failed step does not stop the next, so one run shows
 * every fault. A step that throws has failed.
 */
export async function runSteps(root: string, steps: readonly Step[], say: (line: string) => void): Promise<Counts> {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const step of steps) {
    const startedAt = Date.now();
    const { state, lines } = await step.run(root).catch((error: unknown) => ({
      state: 'failed' as const,
      lines: [error instanceof Error ? (error.stack ?? error.message) : String(error)],
    }));
    if (state !== 'absent') counts[state] += 1;
    const seconds = ((Date.now() - startedAt) / 1_000).toFixed(1);
    const [first = '', ...rest] = state === 'failed' ? ['', ...lines] : lines;
    say(`${state === 'failed' ? 'FAILED' : state === 'passed' ? 'ok    ' : 'absent'} ${step.name} (${seconds} s)${first === '' ? '' : `: ${first}`}`);
    for (const line of rest.slice(0, LINES_MAX)) say(`  ${line}`);
    if (rest.length > LINES_MAX) say(`  and ${rest.length - LINES_MAX} more`);
  }
  return counts;
}
