import type { targetsV1 } from '@caseledger/contracts';

/**
 * Judges rows in the transaction of their chunk, under the locks of all that they are judged by. May be called again with
 * other rows or marks: what was judged last is written.
 */
export type JudgeLocked = (rows: readonly targetsV1.Row[]) => Promise<readonly targetsV1.RowOutcome[]>;

/**
 * Decides inside a chunk's transaction, once it is the chunk's turn, what its rows are and whether they are written:
 * they are when it returns, nothing is when it throws. Called again whenever the transaction starts over. What failed
 * elsewhere it tells as `ChunkDeclined`: this target would take it for a failure of its own.
 */
export type ChunkCourse = (judge: JudgeLocked) => Promise<void>;

/** A chunk is not to be written in this way: nothing of it is, and no row is to blame. */
export class ChunkDeclined extends Error {
  override readonly name = 'ChunkDeclined';
}
