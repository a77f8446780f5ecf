import { chunksV1, targetsV1 } from '@caseledger/contracts';
import { murmur2, type RawEvent, type TopicDefinition } from '@caseledger/event-store';
import { IMPORT_CATEGORY, LANE_CATEGORY, REVERT_CATEGORY } from './import-events.catalogue.js';
import type { LaneEvent, RunKind } from './import/import.events.js';

const KINDS: Readonly<Record<RunKind, targetsV1.RunKind>> = {
  IMPORT: targetsV1.RunKind.RUN_KIND_IMPORT,
  RETRY: targetsV1.RunKind.RUN_KIND_RETRY,
  REVERT: targetsV1.RunKind.RUN_KIND_REVERT,
  RESTORE: targetsV1.RunKind.RUN_KIND_RESTORE,
};

export function protoRunKind(kind: RunKind): targetsV1.RunKind {
  return KINDS[kind];
}

/** The state an event leads to, where the event alone tells it; empty otherwise. */
const STATE_AFTER: ReadonlyMap<string, string> = new Map([
  ['ImportCreated', 'DRAFT'],
  ['UploadStarted', 'UPLOADING'],
  ['FileUploaded', 'ANALYSING'],
  ['FileRejected', 'REJECTED'],
  ['FileAnalysed', 'MAPPING'],
  ['AnalysisOverridden', 'ANALYSING'],
  ['OverrideRefused', 'MAPPING'],
  ['PlanRequested', 'PLANNING'],
  ['PlanDiscarded', 'MAPPING'],
  ['ImportConfirmed', 'CONFIRMED'],
  ['ImportQueued', 'QUEUED'],
  ['ImportStarted', 'RUNNING'],
  ['ImportResumed', 'RUNNING'],
  ['RetryStarted', 'RUNNING'],
  ['ImportCancelRequested', 'CANCELLING'],
  ['ImportCancelled', 'CANCELLED'],
  ['ImportCompleted', 'COMPLETED'],
  ['ImportDiscarded', 'DISCARDED'],
  ['DraftExpired', 'EXPIRED'],
]);

/** What others may know of imports and reverts: their events' types and states, no more (EVT-001). */
export const importsTopic: TopicDefinition = {
  topic: 'caseledger.imports.v1',
  partitions: 12,
  categories: [IMPORT_CATEGORY, REVERT_CATEGORY],
  encode: ({ type }) => chunksV1.ImportChanged.encode({ state: STATE_AFTER.get(type) ?? '' }).finish(),
};

export const CHUNK_PARTITIONS = 64;

/** The chunks on their way to the workers: a lane keeps its order, the lanes of a run are spread (DESIGN 7). */
export const chunksTopic: TopicDefinition = {
  topic: 'caseledger.import-chunks.v1',
  partitions: CHUNK_PARTITIONS,
  categories: [LANE_CATEGORY],
  partitionOf: ({ data }) => (Number(data['lane']) + murmur2(String(data['run']))) % CHUNK_PARTITIONS,
  encode: encodeChunk,
};

function encodeChunk({ data }: RawEvent): Uint8Array {
  const { kind, ...chunk } = data as unknown as LaneEvent['data'];
  return chunksV1.ChunkDispatched.encode({ ...chunk, kind: KINDS[kind] }).finish();
}
