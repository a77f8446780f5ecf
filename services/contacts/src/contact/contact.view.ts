import { differencesByField, withoutId, type FieldDifference } from '@caseledger/row-target';
import { fieldOf, pathsOf } from './contact.paths.js';
import type { ContactState } from './contact.js';

/**
 * A contact's values by field as people see them: elements without their id, tags, external ids and review reasons
 * as one field each. Preview, ledger, history and comparison all name fields this way.
 */
export function fieldsOf(state: ContactState): Map<string, unknown> {
  const fields = new Map<string, unknown>();
  for (const [path, value] of pathsOf(state)) fields.set(fieldOf(path), withoutId(value));
  if (state.tags.length > 0) fields.set('tags', state.tags);
  if (state.externalIds.length > 0) fields.set('externalIds', state.externalIds);
  if (state.review.length > 0) fields.set('review', state.review);
  return fields;
}

/** The fields that differ, in the order of the fields; before is undefined for a contact that did not exist. */
export function fieldDifferences(before: ContactState | undefined, after: ContactState | undefined): FieldDifference[] {
  const none = new Map<string, unknown>();
  return differencesByField(before === undefined ? none : fieldsOf(before), after === undefined ? none : fieldsOf(after));
}
