import type { StoredEvent } from '@caseledger/event-store';
import type { CaseEvent } from './case.events.js';
import { evolveAll, initial, type CaseState, type EventSource } from './case.js';

/** The category of cases' streams. */
export const CASE_CATEGORY = 'case';

/** An event of a case's stream with what caused it. For every attempt of an import `origin.id` is the import. */
export interface PastEvent extends EventSource {
  readonly event: CaseEvent;
  /** The key is gone: the event cannot be read any more (REV-015). */
  readonly erased?: boolean;
}

/** A stored event as the case's own: its type and data were written by this service under the same definition. */
export function caseEventOf(stored: Pick<StoredEvent, 'type' | 'data'>): CaseEvent {
  return { type: stored.type, data: stored.data } as object as CaseEvent;
}

/** A stored event with what caused it, as fold and counterfactual read it. */
export function pastEventOf(stored: StoredEvent): PastEvent {
  const row = stored.meta['row'];
  return {
    event: caseEventOf(stored),
    origin: stored.origin,
    erased: stored.erased,
    ...(typeof row === 'number' ? { row } : {}),
  };
}

/** The case as these events of its stream give it, from the first one on. */
export function foldOf(stored: readonly StoredEvent[]): CaseState {
  return evolveAll(
    initial(),
    stored.filter(({ erased }) => !erased).map((each) => ({ event: caseEventOf(each), source: pastEventOf(each) })),
  );
}
