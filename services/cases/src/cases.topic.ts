import type { JsonObject, RawEvent, TopicDefinition } from '@caseledger/event-store';
import { caseFactsV1 } from '@caseledger/contracts';
import { runsTopic } from '@caseledger/row-target';
import { partitionOf } from '@caseledger/event-store';
import { CASE_CATEGORY, caseEventOf } from './case/stored-case.js';
import type { CaseEvent, Category } from './case/case.events.js';
import { fieldOf } from './case/case.paths.js';
import type { ImportMark } from './import-marker/import-marker.events.js';
import { CASE_PARTITIONS, IMPORT_MARKER_CATEGORY } from './import-marker/import-marker.write.js';

/**
 * What cases tell everybody (EVT-001): the public contract of `facts.proto`. All events of a case lie on one partition;
 * the markers around an import lie on every one (EVT-004).
 */
export const casesTopic: TopicDefinition = {
  topic: 'caseledger.cases.v1',
  partitions: CASE_PARTITIONS,
  categories: [CASE_CATEGORY, IMPORT_MARKER_CATEGORY],
  partitionOf: ({ stream, data }) => markedPartition(data) ?? partitionOf(stream, CASE_PARTITIONS),
  encode: (event) => (event.category === IMPORT_MARKER_CATEGORY ? encodeMark(event) : encodeCase(caseEventOf(event))),
};

/** What cases tell imports: runs, and what became of the rows of each chunk. */
export const caseRunsTopic: TopicDefinition = runsTopic('caseledger.case-runs.v1');

/** The topics whose feed this service serves. */
export const casesTopics = [casesTopic, caseRunsTopic] as const;

function markedPartition({ partition }: JsonObject): number | undefined {
  return typeof partition === 'number' ? partition : undefined;
}

function encodeMark({ data }: RawEvent): Uint8Array {
  const { import: importId, run, partition } = data as object as ImportMark;
  return caseFactsV1.ImportMarked.encode({ importId, run, partition }).finish();
}

const CATEGORIES: Readonly<Record<Category, caseFactsV1.CaseCategory>> = {
  OPEN: caseFactsV1.CaseCategory.CASE_CATEGORY_OPEN,
  CLOSED: caseFactsV1.CaseCategory.CASE_CATEGORY_CLOSED,
};

// The clear part of an event alone: what is sealed is not even there (EVT-005).
function encodeCase(event: CaseEvent): Uint8Array {
  switch (event.type) {
    case 'CaseOpened': {
      const { number, type: typeId, status: statusId, category, contacts, openedOn, closedOn, source, lists } = event.data;
      const opened = { number, typeId, statusId, category: CATEGORIES[category], source, lists: [...lists] };
      const dates = { openedOn: openedOn ?? '', closedOn: closedOn ?? '' };
      return caseFactsV1.CaseOpened.encode({ ...opened, ...dates, contacts: [...contacts] }).finish();
    }
    case 'CaseStatusChanged': {
      const { from: fromStatusId, to: toStatusId, category, closedOn } = event.data;
      const changed = { fromStatusId, toStatusId, category: CATEGORIES[category], closedOn: closedOn ?? '' };
      return caseFactsV1.CaseStatusChanged.encode(changed).finish();
    }
    case 'CaseTypeChanged': {
      const { from: fromTypeId, to: toTypeId, status: statusId, category } = event.data;
      return caseFactsV1.CaseTypeChanged.encode({ fromTypeId, toTypeId, statusId, category: CATEGORIES[category] }).finish();
    }
    case 'CaseContactLinked':
    case 'CaseContactUnlinked': {
      const { contact, role } = event.data;
      return caseFactsV1.CaseContactChanged.encode({ contact, role }).finish();
    }
    case 'KeyDateSet': {
      const { id, kind, at } = event.data;
      return caseFactsV1.KeyDateChanged.encode({ id, kind, at }).finish();
    }
    case 'KeyDateRemoved':
      return caseFactsV1.KeyDateChanged.encode({ id: event.data.id, kind: event.data.kind, at: '' }).finish();
    case 'CaseAddedToList':
    case 'CaseRemovedFromList':
      return caseFactsV1.CaseListChanged.encode({ list: event.data.list }).finish();
    default:
      return caseFactsV1.CaseChanged.encode({ fields: fieldsTold(event), reason: reasonTold(event) }).finish();
  }
}

const FIELD_OF_TYPE: ReadonlyMap<CaseEvent['type'], string> = new Map([
  ['CaseStatusChanged', 'caseStatus'],
  ['CaseTypeChanged', 'caseType'],
  ['CaseContactLinked', 'contacts'],
  ['CaseContactUnlinked', 'contacts'],
  ['CaseAddedToList', 'lists'],
  ['CaseRemovedFromList', 'lists'],
  ['CasePrimaryContactChanged', 'primaryContact'],
  ['CaseTagged', 'tags'],
  ['CaseUntagged', 'tags'],
  ['CaseExternalIdAdded', 'externalIds'],
  ['CaseExternalIdRemoved', 'externalIds'],
  ['CaseArchived', 'archived'],
  ['CaseRestored', 'archived'],
  ['CaseReviewFlagged', 'review'],
  ['CaseReviewCleared', 'review'],
]);

/** Names of the fields that an event changed, as the topic and the history name them. */
export function fieldsTold(event: CaseEvent): string[] {
  if ('fields' in event.data) return [...new Set(event.data.fields.map(fieldOf))];
  if (event.type === 'KeyDateSet' || event.type === 'KeyDateRemoved') return [`keyDates/${event.data.id}`];
  const single = FIELD_OF_TYPE.get(event.type);
  return single === undefined ? [] : [single];
}

// The reason of an archive is a person's own words, and sealed; that of a review is a code.
function reasonTold(event: CaseEvent): string {
  const isReview = event.type === 'CaseReviewFlagged' || event.type === 'CaseReviewCleared';
  return isReview ? event.data.reason : '';
}
