import { type contactsV1 } from '@caseledger/contracts';
import type { AddressInput, ContactDraft, ContactInput, EmailInput, PhoneInput } from '../gen/resolvers.js';

/** Keys of the input that are lists or switches; every other key is a field of the catalogue under the same name. */
const NOT_FIELDS: ReadonlySet<string> = new Set(['phones', 'emails', 'addresses', 'tags', 'client', 'createAnyway', 'type']);

/** Field inputs in the catalogue's words: null or an empty text empties a field, one left out is not sent. */
export function inputFields(input: ContactInput): contactsV1.FieldInput[] {
  const fields = Object.entries(input).flatMap(([key, value]) =>
    NOT_FIELDS.has(key) || value === undefined ? [] : [fieldInput(key, value)],
  );
  return input.type === null || input.type === undefined ? fields : [...fields, fieldInput('contactType', input.type)];
}

function fieldInput(field: string, value: unknown): contactsV1.FieldInput {
  const text = value === null ? '' : String(value);
  return { field, text, clear: text === '' };
}

export function draftFields(draft: ContactDraft): contactsV1.FieldInput[] {
  return Object.entries(draft).flatMap(([field, value]) => (value === null || value === undefined || value === '' ? [] : [fieldInput(field, value)]));
}

/** Lists in an input are given whole; what is left out stays as it is. */
export interface ElementLists {
  phones: contactsV1.Phone[];
  emails: contactsV1.Email[];
  addresses: contactsV1.Address[];
  tags: string[];
}

export function inputLists(input: ContactInput): ElementLists {
  return {
    phones: (input.phones ?? []).map(toPhone),
    emails: (input.emails ?? []).map(toEmail),
    addresses: (input.addresses ?? []).map(toAddress),
    tags: input.tags ?? [],
  };
}

function toPhone(phone: PhoneInput): contactsV1.Phone {
  return {
    id: phone.id ?? 0,
    label: phone.label ?? 'OTHER',
    number: phone.number,
    extension: phone.extension ?? '',
    primary: phone.primary ?? false,
  };
}

function toEmail(email: EmailInput): contactsV1.Email {
  return { id: email.id ?? 0, label: email.label ?? 'OTHER', address: email.address, primary: email.primary ?? false };
}

function toAddress(address: AddressInput): contactsV1.Address {
  return {
    id: address.id ?? 0,
    label: address.label ?? 'OTHER',
    street: address.street ?? '',
    unit: address.unit ?? '',
    city: address.city ?? '',
    state: address.state ?? '',
    zip: address.zip ?? '',
    country: address.country ?? '',
    primary: address.primary ?? false,
  };
}
