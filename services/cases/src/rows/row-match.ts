import type { targetsV1 } from '@caseledger/contracts';
import type { Code } from '@caseledger/errors';
import { RECORD_ID, type RowKey, type RowMatchFound, type RowView } from '@caseledger/row-target';
import type { CaseState } from '../case/case.js';
import { CASE_NAME, EXTERNAL_ID, isReleased } from './record-keys.js';

export type CaseView = RowView<CaseState>;

/** How a row matched, with the code that says so where a person has to look. */
export interface CaseMatch extends RowMatchFound {
  readonly code: Code | undefined;
}

export interface MatchContext {
  readonly importId: string;
  /** The id that a case made by this very row has. */
  readonly own: string;
}

/**
 * The verdict on a case row by its exact keys (DUP-002, DUP-003): record id, then external id, then the name under its
 * client and type; the first level with a hit decides. Cases that a revert took back are not there.
 */
export function matchRow(
  row: targetsV1.Row,
  keys: readonly RowKey[],
  { importId, own }: MatchContext,
  view: CaseView,
): CaseMatch {
  if (isLive(view, own)) return found('MATCH', RECORD_ID, [own], undefined, 0);
  const byId = keys.find(({ kind }) => kind === RECORD_ID);
  if (byId !== undefined) {
    const hit = isLive(view, byId.value);
    return hit ? verdictOn(RECORD_ID, [byId.value]) : found('NONE', RECORD_ID, [], 'RECORD_NOT_FOUND', 0);
  }
  for (const kind of [EXTERNAL_ID, CASE_NAME]) {
    const owners = keys.filter((key) => key.kind === kind).flatMap((key) => view.owners(key.lookup));
    const records = [...new Set(owners)].filter((id) => isLive(view, id)).sort();
    if (records.length > 0) return verdictOn(kind, records);
  }
  return found('NONE', '', [], undefined, 0);

  function verdictOn(key: string, records: readonly string[]): CaseMatch {
    const [first = ''] = records;
    if (records.length > 1) return found('AMBIGUOUS', key, records, 'DUP_AMBIGUOUS', 0);
    const state = view.record(first)?.state;
    const made = state?.made;
    const earlierRow = made?.import === importId && made.row !== row.row ? made.row : 0;
    // A person has put it away: only a person decides.
    return found(state?.archived === null ? 'MATCH' : 'REVIEW', key, records, undefined, earlierRow);
  }
}

function isLive(view: CaseView, id: string): boolean {
  const known = view.record(id);
  return known !== undefined && !isReleased(known.state);
}

function found(
  verdict: RowMatchFound['verdict'],
  key: string,
  records: readonly string[],
  code: Code | undefined,
  earlierRow: number,
): CaseMatch {
  const record = records.length === 1 ? (records[0] ?? '') : '';
  return { kind: 'CASE', verdict, key, record, records, score: verdict === 'NONE' ? 0 : 1, code, earlierRow };
}
