import { setTimeout as pause } from 'node:timers/promises';
import { refused, validation } from '@caseledger/errors';

const WAIT_MS_MAX = 2_000;
const PAUSE_MS = 25;

/** A log that knows how far it has come. */
export interface Log {
  head(): Promise<readonly { readonly shard: number; readonly position: number }[]>;
}

/** Waits up to 2 s until the log has reached a position `shard:position` (API-005); else NOT_CAUGHT_UP. */
export async function caughtUp(log: Log, minPosition: string): Promise<void> {
  if (minPosition === '') return;
  const [shard, position] = minPosition.split(':').map(Number);
  if (!Number.isSafeInteger(shard) || position === undefined || !Number.isSafeInteger(position)) {
    throw validation('VALUE_NOT_ALLOWED', { field: 'minPosition', text: minPosition }, 'minPosition');
  }
  const until = performance.now() + WAIT_MS_MAX;
  for (;;) {
    const head = (await log.head()).find((each) => each.shard === shard);
    if (head !== undefined && head.position >= position) return;
    if (performance.now() >= until) throw refused('NOT_CAUGHT_UP');
    await pause(PAUSE_MS);
  }
}
