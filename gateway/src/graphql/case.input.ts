import { casesV1, type contactsV1 } from '@caseledger/contracts';
import type { CaseContactInput, CaseFilter, CaseInput, CreateCaseInput, ExternalIdInput, KeyDateInput } from '../gen/resolvers.js';
import { requestOf } from '../services.js';
import { localId } from './global-id.js';

/** The fields of an input under the keys of the catalogue (FLD-003): null or an empty text empties, one left out is not sent. */
export function caseFields(input: CaseInput): contactsV1.FieldInput[] {
  const texts = { caseName: input.name, intakeSource: input.source, description: input.description, openedOn: input.openedOn, closedOn: input.closedOn };
  const fields = Object.entries(texts).flatMap(([field, value]) => (value === undefined ? [] : [fieldInput(field, value)]));
  return [...fields, ...externalIdFields(input.externalId)];
}

function fieldInput(field: string, value: string | null): contactsV1.FieldInput {
  const text = value ?? '';
  return { field, text, clear: text === '' };
}

function externalIdFields(given: ExternalIdInput | null | undefined): contactsV1.FieldInput[] {
  if (given === null || given === undefined) return [];
  return [fieldInput('externalSystem', given.system), fieldInput('externalId', given.id)];
}

/** Values of a case that does not exist yet. */
export function firstFields({ tags, ...input }: CreateCaseInput): contactsV1.FieldInput[] {
  return [...caseFields(input), ...(tags ?? []).map((tag) => fieldInput('tags', tag))].filter(({ clear }) => !clear);
}

export function caseContacts(given: readonly CaseContactInput[]): casesV1.CaseContact[] {
  return given.map(({ contactId, role, primary }) => ({ contact: localId('Contact', contactId), role, primary: primary ?? false }));
}

export function keyDates(given: readonly KeyDateInput[] | null | undefined): casesV1.KeyDate[] {
  return (given ?? []).map(({ id, label, kind, at, reminderDays }) => ({ id: id ?? 0, label: label ?? '', kind, at, reminderDays: reminderDays ?? 0 }));
}

export function caseFilter(filter: CaseFilter): casesV1.CaseFilter {
  return requestOf(casesV1.CaseFilter, {
    search: filter.search ?? '',
    types: (filter.types ?? []).map((id) => localId('CaseType', id)),
    statuses: filter.statuses ?? [],
    category: filter.category ?? '',
    archived: filter.archived ?? 'EXCLUDE',
    tag: filter.tag ?? '',
    list: filter.listId ? localId('CaseList', filter.listId) : '',
    importId: filter.importId ? localId('Import', filter.importId) : '',
    contact: filter.contactId ? localId('Contact', filter.contactId) : '',
    source: filter.source ?? '',
    ...days(filter),
    createdFromMs: instant(filter.createdFrom),
    createdToMs: instant(filter.createdTo),
    changedFromMs: instant(filter.changedFrom),
    changedToMs: instant(filter.changedTo),
    needsReview: yesNo(filter.needsReview),
  });
}

function days(filter: CaseFilter): Partial<casesV1.CaseFilter> {
  return {
    openedFrom: filter.openedFrom ?? '',
    openedTo: filter.openedTo ?? '',
    closedFrom: filter.closedFrom ?? '',
    closedTo: filter.closedTo ?? '',
    keyDateFrom: filter.keyDateFrom ?? '',
    keyDateTo: filter.keyDateTo ?? '',
    keyDateKind: filter.keyDateKind ?? '',
  };
}

/** A filter of three: yes, no, or whatever. */
export function yesNo(value: boolean | null | undefined): string {
  if (value === null || value === undefined) return '';
  return value ? 'YES' : 'NO';
}

export function instant(text: string | null | undefined): number {
  return text === null || text === undefined ? 0 : Date.parse(text);
}
