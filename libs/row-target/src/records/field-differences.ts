import type { targetsV1 } from '@caseledger/contracts';
import { sameValue } from './paths.js';

/** One field that differs between two states; undefined where there is no value. */
export interface FieldDifference {
  readonly field: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** The fields that differ: first those that are gone, then those of `now` in their order. */
export function differencesByField(
  old: ReadonlyMap<string, unknown>,
  now: ReadonlyMap<string, unknown>,
): FieldDifference[] {
  const differences: FieldDifference[] = [];
  for (const [field, value] of old) if (!now.has(field)) differences.push({ field, before: value, after: undefined });
  for (const [field, value] of now) {
    if (!sameValue(old.get(field), value)) differences.push({ field, before: old.get(field), after: value });
  }
  return differences;
}

/** An element of a list as people see it: without its id. */
export function withoutId(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('id' in value) || !('label' in value)) return value;
  const { id: _id, ...rest } = value;
  return rest;
}

/** Where the values of an event stood in a file: by field the column counted from 0, and the cell's own text. */
export interface ValueOrigins {
  readonly columns?: Readonly<Record<string, number>>;
  readonly texts?: Readonly<Record<string, string>>;
}

/** Where the values of an event stood in a file, if it came from one. */
export function sourceOf(data: object): ValueOrigins {
  return data;
}

/** The columns that fields came from, over several events; the last event that wrote a field counts. */
export function columnsOf(events: Iterable<{ readonly data: object }>): Map<string, number> {
  const columns = new Map<string, number>();
  for (const { data } of events) {
    for (const [field, column] of Object.entries(sourceOf(data).columns ?? {})) columns.set(field, column);
  }
  return columns;
}

/** Differences as a preview carries them, each with the column it came from. */
export function fieldChanges(
  record: string,
  differences: readonly FieldDifference[],
  columns: ReadonlyMap<string, number>,
): targetsV1.FieldChange[] {
  return differences.map(({ field, before, after }) => ({
    record,
    field,
    before: jsonText(before),
    after: jsonText(after),
    column: columns.get(field) ?? -1,
    keptBecause: '',
  }));
}

/** JSON text of a value as `FieldChange` carries it; empty where there is none. */
export function jsonText(value: unknown): string {
  return value === undefined || value === null ? '' : JSON.stringify(value);
}
