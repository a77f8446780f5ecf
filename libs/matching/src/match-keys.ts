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
  const filled = values.filter((value) => value.text !== '');
  const textOf = (field: string): string | undefined => filled.find((value) => value.field === field)?.text;
  const recordId = textOf('recordId');
  const externalId = textOf('externalId');
  return identityKeys({
    ...(recordId === undefined ? {} : { recordId }),
    externalIds: externalId === undefined ? [] : [{ system: textOf('externalSystem') ?? '', id: externalId }],
    emails: filled.filter((value) => EMAIL_FIELDS.has(value.field)).map((value) => value.text),
    phones: filled.filter((value) => PHONE_FIELDS.has(value.field)).map((value) => value.text),
  });
}

/**
 * The exact keys of an identity. E-mails are compared without regard to case; a phone's key is its number without the
 * extension, so that a number with and one without still find each other (`phoneAgrees` decides).
 */
export function identityKeys(identity: MatchIdentity): MatchKey[] {
  const keys: MatchKey[] = [
    ...(identity.recordId === undefined ? [] : [key('RECORD_ID', identity.recordId.toLowerCase())]),
    ...(identity.externalIds ?? []).map(({ system, id }) => key('EXTERNAL_ID', externalKey(system, id))),
    ...(identity.emails ?? []).map((email) => key('EMAIL', email.toLowerCase())),
    ...(identity.phones ?? []).map((phone) => key('PHONE', splitExtension(phone).number)),
  ];
  // A handful of keys: looking through them costs less than a map of their texts.
  return keys.filter((each, at) => keys.findIndex(({ kind, value }) => kind === each.kind && value === each.value) === at);
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

function key(kind: MatchKeyKind, value: string): MatchKey {
  return { kind, value };
}
