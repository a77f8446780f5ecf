import { splitExtension } from '@caseledger/normalise';

/** The exact keys of DUP-001, in the order in which they decide. */
export type MatchKeyKind = 'RECORD_ID' | 'EXTERNAL_ID' | 'EMAIL' | 'PHONE';

/** One exact key: two records, or a row and a record, with the same kind and value are hits of each other. */
export interface MatchKey {
  readonly kind: MatchKeyKind;
  readonly value: string;
}

/** What of a row or a record makes keys, in the normalised forms of @caseledger/normalise. */
export interface MatchIdentity {
  readonly recordId?: string;
  readonly externalIds?: readonly { readonly system: string; readonly id: string }[];
  readonly emails?: readonly string[];
  /** Canonical numbers, with or without `;ext=`. */
  readonly phones?: readonly string[];
}

/** A normalised value of a row, as `readRow` of @caseledger/fields gives it. */
export interface MatchValue {
  readonly field: string;
  readonly text: string;
}

const EMAIL_FIELDS = new Set(['email', 'personalEmail', 'workEmail']);
const PHONE_FIELDS = new Set(['phone', 'mobilePhone', 'homePhone', 'workPhone', 'otherPhone']);

/** The exact keys of a row's values, each once, in the order in which they decide. */
export function matchKeys(values: readonly MatchValue[]): MatchKey[] {
  const emails: string[] = [];
  const phones: string[] = [];
  const ids = new Map<string, string>();
  for (const { field, text } of values) {
    if (text === '') continue;
    if (EMAIL_FIELDS.has(field)) emails.push(text);
    else if (PHONE_FIELDS.has(field)) phones.push(text);
    else if (!ids.has(field)) ids.set(field, text);
  }
  const recordId = ids.get('recordId');
  const externalId = ids.get('externalId');
  return identityKeys({
    ...(recordId === undefined ? {} : { recordId }),
    externalIds: externalId === undefined ? [] : [{ system: ids.get('externalSystem') ?? '', id: externalId }],
    emails,
    phones,
  });
}

/**
 * The exact keys of an identity. E-mails are compared without regard to case; a phone's key is its number without the
 * extension, so that a number with and one without still find each other (`phoneAgrees` decides).
 */
export function identityKeys({ recordId, externalIds = [], emails = [], phones = [] }: MatchIdentity): MatchKey[] {
  const keys: MatchKey[] = [];
  if (recordId !== undefined) addKey(keys, 'RECORD_ID', recordId.toLowerCase());
  for (const { system, id } of externalIds) addKey(keys, 'EXTERNAL_ID', externalKey(system, id));
  for (const email of emails) addKey(keys, 'EMAIL', email.toLowerCase());
  for (const phone of phones) addKey(keys, 'PHONE', splitExtension(phone).number);
  return keys;
}

/** Adds a key that is not there. A handful of keys: looking through them costs less than a map of their texts. */
function addKey(keys: MatchKey[], kind: MatchKeyKind, value: string): void {
  for (const key of keys) if (key.kind === kind && key.value === value) return;
  keys.push({ kind, value });
}

/** Whether two numbers are the same line: equal, and with equal extensions when both have one (DUP-001). */
export function phoneAgrees(a: string, b: string): boolean {
  const one = splitExtension(a);
  const other = splitExtension(b);
  if (one.number !== other.number) return false;
  return one.extension === undefined || other.extension === undefined || one.extension === other.extension;
}

/** Written as JSON, so that no system and id can run into one another. */
function externalKey(system: string, id: string): string {
  return JSON.stringify([system.toLowerCase(), id]);
}
