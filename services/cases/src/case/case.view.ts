import { differencesByField, withoutId, type FieldDifference } from '@caseledger/row-target';
import { fieldOf, pathsOf } from './case.paths.js';
import type { CaseState } from './case.js';

/**
 * A case's values by field as people see them: type and status apart, key dates without their id; contacts, tags,
 * external ids, lists and review reasons as one field each. Preview, ledger, history and comparison all name fields this
 * way.
 */
export function fieldsOf(state: CaseState): Map<string, unknown> {
  const fields = new Map<string, unknown>();
  if (state.type !== '') fields.set('caseType', state.type);
  if (state.status !== '') fields.set('caseStatus', state.status);
  for (const [path, value] of pathsOf(state)) {
    if (path !== 'caseStanding' && !ONE_FIELD.test(path)) fields.set(fieldOf(path), withoutId(value));
  }
  const lists = { contacts: state.contacts, tags: state.tags, externalIds: state.externalIds, lists: state.lists };
  for (const [field, members] of Object.entries({ ...lists, review: state.review })) {
    if (members.length > 0) fields.set(field, members);
  }
  return fields;
}

/** Paths of members of a list that is one field. */
const ONE_FIELD = /^(contacts|tags|externalIds|lists|review)\//;

/** The fields that differ, in the order of the fields; before is undefined for a case that did not exist. */
export function fieldDifferences(before: CaseState | undefined, after: CaseState | undefined): FieldDifference[] {
  const none = new Map<string, unknown>();
  return differencesByField(before === undefined ? none : fieldsOf(before), after === undefined ? none : fieldsOf(after));
}
