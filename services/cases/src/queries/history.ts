import type { EventStore, StoredEvent } from '@caseledger/event-store';
import { notFound, limit as overLimit } from '@caseledger/errors';
import { historyEntry, tenantOf, uuidOrNone } from '@caseledger/row-target';
import { requirePermission, type CallContext } from '@caseledger/service-kit';
import type { casesV1, contactsV1 } from '@caseledger/contracts';
import { evolve, initial, type CaseState } from '../case/case.js';
import { fieldDifferences } from '../case/case.view.js';
import { CASE_CATEGORY, caseEventOf, pastEventOf } from '../case/stored-case.js';

const PAGE_MAX = 200;
const PAGE_DEFAULT = 50;

/** The stream of a case. Throws NOT_FOUND for an id of nobody or of another company, FORBIDDEN for lack of rights. */
export async function readableStream(
  store: EventStore,
  caller: CallContext,
  id: string,
): Promise<readonly StoredEvent[]> {
  const events = await store.readStream(tenantOf(caller), uuidOrNone(id));
  const [first] = events;
  if (first?.category !== CASE_CATEGORY) throw notFound();
  if (caller.kind !== 'service') requirePermission(caller, 'cases.read', first.actor ?? '');
  return events;
}

/** Every event of a case with who, when, what from what to what, and its origin (HIS-006). */
export async function historyOf(
  store: EventStore,
  caller: CallContext,
  request: casesV1.HistoryRequest,
): Promise<casesV1.HistoryReply> {
  if (request.first > PAGE_MAX) throw overLimit('PAGE_SIZE_EXCEEDED', { limit: PAGE_MAX });
  const size = request.first < 1 ? PAGE_DEFAULT : request.first;
  const entries: contactsV1.HistoryEntry[] = [];
  let state: CaseState | undefined;
  for (const stored of await readableStream(store, caller, request.id)) {
    const before = state;
    if (!stored.erased) state = evolve(state ?? initial(), caseEventOf(stored), pastEventOf(stored));
    if (stored.version <= request.afterVersion || (request.kind !== '' && stored.type !== request.kind)) continue;
    if (entries.length === size) return { entries, hasNext: true };
    entries.push(historyEntry(stored, fieldDifferences(before, state)));
  }
  return { entries, hasNext: false };
}
