import { casesV1, type contactsV1 } from '@caseledger/contracts';
import { validation } from '@caseledger/errors';
import { fieldOf } from '@caseledger/fields';
import { requestOf } from '../services.js';
import { bodyFields, fieldsOfBody, issueJson } from './client.json.js';
import { uuidOf } from './record.requests.js';

type Json = Record<string, unknown>;

const POLICIES: ReadonlySet<string> = new Set(['onDuplicate', 'onDuplicateClient']);
const BESIDES: ReadonlySet<string> = new Set([...POLICIES, 'client', 'contacts']);
const NOTHING: ReadonlySet<string> = new Set();

/** A case as REST shows it: the catalogue's keys (FLD-003) at the top, with type and status by their names. */
export function caseJson(item: casesV1.Case): Json {
  return {
    id: item.id,
    version: item.version,
    number: item.number,
    caseName: item.name,
    caseType: item.typeName,
    caseTypeId: item.typeId,
    caseStatus: item.statusName,
    caseStatusId: item.statusId,
    category: item.category,
    contacts: item.contacts.map(({ contact, role, primary }) => ({ id: contact, role, primary })),
    intakeSource: item.source,
    ...given({ description: item.description, openedOn: item.openedOn, closedOn: item.closedOn }),
    keyDates: item.keyDates,
    tags: item.tags,
    externalIds: item.externalIds,
    lists: item.lists,
    archived: item.archived,
    ...given({ archivedReason: item.archivedReason, import: item.madeByImport }),
    ...(item.madeByImport === '' ? {} : { importRow: item.madeByRow }),
    review: item.review,
    createdAt: new Date(item.createdAtMs).toISOString(),
    changedAt: new Date(item.changedAtMs).toISOString(),
  };
}

function given(texts: Readonly<Record<string, string>>): Json {
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== ''));
}

/** Whether a key is a field of a case itself; what a file says of a case's contacts stands under `client` and `contacts`. */
function isCaseField(key: string): boolean {
  const field = fieldOf('CASES', key);
  return field !== undefined && field.of === undefined && key !== 'recordId' && !/^contact\d/.test(key);
}

/** The fields of a case in a body that changes one. @throws DomainError FIELD_UNKNOWN */
export function caseFieldsOf(body: unknown): contactsV1.FieldInput[] {
  return fieldsOfBody(body, { isField: isCaseField, besides: NOTHING });
}

/** One case of a body, with its client by id, by external id or by its data (RST-001). @throws DomainError */
export function submittedCase(body: unknown): casesV1.SubmittedCase {
  const fields = fieldsOfBody(body, { isField: isCaseField, besides: BESIDES });
  const parts = new Map(Object.entries(body as object));
  return requestOf(casesV1.SubmittedCase, { fields, ...clientOf(parts.get('client')), contacts: contactsOf(parts.get('contacts')) });
}

function clientOf(client: unknown): Partial<casesV1.SubmittedCase> {
  if (client === undefined || client === null) throw validation('REQUIRED_MISSING', { field: 'client' }, 'client');
  const keys = typeof client === 'object' ? Object.keys(client).sort().join() : '';
  const read = new Map(Object.entries(client));
  if (keys === 'id') return { clientId: uuidOf(String(read.get('id'))) };
  if (keys === 'externalId,externalSystem') {
    return { clientExternalId: { system: String(read.get('externalSystem')), id: String(read.get('externalId')) } };
  }
  return { clientFields: bodyFields(client, NOTHING, 'client.') };
}

const CONTACT_KEYS: ReadonlySet<string> = new Set(['id', 'role', 'primary']);

function contactsOf(contacts: unknown): casesV1.CaseContact[] {
  if (contacts === undefined) return [];
  if (!Array.isArray(contacts)) throw validation('VALUE_NOT_ALLOWED', { text: JSON.stringify(contacts).slice(0, 100), field: 'contacts' }, 'contacts');
  return contacts.map((one: unknown, at) => {
    const read = new Map(Object.entries(typeof one === 'object' && one !== null ? one : {}));
    const unknown = [...read.keys()].find((key) => !CONTACT_KEYS.has(key));
    if (unknown !== undefined) throw validation('FIELD_UNKNOWN', { field: `contacts.${at}.${unknown}` }, `contacts.${at}.${unknown}`);
    const id = read.get('id');
    if (typeof id !== 'string') throw validation('REQUIRED_MISSING', { field: `contacts.${at}.id` }, `contacts.${at}.id`);
    return { contact: uuidOf(id), role: String(read.get('role') ?? 'OTHER'), primary: read.get('primary') === true };
  });
}

/** What became of one case of a submission. */
export function caseResult(result: casesV1.SubmittedResult): Json {
  return {
    outcome: result.outcome,
    ...given({ reason: result.reason }),
    case: result.case === undefined ? null : caseJson(result.case),
    client: result.client === '' ? null : { id: result.client, outcome: result.clientOutcome },
    warnings: result.issues.filter(({ severity }) => severity === 'WARNING').map(issueJson),
    errors: result.issues.filter(({ severity }) => severity === 'ERROR').map(issueJson),
    ...(result.candidates.length === 0 ? {} : { candidates: result.candidates, candidatesAre: result.clientReview ? 'CONTACTS' : 'CASES' }),
  };
}
