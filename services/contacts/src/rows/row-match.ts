import {
  decideMatch,
  phoneAgrees,
  type HitRecord,
  type KeyHits,
  type MatchDecision,
} from '@caseledger/matching';
import { isReleased, type PreparedRow, type RowKey } from './record-keys.js';
import { PHONE_SLOTS, phoneText, type RowValues } from './row-values.js';
import type { RowView } from './row-view.js';

/** How a row matched (DUP-002, DUP-003). Texts are empty where there is nothing to say. */
export interface RowMatchFound {
  readonly verdict: MatchDecision['verdict'];
  readonly key: string;
  readonly record: string;
  readonly records: readonly string[];
  readonly score: number;
  readonly code: MatchDecision['code'];
  /** The earlier row of the same file that made the record; 0 when none did (DUP-009). */
  readonly earlierRow: number;
}

export interface MatchContext {
  readonly importId: string;
  readonly row: number;
  /** The id that a record made by this very row has. */
  readonly own: string;
}

/** The verdict on a row by its exact keys, seen from the view; records that a revert took back are not there. */
export function matchRow({ values, keys }: PreparedRow, context: MatchContext, view: RowView): RowMatchFound {
  const own = view.record(context.own);
  if (own !== undefined && !isReleased(own.state)) {
    const { own: record } = context;
    return { verdict: 'MATCH', key: 'RECORD_ID', record, records: [record], score: 1, code: undefined, earlierRow: 0 };
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
    verdict: found.verdict,
    key: found.key ?? '',
    record: found.record ?? '',
    records: found.records,
    score: found.score,
    code: found.code,
    earlierRow: made?.import === context.importId && made.row !== context.row ? made.row : 0,
  };
}

function hitsOf(key: RowKey, ids: readonly string[], values: RowValues, view: RowView): KeyHits {
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
