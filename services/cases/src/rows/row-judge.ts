import { isCode, severityOf, type Code, type RowIssue } from '@caseledger/errors';
import type { targetsV1 } from '@caseledger/contracts';
import { issuesOfRow, type JudgedRow, type Outcome, type RowContext, type RowValues } from '@caseledger/row-target';
import { changesBetween, opened } from '../case/case.changes.js';
import type { CaseEvent, ContactLink } from '../case/case.events.js';
import { CLIENT, evolveAll, type CaseState } from '../case/case.js';
import { EXTERNAL_ID, isReleased, keysOfRow, valuesOf } from './record-keys.js';
import { typeOf, type Catalogue } from './row-catalogue.js';
import { faultsBeside, withAnyClient } from './row-faults.js';
import type { Draft, Mode } from './row-draft.js';
import { matchRow, type CaseMatch, type CaseView } from './row-match.js';
import { draftRow } from './row-policy.js';
import { listFault, ruleOn, typeFault } from './row-type.js';

/** What the judge of cases needs to know of the run a row belongs to. */
export interface CaseContext extends RowContext {
  /** Who brings the case: IMPORT for a file, API for a script. */
  readonly source: 'IMPORT' | 'API';
  readonly catalogue: Catalogue;
  /** The number of the case that this row makes (RUN-015); empty while it is only predicted, for nothing is reserved. */
  numberOf(row: number): string;
}

/** The one outcome of a case row, with the events that bring it about. */
export interface JudgedCase extends JudgedRow<CaseState> {
  readonly match: CaseMatch | undefined;
  readonly events: readonly CaseEvent[];
}

/**
 * Decides what one row does to cases, exactly one outcome, its contacts having been judged before (RUN-012). Writes
 * nothing; plan and run both call this (DESIGN 15); a fault of a row is an outcome, never thrown.
 */
export function judgeCase(row: targetsV1.Row, context: CaseContext, view: CaseView): JudgedCase {
  const issues = issuesOf(row);
  if (row.blank) return ended(row, 'SKIPPED', 'ROW_BLANK', issues);
  if (row.appliedBefore) {
    return ended(row, 'UNCHANGED', '', [...issues, warning('ROW_ALREADY_APPLIED', { row: row.row })]);
  }
  if (row.decision?.action === 'EXCLUDE') return ended(row, 'SKIPPED', 'EXCLUDED', issues);
  const beside = (): RowIssue[] => faultsBeside(issues, judgeOwn(withAnyClient(row, context), context, view, []).issues);
  const error = errorOf(issues);
  if (error !== undefined) return ended(row, 'FAILED', error.code, [...issues, ...beside()]);
  return endedByParts(row, issues, beside) ?? judgeOwn(row, context, view, issues);
}

/** What becomes of the case of a row that could be read and whose contacts are there. */
function judgeOwn(row: targetsV1.Row, context: CaseContext, view: CaseView, issues: readonly RowIssue[]): JudgedCase {
  const values = valuesOf(row, context.options.defaults);
  const fault = typeFault(values, context.catalogue);
  const own = context.recordOf(row.row, row.part);
  const keys = keysOfRow(row, context.options, context.catalogue);
  const match = matchRow(row, keys, { importId: context.importId, own }, view);
  if (match.code === 'RECORD_NOT_FOUND') {
    const id = values.first('recordId')?.text ?? '';
    const unknown = failure('RECORD_NOT_FOUND', 'recordId', values, { id });
    if (fault === undefined) return ended(row, 'FAILED', unknown.code, [...issues, unknown], match);
    return ended(row, 'FAILED', fault.code, [...issues, fault, unknown]);
  }
  const attempt: Attempt = { row, values, context, view, match, issues, fault };
  const plan = planOf(attempt, own);
  if (fault !== undefined) return ended(row, 'FAILED', fault.code, [...issues, ...faultsOf(attempt, plan, own)]);
  switch (plan.kind) {
    case 'create':
      return create(attempt, own, plan.knownDifferent);
    case 'apply':
      return applyTo(attempt, plan.record, plan.mode);
    case 'skip':
      return skip(attempt, plan.record);
    case 'end':
      return ended(row, plan.outcome, plan.reason, [...issues, ...matchRemarks(match)], match);
  }
}

interface Attempt {
  readonly row: targetsV1.Row;
  readonly values: RowValues;
  readonly context: CaseContext;
  readonly view: CaseView;
  readonly match: CaseMatch;
  readonly issues: readonly RowIssue[];
  /** Why the type that the row names is none. */
  readonly fault: RowIssue | undefined;
}

type RowPlan =
  | { readonly kind: 'create'; readonly knownDifferent: readonly string[] }
  | { readonly kind: 'apply'; readonly record: string; readonly mode: Mode }
  | { readonly kind: 'skip'; readonly record: string }
  | { readonly kind: 'end'; readonly outcome: Outcome; readonly reason: string };

// A contact that failed fails the row with its code, one that needs a decision holds it: no case without its people.
function endedByParts(row: targetsV1.Row, issues: readonly RowIssue[], beside: () => RowIssue[]): JudgedCase | undefined {
  const failed = row.parts.find(({ outcome }) => outcome === 'FAILED');
  // Of a row that is only late nothing is wrong.
  const more = failed === undefined || failed.reason === 'PLAN_ROW_STALE' ? [] : beside();
  if (failed !== undefined) return ended(row, 'FAILED', failed.reason, [...issues, ...more]);
  const held = row.parts.filter(({ record }) => record === '');
  return held.length === 0 ? undefined : ended(row, 'SKIPPED', 'HELD_FOR_REVIEW', issues, matchOfParts(held));
}

/** What the contacts that hold a row were matched with, the first of them before the others. */
function matchOfParts(held: readonly targetsV1.RowPart[]): CaseMatch | undefined {
  const [first, ...further] = held.flatMap((part) => matchOfPart(part) ?? []);
  return first === undefined ? undefined : { ...first, further };
}

const IN_DOUBT = ['REVIEW', 'AMBIGUOUS'] as const;

/** What the contact was matched with: whoever decides about the row chooses among these (DUP-003). */
function matchOfPart({ part, match }: targetsV1.RowPart): CaseMatch | undefined {
  const verdict = IN_DOUBT.find((one) => one === match?.verdict);
  if (match === undefined || verdict === undefined) return undefined;
  const { key, record, records, score, earlierRow } = match;
  return { kind: 'CONTACT', part, verdict, key, record, records, score, earlierRow, code: undefined };
}

/** Decision on the row, else the import's policy, which serves a MATCH only (DUP-003, DUP-008). */
function planOf({ row, match, context, view }: Attempt, own: string): RowPlan {
  const { decision } = row;
  const { options } = context;
  if (decision !== undefined && decision.action !== '') return decided(decision, match, view);
  if (match.verdict === 'NONE') return { kind: 'create', knownDifferent: [] };
  // A row that is tried again completes the case it has made itself, whatever the policy (DESIGN §4, Components).
  if (match.record === own) return { kind: 'apply', record: own, mode: 'UPDATE' };
  if (match.verdict !== 'MATCH') {
    if (options.onReview === 'CREATE') return { kind: 'create', knownDifferent: match.records };
    return { kind: 'end', outcome: 'SKIPPED', reason: 'HELD_FOR_REVIEW' };
  }
  return byPolicy(options.duplicatePolicy, match.record, match);
}

function decided(decision: targetsV1.RowDecision, match: CaseMatch, view: CaseView): RowPlan {
  const { action } = decision;
  // Cases are never merged with each other (DUP-010).
  if (action === 'MERGE_RECORDS') return { kind: 'end', outcome: 'FAILED', reason: 'CASE_MERGE_NOT_SUPPORTED' };
  if (action === 'CREATE') return { kind: 'create', knownDifferent: match.records };
  const chosen = decision.record === '' ? match.record : decision.record;
  if (action === 'SKIP' && chosen === '') return { kind: 'end', outcome: 'SKIPPED', reason: 'EXCLUDED' };
  const known = view.record(chosen);
  if (known === undefined || isReleased(known.state)) {
    return { kind: 'end', outcome: 'FAILED', reason: 'RECORD_NOT_FOUND' };
  }
  return byPolicy(action, chosen, match);
}

function byPolicy(policy: string, record: string, match: CaseMatch): RowPlan {
  switch (policy) {
    case 'UPDATE':
    case 'MERGE':
      return { kind: 'apply', record, mode: policy };
    case 'CREATE':
      return { kind: 'create', knownDifferent: match.records };
    default:
      return { kind: 'skip', record };
  }
}

function create(attempt: Attempt, id: string, knownDifferent: readonly string[]): JudgedCase {
  const { row, match, view, context } = attempt;
  const said = [...attempt.issues, ...matchRemarks(match)];
  // Only a case that a revert took back can stand here already; its id is never given to another one.
  if (view.record(id) !== undefined) return ended(row, 'FAILED', 'PLAN_ROW_STALE', said, match);
  const draft = draftOf(attempt, undefined, 'CREATE');
  const issues = [...said, ...draft.issues, ...keyIssues(attempt, id, draft)];
  const error = errorOf(issues);
  if (error !== undefined) return ended(row, 'FAILED', error.code, issues, match);
  if (lacksContacts(row)) return ended(row, 'FAILED', 'PLAN_ROW_STALE', issues, match);
  const { state, sources } = draft;
  const numbered = { ...state, number: context.numberOf(row.row) };
  const event = opened(numbered, sources, knownDifferent);
  // The state that folding the one event gives; a spec holds the two together.
  const made = context.source === 'IMPORT' ? { import: context.importId, row: row.row } : null;
  const after = { state: { ...numbered, made }, version: 1 };
  return { row, outcome: 'CREATED', reason: '', match, record: id, before: undefined, after, events: [event], issues };
}

function applyTo(attempt: Attempt, id: string, mode: Mode): JudgedCase {
  const { row, match, view } = attempt;
  const before = view.record(id);
  if (before === undefined) return ended(row, 'FAILED', 'RECORD_NOT_FOUND', attempt.issues, match);
  // Read-only until a person restores it (CAS-006).
  if (before.state.archived !== null) return ended(row, 'FAILED', 'CASE_ARCHIVED', attempt.issues, match, id, view);
  const draft = draftOf(attempt, before.state, mode);
  const issues = [...attempt.issues, ...draft.issues, ...keyIssues(attempt, id, draft)];
  const error = errorOf(issues);
  if (error !== undefined) return ended(row, 'FAILED', error.code, issues, match, id, view);
  const events = changesBetween(before.state, draft.state, draft.sources);
  if (events.length === 0) return ended(row, 'UNCHANGED', '', issues, match, id, view);
  if (lacksContacts(row)) return ended(row, 'FAILED', 'PLAN_ROW_STALE', issues, match, id, view);
  return { ...written(attempt, id, events), outcome: mode === 'MERGE' ? 'MERGED' : 'UPDATED', issues };
}

/** A duplicate is left as it is, but still put on the list, because the list is what was asked for (OPT-006). */
function skip(attempt: Attempt, id: string): JudgedCase {
  const { row, match, view, context, values, issues } = attempt;
  const { list, types } = context.catalogue;
  const state = view.record(id)?.state;
  const reason = state?.made?.import === context.importId ? 'DUPLICATE_IN_FILE' : 'DUPLICATE_EXISTING';
  const skipped = ended(row, 'SKIPPED', reason, issues, match, id, view);
  if (state === undefined || list === undefined) return skipped;
  const type = typeOf({ types }, state.type);
  const fault = type === undefined ? undefined : listFault(type, context.catalogue, values);
  if (fault !== undefined) return ended(row, 'FAILED', fault.code, [...issues, fault], match, id, view);
  const isWanted = context.options.cases?.addSkipped === true && state.archived === null;
  if (list === 'missing' || !isWanted || state.lists.includes(list.id)) return skipped;
  const events: CaseEvent[] = [{ type: 'CaseAddedToList', data: { list: list.id } }];
  return { ...skipped, ...written(attempt, id, events), outcome: 'SKIPPED', reason };
}

function written(
  { row, match, view, issues }: Attempt,
  record: string,
  events: readonly CaseEvent[],
): Omit<JudgedCase, 'outcome'> {
  const before = view.record(record);
  if (before === undefined) throw new Error(`Case ${record} is not in the view`);
  const state = evolveAll(
    before.state,
    events.map((event) => ({ event })),
  );
  return { row, reason: '', match, record, before, after: { state, version: before.version + events.length }, events, issues };
}

/** Everything that is wrong with a row whose type is none, as far as it can be told without one (VAL-005). */
function faultsOf(attempt: Attempt, plan: RowPlan, own: string): readonly RowIssue[] {
  if (plan.kind === 'create') return create(attempt, own, []).issues;
  if (plan.kind === 'apply') return applyTo(attempt, plan.record, plan.mode).issues;
  return attempt.fault === undefined ? [] : [attempt.fault];
}

/** The case as the row leaves it. Whatever is wrong is told at once: a type or a status that is none hides nothing else. */
function draftOf({ row, values, context, fault }: Attempt, before: CaseState | undefined, mode: Mode): Draft {
  const { options, catalogue, source } = context;
  const { list } = catalogue;
  const fillOnly = options.blankCells === 'FILL';
  const ruled = fault === undefined ? ruleOn(before, values, options, catalogue, { mode, fillOnly }) : { failed: fault };
  const wrong = 'failed' in ruled ? ruled.failed : listFault(ruled.type, catalogue, values);
  const marks = {
    ruling: 'failed' in ruled ? undefined : ruled,
    contacts: linksOf(row),
    list: list === undefined || list === 'missing' ? '' : list.id,
    leftOut: row.leftOut,
  };
  const draft = draftRow(before, values, marks, { mode, fillOnly, source, day: options.importDay });
  if (wrong !== undefined) draft.issues.unshift(wrong);
  return draft;
}

// Its contacts were withheld, because the row was not going to be written when they were: a concurrent change has made
// it one that is. A case never stands without the contacts of its row (RUN-012).
function lacksContacts({ parts }: targetsV1.Row): boolean {
  return parts.some(({ outcome, effects }) => WRITTEN.includes(outcome) && effects.length === 0);
}

const WRITTEN: readonly string[] = ['CREATED', 'UPDATED', 'MERGED'];

/** The contacts that a row's case is to have, its client first. */
function linksOf({ parts }: targetsV1.Row): ContactLink[] {
  const inOrder = [...parts].sort((a, b) => a.part - b.part);
  return inOrder.map(({ part, record, role }) => ({ contact: record, role: part === 0 ? CLIENT : role }));
}

// An external id belongs to one case of the company (MAP-012).
function keyIssues({ row, values, context, view }: Attempt, id: string, draft: Draft): RowIssue[] {
  if (!draft.sources.has('externalIds')) return [];
  const external = keysOfRow(row, context.options, context.catalogue).find(({ kind }) => kind === EXTERNAL_ID);
  const other = external === undefined ? undefined : view.owners(external.lookup).find((owner) => owner !== id);
  if (other === undefined) return [];
  const params = { id: values.first('externalId')?.text ?? '', record: other };
  return [failure('EXTERNAL_ID_TAKEN', 'externalId', values, params)];
}

function ended(
  row: targetsV1.Row,
  outcome: Outcome,
  reason: string,
  issues: readonly RowIssue[],
  match?: CaseMatch,
  record = '',
  view?: CaseView,
): JudgedCase {
  const before = record === '' ? undefined : view?.record(record);
  return { row, outcome, reason, match, record, before, after: undefined, events: [], issues };
}

function errorOf(issues: readonly RowIssue[]): RowIssue | undefined {
  return issues.find(({ severity }) => severity === 'ERROR');
}

function matchRemarks({ code, key, records }: CaseMatch): RowIssue[] {
  if (code === undefined || severityOf(code) === 'ERROR') return [];
  return [warning(code, { key, record: records[0] ?? '', n: records.length })];
}

function warning(code: Code, params: RowIssue['params']): RowIssue {
  return { code, severity: 'WARNING', params };
}

function failure(code: Code, field: string, values: RowValues, params: RowIssue['params']): RowIssue {
  const column = values.columnOf(field);
  return { code, severity: 'ERROR', field, params, ...(column < 0 ? {} : { column }) };
}

/** The issues that a row brings from reading, and the codes of its contacts: their texts stay with contacts. */
function issuesOf(row: targetsV1.Row): RowIssue[] {
  const codes = row.parts.flatMap((part) => part.codes);
  const ofContacts = codes.map(({ code, severity, column, field, params, suggestion = '' }): RowIssue => ({
    code: isCode(code) ? code : 'INTERNAL_ERROR',
    severity: severity === 'WARNING' ? 'WARNING' : 'ERROR',
    params,
    ...(column < 0 ? {} : { column }),
    ...(field === '' ? {} : { field }),
    ...(suggestion === '' ? {} : { suggestion }),
  }));
  return [...issuesOfRow(row), ...ofContacts];
}
