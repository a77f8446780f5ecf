import type { targetsV1 } from '@caseledger/contracts';
import type { ChunkCourse } from './rows/chunk-course.js';

/**
 * A service whose records an import writes: the generated `RowTargetService` as plain asynchronous functions. The
 * worker hosts it in its own process, an interactive process reaches it over gRPC (DESIGN 12, 26).
 */
export interface RowTarget {
  /** The owner's name as a source of events, such as `contacts`. */
  readonly name: string;
  /** Where the target tells what became of chunks, and its number of partitions. */
  readonly topic: { readonly name: string; readonly partitions: number };
  /** The right that making such records needs (SEC-012). */
  readonly permission: string;
  open(request: targetsV1.OpenRunRequest): Promise<targetsV1.RunReply>;
  setState(request: targetsV1.SetRunStateRequest): Promise<targetsV1.RunReply>;
  lanes(request: targetsV1.LanesRequest): Promise<targetsV1.LanesReply>;
  match(request: targetsV1.MatchRequest): Promise<targetsV1.MatchReply>;
  judge(request: targetsV1.JudgeRequest): Promise<targetsV1.JudgeReply>;
  changedSince(request: targetsV1.ChangedSinceRequest): Promise<targetsV1.ChangedSinceReply>;
  /**
   * With a course, which only works in one process, the course decides inside the transaction about the rows.
   * @throws ChunkDeclined when it does, or the chunk may not follow one: then nothing was written.
   */
  apply(request: targetsV1.ApplyChunkRequest, course?: ChunkCourse): Promise<targetsV1.ChunkReply>;
  touched(request: targetsV1.TouchedRequest): Promise<targetsV1.TouchedReply>;
  revert(request: targetsV1.RevertChunkRequest): Promise<targetsV1.ChunkReply>;
  /** Which records of this target build on records of another one that a revert would take back. */
  dependents(request: targetsV1.DependentsRequest): Promise<targetsV1.DependentsReply>;
  positions(request: targetsV1.PositionsRequest): Promise<targetsV1.PositionsReply>;
}
