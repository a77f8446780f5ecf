import { uuid8, type StreamAppend } from '@caseledger/event-store';
import type { ImportMarkerEvent } from './import-marker.events.js';

/** The category of the streams of markers: one stream per run. */
export const IMPORT_MARKER_CATEGORY = 'import-marker';

/** Partitions of the topic of cases: each gets its marker (EVT-004). */
export const CASE_PARTITIONS = 12;

/**
 * The markers around the case events of a run, one per partition: a position of the log lies in one partition, so that
 * the position before each message stays true for all of them.
 */
export function markersOf(
  type: ImportMarkerEvent['type'],
  { importId, run }: { readonly importId: string; readonly run: string },
): StreamAppend {
  const events = Array.from({ length: CASE_PARTITIONS }, (_, partition) => ({
    id: uuid8('import-marker', run, type, String(partition)),
    type,
    data: { import: importId, run, partition },
    meta: { run },
  }));
  const expected = type === 'ImportStarted' ? ('none' as const) : ('exists' as const);
  return { stream: uuid8('import-marker', run), category: IMPORT_MARKER_CATEGORY, expected, events };
}
