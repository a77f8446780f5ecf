import { Counterfactual, RevertOf, type Assignment, type RevertKind, type RevertRules } from '@caseledger/row-target';
import { typesOf } from '../case-type/case-type.queries.js';
import { presentStatus, type CaseTypeState } from '../case-type/case-type.js';
import { KEY_DATES_MAX, TAGS_MAX } from '../case/case.decider.js';
import type { CaseEvent } from '../case/case.events.js';
import { copyOf, evolve, initial, requiredBlank, type CaseState } from '../case/case.js';
import { assign, assignmentsOf, fieldOf, pathsOf } from '../case/case.paths.js';
import { fieldDifferences } from '../case/case.view.js';
import { caseEventOf, pastEventOf } from '../case/stored-case.js';
import { keysOfRecord } from '../rows/record-keys.js';

/** How cases are taken back to what their history gives without an import: links and list memberships are part of it. */
const rules: RevertRules<CaseState, CaseEvent> = {
  name: 'CASE',
  types: { created: 'CaseOpened', flagged: 'CaseReviewFlagged', cleared: 'CaseReviewCleared' },
  initial,
  copyOf,
  evolve,
  ownEvent: caseEventOf,
  assignmentsOf,
  assign,
  pathsOf,
  fieldOf,
  fieldDifferences,
  keysOf: keysOfRecord,
  requiredBlank,
  holdsTooMuch,
  remains,
  tidied: (state) => state,
};

/** The statuses of types as they are now, and by which one each that was removed has been replaced. */
export type PresentTypes = ReadonlyMap<string, Pick<CaseTypeState, 'statuses' | 'removed'>>;

/** What cases were, are, and would be without imports. */
export const caseHistory = new Counterfactual(rules);

/**
 * What cases become without an import, or with it again, beside the types as they are now: a status that comes back may
 * have been removed meanwhile (TYP-002).
 */
export const caseRevert: RevertKind<CaseState> = {
  decide: (records, request, ownersOf) => revertBeside(new Map()).decide(records, request, ownersOf),
  beside: async (tx, how) => revertBeside(new Map((await typesOf(tx, how)).map(({ id, state }) => [id, state]))),
};

/** Reverts of cases beside these types. */
export function revertBeside(types: PresentTypes): RevertOf<CaseState, CaseEvent> {
  return new RevertOf({ ...rules, tidied: (state) => withPresentStatus(state, types) }, pastEventOf);
}

// The status that stands for the one that comes back, or the type's first where that was removed because nobody had it.
function withPresentStatus(state: CaseState, types: PresentTypes): CaseState {
  const type = types.get(state.type);
  const status = type && (presentStatus(type, state.status) ?? type.statuses[0]);
  if (status === undefined || status.id === state.status) return state;
  return { ...state, status: status.id, category: status.category };
}

function holdsTooMuch(want: CaseState, now: CaseState): boolean {
  return (
    want.tags.length > Math.max(TAGS_MAX, now.tags.length) ||
    want.keyDates.length > Math.max(KEY_DATES_MAX, now.keyDates.length)
  );
}

// A stripped case is still a case: it keeps its number, its type and a status.
function remains(event: CaseEvent): Assignment[] {
  return event.type === 'CaseOpened' ? assignmentsOf(event).filter(({ path }) => path === 'caseStanding') : [];
}
