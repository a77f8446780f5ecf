import { fieldOf, pathsOf, sameValue } from './case.paths.js';
import type { CaseEvent, CellSource } from './case.events.js';
import type { CaseState } from './case.js';

/** One field that differs between two states; undefined where there is no value. */
export interface FieldDifference {
  readonly field: string;
  readonly before: unknown;
  readonly after: unknown;
}

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

function withoutId(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('id' in value) || !('label' in value)) return value;
  const { id: _id, ...rest } = value;
  return rest;
}

/** The fields that differ, in the order of the fields; before is undefined for a case that did not exist. */
export function fieldDifferences(before: CaseState | undefined, after: CaseState | undefined): FieldDifference[] {
  const old = before === undefined ? new Map<string, unknown>() : fieldsOf(before);
  const now = after === undefined ? new Map<string, unknown>() : fieldsOf(after);
  const differences: FieldDifference[] = [];
  for (const [field, value] of old) if (!now.has(field)) differences.push({ field, before: value, after: undefined });
  for (const [field, value] of now) {
    if (!sameValue(old.get(field), value)) differences.push({ field, before: old.get(field), after: value });
  }
  return differences;
}

/** The columns that fields came from, over several events; the last event that wrote a field counts. */
export function columnsOf(events: Iterable<CaseEvent>): Map<string, number> {
  const columns = new Map<string, number>();
  for (const { data } of events) {
    for (const [field, column] of Object.entries(sourceOf(data).columns ?? {})) columns.set(field, column);
  }
  return columns;
}

/** Where the values of an event stood in a file, if it came from one. */
export function sourceOf(data: object): CellSource {
  return data;
}

/** JSON text of a value as `FieldChange` carries it; empty where there is none. */
export function jsonText(value: unknown): string {
  return value === undefined || value === null ? '' : JSON.stringify(value);
}
