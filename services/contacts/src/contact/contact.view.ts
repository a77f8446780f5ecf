import { fieldOf, pathsOf, sameValue } from './contact.paths.js';
import type { ContactState } from './contact.js';
import type { CellSource, ContactEvent } from './contact.events.js';

/** One field that differs between two states; undefined where there is no value. */
export interface FieldDifference {
  readonly field: string;
  readonly before: unknown;
  readonly after: unknown;
}

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

function withoutId(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('id' in value) || !('label' in value)) return value;
  const { id: _id, ...rest } = value;
  return rest;
}

/** The fields that differ, in the order of the fields; before is undefined for a contact that did not exist. */
export function fieldDifferences(before: ContactState | undefined, after: ContactState | undefined): FieldDifference[] {
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
export function columnsOf(events: Iterable<ContactEvent>): Map<string, number> {
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
