import type { RowIssue } from '@caseledger/errors';
import type { targetsV1 } from '@caseledger/contracts';
import type { JudgedRow, KindTypes, RecordKind, RowMatchFound } from './row-kind.js';

/** The prediction for a row as the plan keeps it (PRE-003): with every value, sealed by imports. */
export function verdictOf<K extends KindTypes>(kind: RecordKind<K>, judged: K['judged']): targetsV1.RowVerdict {
  const { row, outcome, reason } = judged;
  return {
    row: row.row,
    part: row.part,
    outcome,
    reason,
    match: matchOf(judged),
    effects: kind.effectsOf(judged),
    changes: kind.changesOf(judged),
    issues: judged.issues.map(issueOf),
    pinnedVersion: pinnedOf(judged),
    record: recordOf(judged),
  };
}

/** The outcome of a row as its ledger event keeps it for ever: in clear, so nothing personal (DESIGN 14). */
export function outcomeOf<K extends KindTypes>(
  kind: RecordKind<K>,
  judged: K['judged'],
  { importType }: targetsV1.ApplyOptions,
): targetsV1.RowOutcome {
  const { row, outcome, reason } = judged;
  return {
    row: row.row,
    part: row.part,
    outcome,
    reason,
    record: importType === 'CASES' ? recordOf(judged) : '',
    effects: kind.effectsOf(judged),
    codes: judged.issues.map(codeOf),
    match: matchOf(judged),
    decision: row.decision?.action ? row.decision : undefined,
  };
}

/** The record that a row has in the end; a row that failed has none, whatever it matched. */
function recordOf({ outcome, record }: JudgedRow<object>): string {
  return outcome === 'FAILED' ? '' : record;
}

/** Names of parameters whose values are ids of records, kinds of keys, numbers, fields or types, whatever the code. */
const LASTING_PARAMS: readonly string[] = ['key', 'record', 'n', 'row', 'limit', 'field', 'type', 'listType'];

/** Codes that suggest one of a field's choices; others suggest what the text of a cell may have been meant to be. */
const CHOICE_CODES: readonly string[] = ['VALUE_NOT_ALLOWED', 'ROLE_UNKNOWN', 'SOURCE_NOT_IMPORTABLE'];

/** A code as it is kept in clear: the texts of cells and records that would fill its message are not (DESIGN 14). */
function codeOf({ code, severity, column = -1, field = '', params = {}, suggestion }: RowIssue): targetsV1.OutcomeCode {
  const lasting = Object.entries(params).filter(([name]) => LASTING_PARAMS.includes(name));
  const kept = { code, severity, column, field, params: textsOf(lasting) };
  return suggestion !== undefined && CHOICE_CODES.includes(code) ? { ...kept, suggestion } : kept;
}

/**
 * The outcome that stands for a row which could not be processed at all (RUN-007). What its contacts were given before
 * is listed all the same (RUN-012).
 */
export function brokenOutcome({ row, part, parts }: targetsV1.Row, reason: string): targetsV1.RowOutcome {
  return {
    row,
    part,
    outcome: 'FAILED',
    reason,
    record: '',
    effects: parts.flatMap(({ effects }) => effects),
    codes: [{ code: reason, severity: 'ERROR', column: -1, field: '', params: {} }],
    match: undefined,
    decision: undefined,
  };
}

/**
 * Whether a row ends as its confirmed plan predicted: same outcome, reason and record, resting on the same version
 * (PRE-005). What follows from a stale row is stale by version too.
 */
export function asExpected(judged: JudgedRow<object>, expected: targetsV1.RowExpectation): boolean {
  if (judged.outcome !== expected.outcome || judged.reason !== expected.reason) return false;
  // A plan names the record matched, or the one written where a decision chose another.
  const named = [judged.record, judged.match?.record ?? ''];
  if (expected.record !== '' && !named.includes(expected.record)) return false;
  return pinnedOf(judged) === expected.version;
}

function pinnedOf(judged: JudgedRow<object>): number {
  return judged.before?.version ?? 0;
}

/** A shared telephone may hit thousands of records; who decides needs some of them, and DUP_AMBIGUOUS says how many. */
const CANDIDATES_MAX = 50;

function matchOf({ match }: JudgedRow<object>): targetsV1.MatchFound | undefined {
  if (match === undefined || (match.verdict === 'NONE' && match.key === '')) return undefined;
  return foundOf(match);
}

function foundOf({ kind, verdict, key, record, score, records, earlierRow, part, further = [] }: RowMatchFound): targetsV1.MatchFound {
  return {
    ...{ kind, verdict, key, record, score, records: records.slice(0, CANDIDATES_MAX), earlierRow },
    ...(part === undefined ? {} : { part }),
    ...(further.length === 0 ? {} : { further: { matches: further.map(foundOf) } }),
  };
}

function issueOf(issue: RowIssue): targetsV1.RowIssue {
  const { code, severity, column = -1, field = '', text = '', suggestion = '', params = {} } = issue;
  return { code, severity, column, field, text, suggestion, params: textsOf(Object.entries(params)) };
}

function textsOf(params: readonly (readonly [string, string | number])[]): Record<string, string> {
  return Object.fromEntries(params.map(([name, value]) => [name, String(value)]));
}
