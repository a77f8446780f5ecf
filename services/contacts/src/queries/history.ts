import { type EventStore, type StoredEvent } from '@caseledger/event-store';
import { notFound, limit as overLimit } from '@caseledger/errors';
import { requirePermission, type CallContext } from '@caseledger/service-kit';
import type { contactsV1 } from '@caseledger/contracts';
import { historyEntry, tenantOf, uuidOrNone } from '@caseledger/row-target';
import { evolve, initial } from '../contact/contact.js';
import { fieldDifferences } from '../contact/contact.view.js';
import { contactEventOf, pastEventOf } from '../contact/stored-contact.js';
import { isHidden } from './contact.queries.js';

const PAGE_MAX = 200;
const PAGE_DEFAULT = 50;

/** A contact's stream, for a caller who may read the contact. */
export interface ReadableStream {
  readonly events: readonly StoredEvent[];
  readonly createdBy: string;
}

/** The stream of a contact. Throws NOT_FOUND for an id of nobody or of another company, FORBIDDEN for lack of rights. */
export async function readableStream(store: EventStore, caller: CallContext, id: string): Promise<ReadableStream> {
  const events = await store.readStream(tenantOf(caller), uuidOrNone(id));
  const [first] = events;
  if (first?.category !== 'contact') throw notFound();
  const createdBy = first.actor ?? '';
  if (caller.kind !== 'service') requirePermission(caller, 'contacts.read', createdBy);
  return { events, createdBy };
}

/** Every event of a contact with who, when, what from what to what, and its origin (HIS-006, CON-017). */
export async function historyOf(
  store: EventStore,
  caller: CallContext,
  request: contactsV1.HistoryRequest,
): Promise<contactsV1.HistoryReply> {
  if (request.first > PAGE_MAX) throw overLimit('PAGE_SIZE_EXCEEDED', { limit: PAGE_MAX });
  const size = request.first < 1 ? PAGE_DEFAULT : request.first;
  const { events, createdBy } = await readableStream(store, caller, request.id);
  const entries: contactsV1.HistoryEntry[] = [];
  let state = initial();
  let isNew = true;
  for (const stored of events) {
    const before = isNew ? undefined : state;
    if (!stored.erased) state = evolve(state, contactEventOf(stored), pastEventOf(stored));
    isNew = false;
    if (stored.version <= request.afterVersion || (request.kind !== '' && stored.type !== request.kind)) continue;
    if (entries.length === size) return { entries, hasNext: true };
    const differences = fieldDifferences(before, state).filter(({ field }) => !isHidden(caller, createdBy, field));
    entries.push(historyEntry(stored, differences));
  }
  return { entries, hasNext: false };
}
