import { NO_COUNTS, type OutcomeCounts } from '../import/import.events.js';
import { NO_REVERT_COUNTS, type RevertCounts } from '../revert/revert.events.js';

/** One row's outcome as far as counting goes. */
export interface Counted {
  readonly outcome: string;
  readonly reason: string;
}

const BY_OUTCOME: ReadonlyMap<string, keyof OutcomeCounts> = new Map([
  ['CREATED', 'created'],
  ['UPDATED', 'updated'],
  ['MERGED', 'merged'],
  ['UNCHANGED', 'unchanged'],
  ['SKIPPED', 'skipped'],
  ['FAILED', 'failed'],
]);

const BY_RESULT: ReadonlyMap<string, keyof RevertCounts> = new Map([
  ['ARCHIVED', 'archived'],
  ['RESTORED', 'restored'],
  ['UNMERGED', 'unmerged'],
  ['KEPT', 'kept'],
  ['CONFLICT', 'conflict'],
  ['UNCHANGED', 'unchanged'],
  ['ERASED', 'erased'],
]);

/** Counts rows, or takes them out again with `by` −1; each may stand for several. An unknown outcome is an error: nothing is left uncounted. */
export function countRows(rows: readonly Counted[], counts: OutcomeCounts = NO_COUNTS, by = 1): OutcomeCounts {
  const next = { ...counts };
  for (const { outcome, reason } of rows) {
    const name = BY_OUTCOME.get(outcome);
    if (name === undefined) throw new Error(`No such outcome of a row: ${outcome}`);
    next[name] += by;
    next.read += by;
    if (outcome === 'SKIPPED' && reason === 'HELD_FOR_REVIEW') next.held += by;
    if (outcome === 'SKIPPED' && reason === 'NOT_PROCESSED') next.notProcessed += by;
  }
  return next;
}

export function countRecords(records: readonly Pick<Counted, 'outcome'>[], counts: RevertCounts = NO_REVERT_COUNTS): RevertCounts {
  const next = { ...counts };
  for (const { outcome } of records) {
    const name = BY_RESULT.get(outcome);
    if (name === undefined) throw new Error(`No such result of a record: ${outcome}`);
    next[name] += 1;
    next.total += 1;
  }
  return next;
}

/** Rows of the file that no attempt has reached count as skipped and not processed: a cancelled import adds up too. */
export function withNotProcessed(counts: OutcomeCounts, rows: number): OutcomeCounts {
  const left = rows - counts.read;
  return { ...counts, read: rows, skipped: counts.skipped + left, notProcessed: counts.notProcessed + left };
}
