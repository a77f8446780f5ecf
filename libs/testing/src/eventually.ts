import { setTimeout as pause } from 'node:timers/promises';

export interface EventuallyOptions {
  /** Default 10 s. */
  readonly deadlineMs?: number;
  /** Default 20 ms. */
  readonly everyMs?: number;
}

/**
 * Asks again until the check passes: it passes when it neither throws nor answers `false` or `undefined`.
 * @returns what the check answered
 * @throws what the check threw last, or an Error, once the deadline is over.
 */
export async function eventually<T>(check: () => T | Promise<T>, options: EventuallyOptions = {}): Promise<Exclude<T, false | undefined>> {
  const deadline = Date.now() + (options.deadlineMs ?? 10_000);
  for (;;) {
    const found = await attempt(check);
    if (found.passed) return found.answer;
    if (Date.now() > deadline) throw found.reason;
    await pause(options.everyMs ?? 20);
  }
}

type Attempt<T> = { readonly passed: true; readonly answer: Exclude<T, false | undefined> } | { readonly passed: false; readonly reason: unknown };

async function attempt<T>(check: () => T | Promise<T>): Promise<Attempt<T>> {
  try {
    const answer = await check();
    return isPass(answer) ? { passed: true, answer } : { passed: false, reason: new Error(`still ${String(answer)} at the deadline`) };
  } catch (reason) {
    return { passed: false, reason };
  }
}

function isPass<T>(answer: T): answer is Exclude<T, false | undefined> {
  return answer !== false && answer !== undefined;
}
