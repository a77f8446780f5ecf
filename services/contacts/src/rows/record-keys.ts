import { identityKeys, matchKeys, type MatchKey, type MatchValue } from '@caseledger/matching';
import { IMPORT_REVERTED } from '../contact/contact.events.js';
import type { ContactState } from '../contact/contact.js';
import { keyText, type RowKey, RowValues } from '@caseledger/row-target';
import type { targetsV1 } from '@caseledger/contracts';
import { EMAIL_SLOTS, PHONE_SLOTS, phoneText } from './row-values.js';

/**
 * The exact keys under which a record is found. One that a revert archived has none: its keys are released (DUP-001,
 * REV-004).
 */
export function keysOfRecord(state: ContactState): MatchKey[] {
  if (isReleased(state)) return [];
  return identityKeys({
    externalIds: state.externalIds,
    emails: state.emails.map(({ address }) => address),
    phones: state.phones.map(phoneText),
  });
}

/** A record that a revert archived is matched by nothing and can be applied to by nobody (DUP-001). */
export function isReleased(state: ContactState): boolean {
  return state.archived?.reason === IMPORT_REVERTED;
}

const KEY_FIELDS: readonly string[] = [
  'recordId',
  'externalId',
  ...EMAIL_SLOTS.map(({ field }) => field),
  ...PHONE_SLOTS.map(({ field }) => field),
];

/** The exact keys of a row, in the order in which they decide; an import's default system counts for its external ids. */
export function keysOfRow(values: RowValues): (RowKey & MatchKey)[] {
  const given: MatchValue[] = [];
  for (const field of KEY_FIELDS) for (const value of values.all(field)) given.push(value);
  const system = values.first('externalSystem') ?? values.defaultOf('externalSystem');
  if (system !== undefined) given.push(system);
  return matchKeys(given).map((key) => ({ kind: key.kind, value: key.value, lookup: keyText(key) }));
}

/** A row's values and keys. */
export interface PreparedRow {
  readonly values: RowValues;
  readonly keys: readonly (RowKey & MatchKey)[];
}

/** Reads the values and keys of a row. */
export type RowReader = (row: targetsV1.Row) => PreparedRow;

const NO_DEFAULTS: Readonly<Record<string, string>> = {};

/**
 * Reads rows under the defaults of their import, which are those of the client and not of other parts, each row once
 * however often it is asked for. Made for one chunk: its rows are looked up first and judged later, and are forgotten
 * together.
 */
export function rowReader(defaults: Readonly<Record<string, string>>): RowReader {
  const prepared = new Map<targetsV1.Row, PreparedRow>();
  return (row) => {
    const known = prepared.get(row);
    if (known !== undefined) return known;
    const values = new RowValues(row.values, row.part === 0 ? defaults : NO_DEFAULTS);
    const made = { values, keys: keysOfRow(values) };
    prepared.set(row, made);
    return made;
  };
}
