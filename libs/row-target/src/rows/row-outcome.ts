import type { RowIssue } from '@caseledger/errors';
import type { targetsV1 } from '@caseledger/contracts';
import { columnsOf, fieldDifferences, jsonText } from '../contact/contact.view.js';
import type { Judged } from './row-judge.js';

/** The prediction for a row as the plan keeps it (PRE-003): with every value, sealed by imports. */
export function verdictOf(judged: Judged): targetsV1.RowVerdict {
  const { row, outcome, reason } = judged;
  return {
    row: row.row,
    outcome,
    reason,
    match: matchOf(judged),
    effects: effectsOf(judged),
    changes: changesOf(judged),
    issues: judged.issues.map(issueOf),
    pinnedVersion: pinnedOf(judged),
  };
}

/** The outcome of a row as its ledger event keeps it for ever: in clear, so nothing personal (DESIGN 14). */
export function outcomeOf(judged: Judged): targetsV1.RowOutcome {
  const { row, outcome, reason } = judged;
  return {
    row: row.row,
    outcome,
    reason,
    effects: effectsOf(judged),
    codes: judged.issues.map(codeOf),
    match: matchOf(judged),
    decision: row.decision?.action ? row.decision : undefined,
  };
}

/** Names of parameters whose values are ids of records, kinds of keys, numbers or fields, whatever the code. */
const LASTING_PARAMS: readonly string[] = ['key', 'record', 'n', 'row', 'limit', 'field'];

/** A code as it is kept in clear: the texts of cells and records that would fill its message are not (DESIGN 14). */
function codeOf({ code, severity, column = -1, field = '', params = {} }: RowIssue): targetsV1.OutcomeCode {
  const lasting = Object.entries(params).filter(([name]) => LASTING_PARAMS.includes(name));
  return { code, severity, column, field, params: textsOf(lasting) };
}

/** The outcome that stands for a row which could not be processed at all (RUN-007). */
export function brokenOutcome(row: number, reason: string): targetsV1.RowOutcome {
  return {
    row,
    outcome: 'FAILED',
    reason,
    effects: [],
    codes: [{ code: reason, severity: 'ERROR', column: -1, field: '', params: {} }],
    match: undefined,
    decision: undefined,
  };
}

/**
 * Whether a row ends as its confirmed plan predicted: same outcome, reason and record, resting on the same version
 * (PRE-005). What follows from a stale row is stale by version too.
 */
export function asExpected(judged: Judged, expected: targetsV1.RowExpectation): boolean {
  if (judged.outcome !== expected.outcome || judged.reason !== expected.reason) return false;
  // A plan names the record matched, or the one written where a decision chose another.
  const named = [judged.record, judged.match?.record ?? ''];
  if (expected.record !== '' && !named.includes(expected.record)) return false;
  return pinnedOf(judged) === expected.version;
}

function pinnedOf(judged: Judged): number {
  return judged.before?.version ?? 0;
}

function effectsOf({ outcome, record, before, after }: Judged): targetsV1.Effect[] {
  if (after === undefined) return [];
  return [{ kind: `CONTACT_${outcome}`, record, fromVersion: before?.version ?? 0, toVersion: after.version }];
}

/** A shared telephone may hit thousands of records; who decides needs some of them, and DUP_AMBIGUOUS says how many. */
const CANDIDATES_MAX = 50;

function matchOf({ match }: Judged): targetsV1.MatchFound | undefined {
  if (match === undefined || (match.verdict === 'NONE' && match.key === '')) return undefined;
  const { verdict, key, record, score, records, earlierRow } = match;
  return { verdict, key, record, score, records: records.slice(0, CANDIDATES_MAX), earlierRow };
}

function changesOf({ record, before, after, events }: Judged): targetsV1.FieldChange[] {
  if (after === undefined) return [];
  const columns = columnsOf(events);
  return fieldDifferences(before?.state, after.state).map(({ field, before: old, after: now }) => ({
    record,
    field,
    before: jsonText(old),
    after: jsonText(now),
    column: columns.get(field) ?? -1,
    keptBecause: '',
  }));
}

function issueOf(issue: RowIssue): targetsV1.RowIssue {
  const { code, severity, column = -1, field = '', text = '', suggestion = '', params = {} } = issue;
  return { code, severity, column, field, text, suggestion, params: textsOf(Object.entries(params)) };
}

function textsOf(params: readonly (readonly [string, string | number])[]): Record<string, string> {
  return Object.fromEntries(params.map(([name, value]) => [name, String(value)]));
}
