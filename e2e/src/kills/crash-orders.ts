import { closeSync, openSync } from 'node:fs';

/** Every named place of the worker's work on a chunk, in the order in which it comes by (CORRECTNESS I1). */
export const CRASH_POINTS = ['after_load', 'before_apply', 'before_lock', 'after_lock', 'before_append', 'before_commit', 'after_commit', 'after_apply', 'before_ack'] as const;

/** `before_cases` lies between the two databases of a case row; other imports never come by it. */
export type CrashPoint = (typeof CRASH_POINTS)[number] | 'before_cases';

/** Whoever is the `nth` (from 0) of all workers together to pass this place ends there. */
export interface CrashOrder {
  readonly point: CrashPoint;
  readonly nth: number;
  /** Path beside which passes are counted; files, because the workers share nothing else. */
  readonly tally: string;
}

/** What a worker is told by the test. */
export type WorkerMessage = { readonly join: true } | { readonly orders: readonly CrashOrder[] };

/** Counts this pass. @returns whether it is the one to end at */
export function isFatal({ nth, tally }: CrashOrder): boolean {
  for (let pass = 0; pass <= nth; pass += 1) if (take(`${tally}.${pass}`)) return pass === nth;
  return false;
}

/** Exactly one of all who try gets the file. */
function take(path: string): boolean {
  try {
    closeSync(openSync(path, 'wx'));
    return true;
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw fault;
  }
}
