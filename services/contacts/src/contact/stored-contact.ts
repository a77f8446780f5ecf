import type { StoredEvent } from '@caseledger/event-store';
import type { PastEvent } from '@caseledger/row-target';
import type { ContactEvent } from './contact.events.js';

/** The category of contacts' streams. */
export const CONTACT_CATEGORY = 'contact';

/** A stored event as the contact's own: its type and data were written by this service under the same definition. */
export function contactEventOf(stored: Pick<StoredEvent, 'type' | 'data'>): ContactEvent {
  return { type: stored.type, data: stored.data } as object as ContactEvent;
}

/** A stored event with what caused it, as fold and counterfactual read it. */
export function pastEventOf(stored: StoredEvent): PastEvent<ContactEvent> {
  const row = stored.meta['row'];
  return {
    event: contactEventOf(stored),
    origin: stored.origin,
    erased: stored.erased,
    ...(typeof row === 'number' ? { row } : {}),
  };
}
