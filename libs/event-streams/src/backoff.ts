import { randomInt } from 'node:crypto';

/** Waits between tries of something that failed for a passing reason: doubling, with full jitter, up to a cap. */
export class Backoff {
  private tries = 0;

  constructor(private readonly firstMs = 50, private readonly capMs = 10_000) {}

  /** How long to wait before the next try, in ms; grows with each call. */
  nextMs(): number {
    const ceilingMs = Math.min(this.capMs, this.firstMs * 2 ** Math.min(this.tries, 20));
    this.tries += 1;
    return randomInt(Math.ceil(ceilingMs / 2), ceilingMs + 1);
  }

  reset(): void {
    this.tries = 0;
  }
}

/** Resolves after `ms`, or at once when the signal fires. Never rejects and leaves no timer behind. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}

/** Resolves when `work` has settled or `ms` have passed, whichever is first; never rejects. */
export async function settledWithin(work: Promise<unknown>, ms: number): Promise<boolean> {
  const timeUp = new AbortController();
  const settled = work.then(
    () => true,
    () => true,
  );
  const result = await Promise.race([settled, pause(ms, timeUp.signal).then(() => false)]);
  timeUp.abort();
  return result;
}
