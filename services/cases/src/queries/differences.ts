import type { EventStore, StoredEvent } from '@caseledger/event-store';
import { limit } from '@caseledger/errors';
import { columnsOf, fieldChanges, tenantOf, uuidOrNone } from '@caseledger/row-target';
import { requireReach, type CallContext } from '@caseledger/service-kit';
import type { casesV1, targetsV1 } from '@caseledger/contracts';
import { fieldDifferences } from '../case/case.view.js';
import { CASE_CATEGORY, foldOf } from '../case/stored-case.js';
import { maySee } from './case.queries.js';

const RECORDS_MAX = 1_000;

/**
 * What cases became between two of their versions: the before and after of ledger entries, told in the same words as
 * the plan's prediction. Cases the caller may not read are left out.
 */
export async function differencesOf(
  store: EventStore,
  caller: CallContext,
  request: casesV1.DifferencesRequest,
): Promise<casesV1.DifferencesReply> {
  if (caller.kind !== 'service') requireReach(caller, 'cases.read');
  if (request.records.length > RECORDS_MAX) throw limit('PAGE_SIZE_EXCEEDED', { limit: RECORDS_MAX });
  const ids = [...new Set(request.records.map(({ record }) => uuidOrNone(record)))];
  const streams = await store.transaction(tenantOf(caller), (tx) => tx.readStreams(ids));
  const differences = request.records.flatMap(({ record, fromVersion, toVersion }) => {
    const events = streams.get(uuidOrNone(record)) ?? [];
    const [first] = events;
    if (first?.category !== CASE_CATEGORY || !maySee(caller, first.actor ?? '')) return [];
    return [{ record, fromVersion, toVersion, changes: between(record, events, fromVersion, toVersion) }];
  });
  return { differences };
}

function between(
  record: string,
  events: readonly StoredEvent[],
  fromVersion: number,
  toVersion: number,
): targetsV1.FieldChange[] {
  const upTo = (version: number): StoredEvent[] => events.filter((stored) => !stored.erased && stored.version <= version);
  const past = upTo(fromVersion);
  const before = past.length === 0 ? undefined : foldOf(past);
  const columns = columnsOf(upTo(toVersion).filter(({ version }) => version > fromVersion));
  return fieldChanges(record, fieldDifferences(before, foldOf(upTo(toVersion))), columns);
}
