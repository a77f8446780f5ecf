import type { contactsV1, targetsV1 } from '@caseledger/contracts';
import { validation, validationOf, type FieldError } from '@caseledger/errors';
import { fieldByKey } from '@caseledger/fields';
import { toRowIssue } from '../graphql/values.js';

/** A client as REST shows it: the catalogue's keys at the top, elements as lists. */
export function clientJson(contact: contactsV1.Contact, sensitive: boolean): Record<string, unknown> {
  const { dateOfBirth, ...open } = contact.values;
  return {
    id: contact.id,
    version: contact.version,
    contactType: contact.type,
    client: contact.client,
    name: contact.name,
    status: contact.status,
    ...open,
    ...(sensitive && dateOfBirth !== undefined ? { dateOfBirth } : {}),
    phones: contact.phones,
    emails: contact.emails,
    addresses: contact.addresses,
    tags: contact.tags,
    externalIds: contact.externalIds,
    preferences: contact.preferences,
    archived: contact.archived,
    ...(contact.archivedReason === '' ? {} : { archivedReason: contact.archivedReason }),
    review: contact.review,
    createdAt: new Date(contact.createdAtMs).toISOString(),
    changedAt: new Date(contact.changedAtMs).toISOString(),
  };
}

/** How the fields of a body are told from what else it may hold. */
export interface BodyFields {
  isField(key: string): boolean;
  /** Keys that are not fields and read elsewhere. */
  readonly besides: ReadonlySet<string>;
  /** What stands before a key in an error: `client.` for the fields of a case's client. */
  readonly under?: string;
}

/** The fields of a client (FLD-001). */
export function bodyFields(body: unknown, besides: ReadonlySet<string>, under = ''): contactsV1.FieldInput[] {
  return fieldsOfBody(body, { isField: (key) => fieldByKey(key) !== undefined, besides, under });
}

/**
 * The fields of a body: texts, numbers, yes/no and lists of texts under the catalogue's keys. A key that is none is
 * refused, not ignored (RST-003).
 */
export function fieldsOfBody(body: unknown, { isField, besides, under = '' }: BodyFields): contactsV1.FieldInput[] {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    const field = under === '' ? 'body' : under.replace(/\.$/, '');
    throw validation('FIELD_UNKNOWN', { field }, field);
  }
  const faults: FieldError[] = [];
  const fields = Object.entries(body).flatMap(([key, value]) => {
    if (besides.has(key)) return [];
    const inputs = isField(key) ? inputsOf(key, value) : undefined;
    if (inputs !== undefined) return inputs;
    faults.push({ field: `${under}${key}`, code: 'FIELD_UNKNOWN', params: { field: `${under}${key}` } });
    return [];
  });
  const [first, ...rest] = faults;
  if (first !== undefined) throw validationOf([first, ...rest]);
  return fields;
}

function inputsOf(field: string, value: unknown): contactsV1.FieldInput[] | undefined {
  if (value === null) return [{ field, text: '', clear: true }];
  if (typeof value === 'string') return [{ field, text: value, clear: value === '' }];
  if (typeof value === 'number' || typeof value === 'boolean') return [{ field, text: String(value), clear: false }];
  if (!Array.isArray(value) || !value.every((one) => typeof one === 'string')) return undefined;
  return value.map((text: string) => ({ field, text, clear: false }));
}

export function issueJson(issue: targetsV1.RowIssue): Record<string, unknown> {
  const { code, severity, field, text, message, suggestion } = toRowIssue(issue, new Map());
  return { code, severity, field, text, message, suggestion };
}
