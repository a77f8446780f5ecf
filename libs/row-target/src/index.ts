export {
  asJson,
  causeOf,
  doOnce,
  seeOwners,
  tenantOf,
  uuidOrNone,
  writeRecords,
  type Command,
  type RecordWrite,
  type SeenOwners,
  type WrittenKind,
} from './commands/record-write.js';
export { reasonOf } from './commands/reason.js';
export { hostedTarget, type HostedTarget, type HostingOptions } from './hosted-target.js';
export type { RowTarget } from './row-target.js';
export { listOfImport } from './run/import-ids.js';
export { RowTargetController, RowTargetEdge } from './row-target.controller.js';
export { RECORD_ID, keyText, type ExactKey, type RowKey } from './keys/exact-key.js';
export { KeyHasher } from './keys/key-hasher.js';
export { KNOWN_HASHES, KNOWN_OWNERS, type KnownChange } from './keys/known-change.js';
export {
  KeyTakenMeanwhile,
  knownHashes,
  lockKeys,
  readKeys,
  writeKeys,
  type KeyHashes,
  type KeyedChange,
  type KeysOf,
} from './keys/match-key.projection.js';
export { MATCH_KEY } from './keys/match-key.sql.js';
export { contributionsIn } from './records/contribution.projection.js';
export {
  columnsOf,
  differencesByField,
  fieldChanges,
  jsonText,
  sourceOf,
  withoutId,
  type FieldDifference,
} from './records/field-differences.js';
export {
  byText,
  externalIdPath,
  pathDifferences,
  sameValue,
  withMember,
  withPair,
  type Assignment,
  type PathChange,
} from './records/paths.js';
export { historyEntry, provenanceEntry, wireOrigin } from './records/told-events.js';
export { batchesOf, changesOfBatch, type FoldedKind, type RecordChange } from './records/record-changes.js';
export {
  Counterfactual,
  importOf,
  voidsOf,
  type CreatedPolicy,
  type RevertCommand,
  type RevertVerdict,
} from './revert/counterfactual.js';
export { RevertOf, type RecordHistory } from './revert/revert-of.js';
export type { PastEvent, RevertRules } from './revert/revert-rules.js';
export type { OwnersOf, RecordStream, RevertKind, RevertedRecord } from './revert/revert-rows.js';
export { applyRows, startingOver, type ChunkDeps, type CrashPoint } from './rows/apply-rows.js';
export { ChunkDeclined, type ChunkCourse, type JudgeLocked } from './rows/chunk-course.js';
export { chunkLookup, lookupOf, viewOfChunk, type ChunkLookup } from './rows/chunk-view.js';
export { judgeHere, judgesToTheEnd, type JudgeJob, type JudgeThread } from './rows/contained-judge.js';
export { judgeRow } from './rows/judge-row.js';
export type { JudgeDeps } from './rows/judge-rows.js';
export type {
  DecidedEvent,
  JudgedRow,
  KindTypes,
  Outcome,
  RecordKind,
  RowContext,
  RowJob,
  RowMatchFound,
} from './rows/row-kind.js';
export { issuesOfRow, measuresOf, oneCauseEach } from './rows/row-issues.js';
export { asExpected, outcomeOf, verdictOf } from './rows/row-outcome.js';
export { RowValues, type Clearing, type GivenValue } from './rows/row-values.js';
export { RowView, type KnownRecord } from './rows/row-view.js';
export { moveRun, openRun, type RunStanding } from './run/run.decider.js';
export { runEventDefinitions, type ChunkApplied, type RunEvent, type RunKind, type RunState } from './run/run.events.js';
export { LANE_CATEGORY, RUN_CATEGORY, runProjection } from './run/run.projection.js';
export { IMPORT_LANE, RUN } from './run/run.sql.js';
export type { RunCompany } from './run/runs.js';
export { runsTopic } from './run/runs.topic.js';
