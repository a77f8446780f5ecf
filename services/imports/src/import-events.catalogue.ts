import { EventCatalog, type EventDefinition } from '@caseledger/event-store';
import type { ImportEvent, LaneEvent } from './import/import.events.js';
import type { RevertEvent } from './revert/revert.events.js';

/** Categories of this service's streams. */
export const IMPORT_CATEGORY = 'import';
export const REVERT_CATEGORY = 'revert';
export const LANE_CATEGORY = 'import-lane';

/**
 * Every event of this service with the schema version written today. None holds personal data: what is in a file stays
 * in sealed objects, the ledger in clear holds ids, codes and numbers (DESIGN 14).
 */
const VERSIONS: Record<ImportEvent['type'] | RevertEvent['type'] | LaneEvent['type'], number> = {
  ImportCreated: 1,
  UploadStarted: 1,
  FileUploaded: 1,
  FileRejected: 1,
  FileAnalysed: 1,
  AnalysisOverridden: 1,
  OverrideRefused: 1,
  MappingSet: 1,
  OptionsSet: 1,
  PlanRequested: 1,
  PlanCompleted: 1,
  PlanDiscarded: 1,
  RowsDecided: 1,
  ImportConfirmed: 1,
  ImportQueued: 1,
  ImportStarted: 1,
  SplitCompleted: 1,
  ImportPaused: 1,
  ImportResumed: 1,
  ImportCancelRequested: 1,
  ImportCancelled: 1,
  ImportCompleted: 1,
  RetryStarted: 1,
  RetryCompleted: 1,
  ImportRevertChanged: 1,
  ImportDiscarded: 1,
  DraftExpired: 1,
  FileExpired: 1,
  ChunkDispatched: 1,
  RevertPlanned: 1,
  RevertPreviewed: 1,
  RevertStale: 1,
  RevertConfirmed: 1,
  RevertStarted: 1,
  RevertPaused: 1,
  RevertResumed: 1,
  RevertCancelRequested: 1,
  RevertCancelled: 1,
  RevertCompleted: 1,
  RevertRestored: 1,
};

export const importEvents: readonly EventDefinition[] = Object.entries(VERSIONS).map(([type, schemaVersion]) => ({
  type,
  schemaVersion,
}));

/** What this service's event store knows. */
export function importCatalog(): EventCatalog {
  return new EventCatalog(importEvents);
}
