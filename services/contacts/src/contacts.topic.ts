import type { RawEvent, TopicDefinition } from '@caseledger/event-store';
import { factsV1 } from '@caseledger/contracts';
import { runsTopic, sourceOf } from '@caseledger/row-target';
import { fieldOf } from './contact/contact.paths.js';
import { CONTACT_CATEGORY } from './contact/stored-contact.js';

/** What contacts tell others (EVT-001): which fields of which records changed. */
export const contactsTopic: TopicDefinition = {
  topic: 'caseledger.contacts.v1',
  partitions: 12,
  categories: [CONTACT_CATEGORY],
  encode: (event) => factsV1.RecordChanged.encode(recordChanged(event)).finish(),
};

/** What contacts tell imports: runs, and what became of the rows of each chunk. */
export const contactRunsTopic: TopicDefinition = runsTopic('caseledger.contact-runs.v1');

/** The topics whose feed this service serves. */
export const contactsTopics = [contactsTopic, contactRunsTopic] as const;

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
