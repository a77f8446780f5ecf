import { caseEventDefinitions } from './case.events.js';
import { foldOf } from './stored-case.js';
import type { StoredEvent } from '@caseledger/event-store';

/** Events as logs hold them since version 1: what was written once must be read for ever, so nothing here is edited. */
const GOLDEN: readonly { readonly type: string; readonly data: StoredEvent['data'] }[] = [
  {
    type: 'CaseOpened',
    data: {
      number: 'C-2026-000007',
      type: 'injury',
      status: 'lead',
      category: 'OPEN',
      values: { caseName: 'Quill v. Moss', description: 'slipped' },
      source: 'IMPORT',
      openedOn: '2026-01-02',
      closedOn: null,
      contacts: [
        { contact: 'ada', role: 'CLIENT' },
        { contact: 'bo', role: 'WITNESS' },
      ],
      primaryContact: 'ada',
      keyDates: [{ id: 1, kind: 'DEADLINE', at: '2026-05-04', reminderDays: 3 }],
      labels: { '1': 'Answer due' },
      tags: ['ice'],
      externalIds: [{ system: 'clio', id: '77' }],
      lists: ['list-1'],
      review: ['VALUE_LEFT_OUT'],
      knownDifferent: [],
      columns: { caseName: 0 },
    },
  },
  { type: 'CaseFieldsChanged', data: { set: { caseName: 'Quill v. City' }, cleared: ['description'], fields: ['caseName', 'description'] } },
  { type: 'CaseStatusChanged', data: { type: 'injury', from: 'lead', to: 'settled', category: 'CLOSED', closedOn: '2026-02-03', reason: 'paid' } },
  { type: 'CaseTypeChanged', data: { from: 'injury', to: 'family', fromStatus: 'settled', status: 'intake', category: 'OPEN', closedOn: null } },
  { type: 'CaseContactLinked', data: { contact: 'cy', role: 'CLIENT' } },
  { type: 'CasePrimaryContactChanged', data: { contact: 'cy' } },
  { type: 'CaseContactUnlinked', data: { contact: 'bo', role: 'WITNESS' } },
  { type: 'KeyDateSet', data: { id: 2, label: 'Trial', kind: 'COURT_DATE', at: '2026-07-08', reminderDays: 0 } },
  { type: 'KeyDateRemoved', data: { id: 1, kind: 'DEADLINE' } },
  { type: 'CaseTagged', data: { tags: ['urgent'] } },
  { type: 'CaseUntagged', data: { tags: ['ice'] } },
  { type: 'CaseExternalIdAdded', data: { system: 'clio', id: '78' } },
  { type: 'CaseExternalIdRemoved', data: { system: 'clio', id: '77' } },
  { type: 'CaseAddedToList', data: { list: 'list-2' } },
  { type: 'CaseRemovedFromList', data: { list: 'list-1' } },
  { type: 'CaseReviewFlagged', data: { reason: 'IMPORT_REVERTED' } },
  { type: 'CaseReviewCleared', data: { reason: 'VALUE_LEFT_OUT' } },
  {
    type: 'ImportContributionReverted',
    data: {
      import: 'import-1',
      revert: 'revert-1',
      scope: { kind: 'ALL' },
      created: 'STRIP',
      fields: ['description'],
      changes: [{ path: 'description', before: null, after: 'as it was' }],
    },
  },
  {
    type: 'ImportContributionRestored',
    data: {
      import: 'import-1',
      revert: 'revert-2',
      scope: { kind: 'ALL' },
      fields: ['caseStatus'],
      changes: [{ path: 'caseStanding', before: null, after: { type: 'family', status: 'filed', category: 'OPEN' } }],
    },
  },
  { type: 'CaseArchived', data: { reason: 'moved' } },
  { type: 'CaseRestored', data: {} },
];

const stored = GOLDEN.map(({ type, data }, at) => ({
  type,
  data,
  version: at + 1,
  erased: false,
  meta: { row: 7 },
  origin: { kind: 'import', id: 'import-1' },
})) as object as StoredEvent[];

describe('events of a case as logs hold them', () => {
  it('are all there, and each type is told of once', () => {
    expect(GOLDEN.map(({ type }) => type).sort()).toEqual(caseEventDefinitions.map(({ type }) => type).sort());
    expect(caseEventDefinitions.every(({ schemaVersion }) => schemaVersion === 1)).toBe(true);
  });

  it('fold to the same case for ever', () => {
    expect(foldOf(stored)).toEqual({
      number: 'C-2026-000007',
      name: 'Quill v. City',
      description: 'as it was',
      type: 'family',
      status: 'filed',
      category: 'OPEN',
      source: 'IMPORT',
      openedOn: '2026-01-02',
      closedOn: null,
      contacts: [
        { contact: 'ada', role: 'CLIENT' },
        { contact: 'cy', role: 'CLIENT' },
      ],
      primary: 'cy',
      keyDates: [{ id: 2, label: 'Trial', kind: 'COURT_DATE', at: '2026-07-08', reminderDays: 0 }],
      lastKeyDate: 2,
      tags: ['urgent'],
      externalIds: [{ system: 'clio', id: '78' }],
      lists: ['list-2'],
      archived: null,
      review: ['IMPORT_REVERTED'],
      made: { import: 'import-1', row: 7 },
    });
  });
});
