import { identityKeys, matchKeys, type MatchKey } from '@caseledger/matching';
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
  const system = values.first('externalSystem') ?? values.defaultOf('externalSystem');
  const given = KEY_FIELDS.flatMap((field) => values.all(field));
  const keys = matchKeys(system === undefined ? given : [...given, system]);
  return keys.map((key) => ({ kind: key.kind, value: key.value, lookup: keyText(key) }));
}

/** A row's values and keys, read once however often its chunk is looked at. */
export interface PreparedRow {
  readonly values: RowValues;
  readonly keys: readonly (RowKey & MatchKey)[];
}

/** Rows remembered: those of the chunks at work. A weak map would do the same and cost the garbage collector more. */
const PREPARED_MAX = 2_000;

const prepared = new Map<targetsV1.Row, PreparedRow & { readonly defaults: object }>();

const NO_DEFAULTS: Readonly<Record<string, string>> = {};

/** The values and keys of a row under the defaults of its import, which are those of the client, not of other parts. */
export function prepare(row: targetsV1.Row, defaults: Readonly<Record<string, string>>): PreparedRow {
  const known = prepared.get(row);
  if (known?.defaults === defaults) return known;
  const values = new RowValues(row.values, row.part === 0 ? defaults : NO_DEFAULTS);
  const made = { values, keys: keysOfRow(values), defaults };
  if (prepared.size >= PREPARED_MAX) prepared.clear();
  prepared.set(row, made);
  return made;
}
