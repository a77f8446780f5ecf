import type { contactsV1, importsV1, targetsV1 } from '@caseledger/contracts';
import { fieldOf, partLabel } from '@caseledger/fields';
import type { RowDecision } from './import/import.js';
import type { LedgerRow } from './projections/ledger.queries.js';
import type { PlanRow } from './projections/plan.queries.js';

/*
 * Entries of the plan and of the ledger, put together from what is kept in clear and what is sealed with the file. Both
 * tell a row in the same words, so that they can be compared.
 */

type StoredRow = targetsV1.Row | undefined;
type Verdict = targetsV1.RowVerdict | undefined;

/** A row with nothing said about it yet. */
export function entryOf(row: StoredRow): importsV1.RowEntry {
  return {
    row: row?.row ?? 0,
    line: row?.line ?? 0,
    sheet: row?.sheet ?? '',
    outcome: '',
    reason: '',
    attempt: 0,
    cells: row?.cells ?? [],
    values: row?.values ?? [],
    changes: [],
    issues: [],
    match: undefined,
    decision: undefined,
    effects: [],
    textGone: false,
    heldFor: [],
  };
}

export function briefPlanEntry({ row, outcome, reason, codes }: PlanRow): importsV1.RowEntry {
  const issues = codes.map((code) => ({ ...code, text: '', suggestion: '', params: {} }));
  return { ...entryOf(undefined), row, outcome, reason, issues };
}

export function planEntry(planned: PlanRow, row: StoredRow, verdict: Verdict, decision: RowDecision | undefined): importsV1.RowEntry {
  const { row: number, outcome, reason } = planned;
  const { issues } = briefPlanEntry(planned);
  const entry = { ...entryOf(row), row: number, outcome, reason, issues, decision, textGone: row === undefined };
  if (verdict === undefined) return entry;
  const { changes, match, effects } = verdict;
  return { ...entry, changes, match, effects, issues: told(verdict.issues, row), heldFor: heldForOf(reason, match) };
}

export function briefLedgerEntry({ row, attempt, outcome, reason, effects, codes, match, decision }: LedgerRow): importsV1.RowEntry {
  const issues = codes.map(({ suggestion = '', ...code }) => ({ ...code, text: '', suggestion }));
  return { ...entryOf(undefined), row, attempt, outcome, reason, effects, issues, match: match ?? undefined, decision: decision ?? undefined, textGone: true, heldFor: heldForOf(reason, match) };
}

/** For which of its records a row is held, and what each of them may be (DUP-003, DUP-011). */
function heldForOf(reason: string, match: targetsV1.MatchFound | undefined | null): importsV1.HeldFor[] {
  if (reason !== 'HELD_FOR_REVIEW' || match === undefined || match === null) return [];
  return [match, ...(match.further?.matches ?? [])].map(({ kind, part, verdict, key, records }) => {
    const own = kind === 'CASE' ? 'Case' : 'Contact';
    return { who: part === undefined ? own : partLabel(part), verdict, key, records, kind };
  });
}

/** `verdict` is the row's prediction where the row was held to it: it has the words that are never kept in clear. */
export function ledgerEntry(
  entry: LedgerRow,
  row: StoredRow,
  { differences, verdict }: { readonly differences: readonly contactsV1.RecordDifferences[]; readonly verdict?: Verdict },
): importsV1.RowEntry {
  const { line, sheet, cells, values } = entryOf(row);
  const brief = briefLedgerEntry(entry);
  const issues = verdict === undefined ? brief.issues : withParams(brief.issues, verdict.issues);
  return {
    ...brief,
    line,
    sheet,
    cells,
    values,
    changes: changesOfRow(entry, differences),
    issues: told(issues, row),
    textGone: row === undefined,
  };
}

/** Gives issues the text, suggestion and words they had when the row was read, as long as the file is kept (LED-010). */
function told(issues: readonly targetsV1.RowIssue[], row: StoredRow): targetsV1.RowIssue[] {
  // A cell may bring one code several times: each issue is the next one of its kind.
  const left = [...(row?.issues ?? [])];
  return issues.map((issue) => {
    const at = left.findIndex(({ code, column }) => code === issue.code && column === issue.column);
    const [known] = at < 0 ? [] : left.splice(at, 1);
    const cell = issue.column < 0 ? '' : (row?.cells[issue.column] ?? '');
    return {
      ...issue,
      text: firstOf(issue.text, known?.text, cell),
      suggestion: firstOf(issue.suggestion, known?.suggestion),
      params: { ...idOf(issue, row), ...known?.params, ...issue.params },
    };
  });
}

/** An id out of the file is told by its value; in the ledger it is not kept, for a file may hold anything there. */
function idOf({ column, field }: targetsV1.RowIssue, row: StoredRow): Record<string, string> {
  const own = fieldOf('CASES', field)?.of?.key ?? field;
  if (own !== 'recordId' && own !== 'externalId') return {};
  const value = row?.values.find((each) => each.field === field && each.column === column);
  return value === undefined ? {} : { id: value.text };
}

function withParams(issues: readonly targetsV1.RowIssue[], predicted: readonly targetsV1.RowIssue[]): targetsV1.RowIssue[] {
  return issues.map((issue, at) => {
    const same = predicted[at];
    return same?.code !== issue.code || same.column !== issue.column ? issue : { ...issue, params: { ...same.params, ...issue.params } };
  });
}

function firstOf(...texts: readonly (string | undefined)[]): string {
  return texts.find((text) => text !== undefined && text !== '') ?? '';
}

/** What this row changed: several rows may have written the same record, one version after the other. */
function changesOfRow(row: LedgerRow, differences: readonly contactsV1.RecordDifferences[]): targetsV1.FieldChange[] {
  return differences
    .filter((one) =>
      row.effects.some(({ record, fromVersion, toVersion }) => record === one.record && fromVersion === one.fromVersion && toVersion === one.toVersion),
    )
    .flatMap(({ changes }) => changes);
}
