import { Counterfactual, RevertOf, type Assignment, type RevertRules } from '@caseledger/row-target';
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

/** What cases were, are, and would be without imports. */
export const caseHistory = new Counterfactual(rules);

/** What cases become without an import, or with it again. */
export const caseRevert = new RevertOf(rules, pastEventOf);

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
