import type { RawEvent, TopicDefinition } from '@caseledger/event-store';
import { factsV1, targetsV1 } from '@caseledger/contracts';
import { fieldOf } from './contact/contact.paths.js';
import { sourceOf } from './contact/contact.view.js';
import { CONTACT_CATEGORY } from './contact/stored-contact.js';
import { LANE_CATEGORY, RUN_CATEGORY } from './projections/run.projection.js';
import type { ChunkApplied, RunEvent, RunKind } from './run/run.events.js';

/** What contacts tell others (EVT-001): which fields of which records changed. */
export const contactsTopic: TopicDefinition = {
  topic: 'caseledger.contacts.v1',
  partitions: 12,
  categories: [CONTACT_CATEGORY],
  encode: (event) => factsV1.RecordChanged.encode(recordChanged(event)).finish(),
};

/**
 * What contacts tell imports: runs, and what became of the rows of each chunk. Apart from the records, because a run
 * changes thousands of them for every chunk, and who keeps the ledger would read them all and drop them.
 */
export const contactRunsTopic: TopicDefinition = {
  topic: 'caseledger.contact-runs.v1',
  partitions: 12,
  categories: [RUN_CATEGORY, LANE_CATEGORY],
  encode: (event) => (event.category === LANE_CATEGORY ? encodeChunk(event) : encodeRun({ type: event.type, data: event.data } as object as RunEvent)),
};

/** The topics whose feed this service serves. */
export const contactsTopics = [contactsTopic, contactRunsTopic] as const;

const KINDS: Readonly<Record<RunKind, targetsV1.RunKind>> = {
  IMPORT: targetsV1.RunKind.RUN_KIND_IMPORT,
  RETRY: targetsV1.RunKind.RUN_KIND_RETRY,
  REVERT: targetsV1.RunKind.RUN_KIND_REVERT,
  RESTORE: targetsV1.RunKind.RUN_KIND_RESTORE,
};

function encodeChunk({ data }: RawEvent): Uint8Array {
  const { run, import: importId, kind, attempt, lane, seq, rows } = data as object as ChunkApplied<targetsV1.RowOutcome>;
  const chunk = { run, importId, kind: KINDS[kind], attempt, lane, seq, rows: [...rows] };
  return factsV1.ImportChunkApplied.encode(chunk).finish();
}

function encodeRun(event: RunEvent): Uint8Array {
  const { run, import: importId } = event.data;
  switch (event.type) {
    case 'ImportRunOpened': {
      const { kind, attempt, chunksPerLane } = event.data;
      const opened = { run, importId, kind: KINDS[kind], attempt, chunksPerLane: [...chunksPerLane] };
      return factsV1.ImportRunOpened.encode(opened).finish();
    }
    case 'ImportRunPaused':
      return factsV1.ImportRunPaused.encode({ run, importId }).finish();
    case 'ImportRunResumed':
      return factsV1.ImportRunResumed.encode({ run, importId }).finish();
    case 'ImportRunClosed': {
      const { RUN_STATE_CANCELLED, RUN_STATE_CLOSED } = targetsV1.RunState;
      const state = event.data.state === 'CANCELLED' ? RUN_STATE_CANCELLED : RUN_STATE_CLOSED;
      return factsV1.ImportRunClosed.encode({ run, importId, state }).finish();
    }
  }
}

// The clear part of an event alone: names of fields, never a value (EVT-005).
function recordChanged({ type, data }: RawEvent): factsV1.RecordChanged {
  const named = data['fields'];
  const columns = Object.keys(sourceOf(data).columns ?? {});
  const fields = Array.isArray(named) ? named.filter((field): field is string => typeof field === 'string') : [];
  const element = data['id'];
  const list = LISTS.find(([word]) => type.startsWith(`Contact${word}`))?.[1];
  if (list !== undefined && typeof element === 'number') fields.push(`${list}/${element}`);
  const single = FIELD_OF_TYPE.get(type);
  if (single !== undefined) fields.push(single);
  const reason = type.startsWith('ContactReview') ? data['reason'] : '';
  return {
    fields: [...new Set([...fields, ...columns].map(fieldOf))],
    reason: typeof reason === 'string' ? reason : '',
  };
}

const LISTS = [
  ['Phone', 'phones'],
  ['Email', 'emails'],
  ['Address', 'addresses'],
] as const;

const FIELD_OF_TYPE: ReadonlyMap<string, string> = new Map([
  ['ContactStatusChanged', 'status'],
  ['ContactMarkedClient', 'client'],
  ['ContactTagged', 'tags'],
  ['ContactUntagged', 'tags'],
  ['ContactExternalIdAdded', 'externalIds'],
  ['ContactExternalIdRemoved', 'externalIds'],
  ['ContactArchived', 'archived'],
  ['ContactRestored', 'archived'],
  ['ContactReviewFlagged', 'review'],
  ['ContactReviewCleared', 'review'],
]);
