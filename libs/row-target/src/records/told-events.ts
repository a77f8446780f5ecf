import type { StoredEvent } from '@caseledger/event-store';
import type { contactsV1 } from '@caseledger/contracts';
import { columnsOf, fieldChanges, sourceOf, type FieldDifference } from './field-differences.js';

/** What caused an event, as the log has it. */
export interface EventCause {
  readonly origin: { readonly kind: string; readonly id?: string | null };
  readonly meta: Readonly<Record<string, unknown>>;
}

/** The origin of an event; for a row of a file with its run and row. */
export function wireOrigin({ origin, meta }: EventCause): contactsV1.Origin {
  const run = meta['run'];
  const row = meta['row'];
  return {
    kind: origin.kind,
    id: origin.id ?? '',
    run: typeof run === 'string' ? run : '',
    row: typeof row === 'number' ? row : 0,
  };
}

/** An event as the history of its record tells it, with what it changed (HIS-006). */
export function historyEntry(stored: StoredEvent, differences: readonly FieldDifference[]): contactsV1.HistoryEntry {
  const reason = stored.data['reason'];
  return {
    eventId: stored.id,
    version: stored.version,
    type: stored.type,
    atMs: stored.at.getTime(),
    actor: stored.actor ?? '',
    origin: wireOrigin(stored),
    changes: fieldChanges(stored.stream, differences, columnsOf([stored])),
    reason: typeof reason === 'string' ? reason : '',
  };
}

/** A value as an event wrote it, with the cell it came from where it came from one; `value` is JSON text (HIS-006). */
export function provenanceEntry(stored: StoredEvent, path: string, value: string): contactsV1.ProvenanceEntry {
  const { columns = {}, texts = {} } = sourceOf(stored.data);
  const origin = wireOrigin(stored);
  return {
    path,
    value,
    atMs: stored.at.getTime(),
    actor: stored.actor ?? '',
    origin,
    row: origin.row,
    column: columns[path] ?? -1,
    original: texts[path] ?? '',
    version: stored.version,
  };
}
