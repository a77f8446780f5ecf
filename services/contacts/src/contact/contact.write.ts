import type { AppendContext, StoreTransaction } from '@caseledger/event-store';
import { writeRecords, type KeyHasher, type RecordWrite, type WrittenKind } from '@caseledger/row-target';
import { keysOfRecord } from '../rows/record-keys.js';
import { evolveAll, initial, type ContactState } from './contact.js';
import type { ContactEvent } from './contact.events.js';
import { CONTACT_CATEGORY } from './stored-contact.js';

/** Events of one contact that are about to be written, computed on the version given; 0 makes the contact. */
export interface ContactWrite extends RecordWrite<ContactState> {
  readonly events: readonly ContactEvent[];
}

/** Writes what people and scripts do to contacts, under the locks that every writer takes (DESIGN §4, Locks). */
export function writeContacts(
  tx: StoreTransaction,
  hasher: KeyHasher,
  context: AppendContext,
  writes: readonly ContactWrite[],
  seen: ReadonlyMap<string, readonly string[]>,
): Promise<void> {
  const kind: WrittenKind<ContactState> = { hasher, category: CONTACT_CATEGORY, keysOf: keysOfRecord, after };
  return writeRecords(tx, kind, context, writes, seen);
}

// The events are those of the writes above.
const after: WrittenKind<ContactState>['after'] = (before, events, origin) =>
  evolveAll(
    before ?? initial(),
    events.map((event) => ({ event: event as ContactEvent, source: { origin } })),
  );
