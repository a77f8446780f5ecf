import type { EventStore, StoredEvent } from '@caseledger/event-store';
import { limit } from '@caseledger/errors';
import { requireReach, type CallContext } from '@caseledger/service-kit';
import type { contactsV1, targetsV1 } from '@caseledger/contracts';
import { columnsOf, fieldChanges, tenantOf, uuidOrNone } from '@caseledger/row-target';
import { evolve, initial, type ContactState } from '../contact/contact.js';
import { fieldDifferences } from '../contact/contact.view.js';
import { CONTACT_CATEGORY, contactEventOf, pastEventOf } from '../contact/stored-contact.js';
import { isHidden, maySee } from './contact.queries.js';

const RECORDS_MAX = 1_000;

/**
 * What records became between two of their versions: the before and after of ledger entries, told in the same words as
 * the plan's prediction. Records the caller may not read are left out.
 */
export async function differencesOf(
  store: EventStore,
  caller: CallContext,
  request: contactsV1.DifferencesRequest,
): Promise<contactsV1.DifferencesReply> {
  if (caller.kind !== 'service') requireReach(caller, 'contacts.read');
  if (request.records.length > RECORDS_MAX) throw limit('PAGE_SIZE_EXCEEDED', { limit: RECORDS_MAX });
  const ids = [...new Set(request.records.map(({ record }) => uuidOrNone(record)))];
  const streams = await store.transaction(tenantOf(caller), (tx) => tx.readStreams(ids));
  const differences = request.records.flatMap(({ record, fromVersion, toVersion }) => {
    const events = streams.get(uuidOrNone(record)) ?? [];
    const [first] = events;
    const createdBy = first?.actor ?? '';
    if (first?.category !== CONTACT_CATEGORY || !maySee(caller, createdBy)) return [];
    const changes = between(record, events, fromVersion, toVersion);
    return [
      { record, fromVersion, toVersion, changes: changes.filter(({ field }) => !isHidden(caller, createdBy, field)) },
    ];
  });
  return { differences };
}

function between(
  record: string,
  events: readonly StoredEvent[],
  fromVersion: number,
  toVersion: number,
): targetsV1.FieldChange[] {
  const readable = events.filter(({ erased }) => !erased);
  const stateAt = (version: number): ContactState | undefined => {
    const past = readable.filter((stored) => stored.version <= version);
    if (past.length === 0) return undefined;
    return past.reduce((state, stored) => evolve(state, contactEventOf(stored), pastEventOf(stored)), initial());
  };
  const written = readable.filter(({ version }) => version > fromVersion && version <= toVersion);
  return fieldChanges(record, fieldDifferences(stateAt(fromVersion), stateAt(toVersion)), columnsOf(written));
}
