import { severityOf, type Code, type RowIssue } from '@caseledger/errors';
import { fieldByKey, labelOf } from '@caseledger/fields';
import {
  issuesOfRow,
  keyText,
  type JudgedRow,
  type Outcome,
  type RowContext,
  type RowView,
  type RowValues,
} from '@caseledger/row-target';
import type { targetsV1 } from '@caseledger/contracts';
import { changesBetween, created } from '../contact/contact.changes.js';
import { fieldDifferences } from '../contact/contact.view.js';
import type { ContactEvent } from '../contact/contact.events.js';
import { evolveAll, type ContactState } from '../contact/contact.js';
import { isReleased, type RowReader } from './record-keys.js';
import { matchRow, type RowMatchFound } from './row-match.js';
import { draftRow } from './row-policy.js';
import type { Draft, Mode } from './row-draft.js';

/** What the judge needs to know of the run a row belongs to. */
export interface JudgeContext extends RowContext {
  /** Who records consent: IMPORT for a file, API for submitted clients. */
  readonly source: 'IMPORT' | 'API' | 'STAFF';
  /** Values and keys of a row under the defaults of the options. */
  readonly read: RowReader;
}

/** The contacts as a judge sees them. */
export type ContactView = RowView<ContactState>;

/** The one outcome of a row, with the events that bring it about. */
export interface Judged extends JudgedRow<ContactState> {
  readonly match: RowMatchFound | undefined;
  readonly events: readonly ContactEvent[];
}

/**
 * Decides what one row does, exactly one outcome. Plan and run both call this and nothing else (DESIGN 15), and whoever
 * calls writes it into the view for the rows after it; a fault of a row is an outcome, never thrown.
 */
export function judgeContactRow(row: targetsV1.Row, context: JudgeContext, view: ContactView): Judged {
  const issues = issuesOfRow(row);
  if (row.blank) return ended(row, 'SKIPPED', 'ROW_BLANK', issues);
  if (row.appliedBefore)
    return ended(row, 'UNCHANGED', '', [...issues, warning('ROW_ALREADY_APPLIED', { row: row.row })]);
  if (row.decision?.action === 'EXCLUDE') return ended(row, 'SKIPPED', 'EXCLUDED', issues);
  const error = issues.find(({ severity }) => severity === 'ERROR');
  if (error !== undefined) return ended(row, 'FAILED', error.code, issues);

  const prepared = context.read(row);
  const { values } = prepared;
  const own = context.recordOf(row.row, row.part);
  const match = matchRow(prepared, { importId: context.importId, row: row.row, own }, view);
  if (match.code !== undefined && severityOf(match.code) === 'ERROR') {
    const id = values.first('recordId')?.text ?? '';
    return ended(
      row,
      'FAILED',
      match.code,
      [...issues, errorOf(match.code, 'recordId', values.columnOf('recordId'), { id })],
      match,
    );
  }
  const attempt: Attempt = { row, values, context, view, match, issues };
  const plan = planOf(row, match, context, view);
  if (plan.kind === 'end') {
    const remarks = [...matchRemarks(match), ...notApplied(attempt, plan.record)];
    return ended(row, plan.outcome, plan.reason, [...issues, ...remarks], match, plan.record, view);
  }
  return plan.kind === 'create' ? create(attempt, own, plan.knownDifferent) : applyTo(attempt, plan.record, plan.mode);
}

interface Attempt {
  readonly row: targetsV1.Row;
  readonly values: RowValues;
  readonly context: JudgeContext;
  readonly view: ContactView;
  readonly match: RowMatchFound;
  readonly issues: readonly RowIssue[];
}

type RowPlan =
  | { readonly kind: 'create'; readonly knownDifferent: readonly string[] }
  | { readonly kind: 'apply'; readonly record: string; readonly mode: Mode }
  | { readonly kind: 'end'; readonly outcome: Outcome; readonly reason: string; readonly record: string };

/** Decision on the row, else the import's policy, which serves a MATCH only (DUP-003, DUP-008). */
function planOf(row: targetsV1.Row, match: RowMatchFound, context: JudgeContext, view: ContactView): RowPlan {
  const { decision } = row;
  const { options } = context;
  if (decision !== undefined && decision.action !== '') return decided(decision, match, context, view);
  if (match.verdict === 'NONE') return { kind: 'create', knownDifferent: [] };
  // A row that is tried again completes the record it has made itself, whatever the policy (DESIGN §4, Components).
  if (match.record !== '' && match.record === context.recordOf(row.row, row.part)) {
    return { kind: 'apply', record: match.record, mode: 'UPDATE' };
  }
  if (match.verdict !== 'MATCH') {
    if (options.onReview === 'CREATE') return { kind: 'create', knownDifferent: match.records };
    return { kind: 'end', outcome: 'SKIPPED', reason: 'HELD_FOR_REVIEW', record: '' };
  }
  return byPolicy(policyOf(options), match.record, match, context, view);
}

// The contacts of a case import have a policy of their own (DUP-011).
function policyOf({ importType, duplicatePolicy, cases }: targetsV1.ApplyOptions): string {
  return importType === 'CASES' ? (cases?.clientDuplicatePolicy ?? '') : duplicatePolicy;
}

function decided(decision: targetsV1.RowDecision, match: RowMatchFound, context: JudgeContext, view: ContactView): RowPlan {
  const chosen = decision.record === '' ? match.record : decision.record;
  if (decision.action === 'CREATE') return { kind: 'create', knownDifferent: match.records };
  if (decision.action === 'SKIP' && chosen === '')
    return { kind: 'end', outcome: 'SKIPPED', reason: 'EXCLUDED', record: '' };
  const record = view.record(chosen);
  if (record === undefined || isReleased(record.state)) {
    return { kind: 'end', outcome: 'FAILED', reason: 'RECORD_NOT_FOUND', record: '' };
  }
  return byPolicy(decision.action, chosen, match, context, view);
}

function byPolicy(policy: string, record: string, match: RowMatchFound, context: JudgeContext, view: ContactView): RowPlan {
  switch (policy) {
    case 'UPDATE':
    case 'MERGE':
      return { kind: 'apply', record, mode: policy };
    case 'CREATE':
      return { kind: 'create', knownDifferent: match.records };
    default: {
      const made = view.record(record)?.state.made;
      const reason = made?.import === context.importId ? 'DUPLICATE_IN_FILE' : 'DUPLICATE_EXISTING';
      return { kind: 'end', outcome: 'SKIPPED', reason, record };
    }
  }
}

function create(attempt: Attempt, id: string, knownDifferent: readonly string[]): Judged {
  const { row, match, view, context } = attempt;
  // Only a record that a revert took back can stand here already; its id is never given to another contact.
  if (view.record(id) !== undefined) return ended(row, 'FAILED', 'PLAN_ROW_STALE', attempt.issues, match);
  const draft = draftOf(attempt, undefined, 'CREATE');
  const issues = [
    ...attempt.issues,
    ...matchRemarks(match),
    ...draft.issues,
    ...keyIssues(attempt, id, draft),
    ...recommended(attempt, draft),
  ];
  const error = issues.find(({ severity }) => severity === 'ERROR');
  if (error !== undefined) return ended(row, 'FAILED', error.code, issues, match);
  const event = created(draft.state, draft.sources, knownDifferent);
  // The state that folding the one event gives; a spec holds the two together.
  const { state } = draft;
  state.made = context.source === 'IMPORT' ? { import: context.importId, row: row.row } : null;
  const after = { state, version: 1 };
  return { row, outcome: 'CREATED', reason: '', match, record: id, before: undefined, after, events: [event], issues };
}

function applyTo(attempt: Attempt, id: string, mode: Mode): Judged {
  const { row, match, view } = attempt;
  const before = view.record(id);
  if (before === undefined) return ended(row, 'FAILED', 'RECORD_NOT_FOUND', attempt.issues, match);
  const draft = draftOf(attempt, before.state, mode);
  const issues = [...attempt.issues, ...draft.issues, ...keyIssues(attempt, id, draft), ...recommended(attempt, draft)];
  const error = issues.find(({ severity }) => severity === 'ERROR');
  if (error !== undefined) return ended(row, 'FAILED', error.code, issues, match, id, view);
  const events = changesBetween(before.state, draft.state, draft.sources);
  if (events.length === 0) return ended(row, 'UNCHANGED', '', issues, match, id, view);
  const state = evolveAll(
    before.state,
    events.map((event) => ({ event })),
  );
  const after = { state, version: before.version + events.length };
  return {
    row,
    outcome: mode === 'MERGE' ? 'MERGED' : 'UPDATED',
    reason: '',
    match,
    record: id,
    before,
    after,
    events,
    issues,
  };
}

function draftOf({ row, values, context }: Attempt, before: ContactState | undefined, mode: Mode): Draft {
  const { options, source } = context;
  const marks = { client: makesClient(row, options), leftOut: row.leftOut };
  return draftRow(before, values, marks, { mode, fillOnly: options.blankCells === 'FILL', source });
}

// The first contact of a case row is its client; further ones may be anybody.
function makesClient({ part }: targetsV1.Row, { importType }: targetsV1.ApplyOptions): boolean {
  return importType === 'CLIENTS' || (importType === 'CASES' && part === 0);
}

/**
 * A contact that a case is linked to without being changed: how many values of the file it does not get (DUP-011). What
 * only follows from another value, such as which phone is the primary one, is not counted.
 */
function notApplied({ values, context, view }: Attempt, record: string): RowIssue[] {
  const known = context.options.importType === 'CASES' ? view.record(record) : undefined;
  if (known === undefined) return [];
  const rules = { mode: 'UPDATE', fillOnly: false, source: context.source } as const;
  const draft = draftRow(known.state, values, { client: false, leftOut: false }, rules);
  const differing = fieldDifferences(known.state, draft.state).filter(
    ({ field, after }) => after !== undefined && !field.startsWith('primary/') && !field.endsWith('/label'),
  );
  return differing.length === 0 ? [] : [warning('CLIENT_DATA_NOT_APPLIED', { record, n: differing.length })];
}

// An external id belongs to one record of the company (MAP-012).
function keyIssues({ row, values, context, view }: Attempt, id: string, draft: Draft): RowIssue[] {
  if (!draft.sources.has('externalIds')) return [];
  const external = context.read(row).keys.find(({ kind }) => kind === 'EXTERNAL_ID');
  if (external === undefined) return [];
  const other = view.owners(keyText(external)).find((owner) => owner !== id);
  if (other === undefined) return [];
  const params = { id: values.first('externalId')?.text ?? '', record: other };
  return [errorOf('EXTERNAL_ID_TAKEN', 'externalId', values.columnOf('externalId'), params)];
}

// Only where the file has a column for it: a recommended field without column is said once, in the mapping (MAP-007).
function recommended({ context, row }: Attempt, draft: Draft): RowIssue[] {
  const missing = [
    ...(draft.state.phones.length === 0 ? ['phone'] : []),
    ...(draft.state.emails.length === 0 ? ['email'] : []),
  ];
  const { mappedFields } = context.options;
  const level = makesClient(row, context.options) ? 'CLIENTS' : 'CONTACTS';
  return missing
    .filter((key) => fieldByKey(key)?.levels[level] === 'RECOMMENDED')
    .filter((key) => mappedFields.includes(key) && !row.values.some((value) => value.field === key && value.clear))
    .map((field) => warning('RECOMMENDED_MISSING', { field: labelOf(field) }, field));
}

function ended(
  row: targetsV1.Row,
  outcome: Outcome,
  reason: string,
  issues: readonly RowIssue[],
  match?: RowMatchFound,
  record = '',
  view?: ContactView,
): Judged {
  const before = record === '' ? undefined : view?.record(record);
  return { row, outcome, reason, match, record, before, after: undefined, events: [], issues };
}

function matchRemarks(match: RowMatchFound): RowIssue[] {
  return match.code === undefined ? [] : [matchRemark(match, match.code)];
}

function matchRemark(match: RowMatchFound, code: Code): RowIssue {
  return warning(code, { key: match.key, record: match.records[0] ?? '', n: match.records.length });
}

function warning(code: Code, params: RowIssue['params'] = {}, field?: string): RowIssue {
  return { code, severity: 'WARNING', params, ...(field === undefined ? {} : { field }) };
}

function errorOf(code: Code, field: string, column: number, params: RowIssue['params']): RowIssue {
  return { code, severity: 'ERROR', field, params, ...(column < 0 ? {} : { column }) };
}
