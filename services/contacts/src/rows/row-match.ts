import {
  decideMatch,
  phoneAgrees,
  type HitRecord,
  type KeyHits,
  type MatchDecision,
  type MatchKey,
} from '@caseledger/matching';
import type { RowKey, RowMatchFound as Found, RowValues, RowView } from '@caseledger/row-target';
import type { ContactState } from '../contact/contact.js';
import { isReleased, type PreparedRow } from './record-keys.js';
import { PHONE_SLOTS, phoneText } from './row-values.js';

/** How a row matched a contact, and what there is to remark on it. */
export interface RowMatchFound extends Found {
  readonly code: MatchDecision['code'];
}

export interface MatchContext {
  readonly importId: string;
  readonly row: number;
  /** The id that a record made by this very row has. */
  readonly own: string;
}

/** The verdict on a row by its exact keys, seen from the view; records that a revert took back are not there. */
export function matchRow({ values, keys }: PreparedRow, context: MatchContext, view: RowView<ContactState>): RowMatchFound {
  const own = view.record(context.own);
  if (own !== undefined && !isReleased(own.state)) {
    const { own: record } = context;
    const found = { verdict: 'MATCH', key: 'RECORD_ID', record, records: [record], score: 1, earlierRow: 0 } as const;
    return { kind: 'CONTACT', ...found, code: undefined };
  }
  const name = nameOf((field) => values.first(field)?.text);
  const hits: KeyHits[] = [];
  for (const key of keys) {
    const ids = key.kind === 'RECORD_ID' ? [key.value] : view.owners(key.lookup);
    if (ids.length > 0) hits.push(hitsOf(key, ids, values, view));
  }
  const found = decideMatch({ name, kinds: keys.map(({ kind }) => kind), hits });
  const made = found.record === undefined ? undefined : view.record(found.record)?.state.made;
  return {
    kind: 'CONTACT',
    verdict: found.verdict,
    key: found.key ?? '',
    record: found.record ?? '',
    records: found.records,
    score: found.score,
    code: found.code,
    earlierRow: made?.import === context.importId && made.row !== context.row ? made.row : 0,
  };
}

function hitsOf(key: RowKey & MatchKey, ids: readonly string[], values: RowValues, view: RowView<ContactState>): KeyHits {
  const phones = PHONE_SLOTS.flatMap(({ field }) => values.all(field).map(({ text }) => text));
  const records: HitRecord[] = [];
  for (const id of ids) {
    const record = view.record(id);
    if (record === undefined || isReleased(record.state)) continue;
    const { state } = record;
    if (
      key.kind === 'PHONE' &&
      !state.phones.some((phone) => phones.some((text) => phoneAgrees(text, phoneText(phone))))
    )
      continue;
    records.push({ id, name: nameOf((field) => state.values[field]), archived: state.archived !== null });
  }
  return { kind: key.kind, records };
}

function nameOf(valueOf: (field: string) => string | undefined) {
  return {
    firstName: valueOf('firstName') ?? '',
    middleName: valueOf('middleName') ?? '',
    lastName: valueOf('lastName') ?? '',
    companyName: valueOf('companyName') ?? '',
  };
}
