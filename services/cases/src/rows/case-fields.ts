import type { CaseState } from '../case/case.js';

/** The fields of a case row that hold one text, with the place in the case where it is kept. */
export const SINGLE_FIELDS: readonly (readonly [field: string, key: SingleKey])[] = [
  ['caseName', 'name'],
  ['intakeSource', 'source'],
  ['description', 'description'],
  ['openedOn', 'openedOn'],
  ['closedOn', 'closedOn'],
];

export type SingleKey = 'name' | 'source' | 'description' | 'openedOn' | 'closedOn';

/** The text of a single value; empty where there is none. */
export function singleOf(state: CaseState, key: SingleKey): string {
  return state[key] ?? '';
}

/** Writes a single value, in place; dates that are not known are null. */
export function putSingle(state: CaseState, key: SingleKey, text: string): void {
  if (key === 'openedOn' || key === 'closedOn') state[key] = text === '' ? null : text;
  else state[key] = text;
}

/** A key date of a row: kind and label together are its slot. */
export interface KeyDateSlot {
  readonly field: string;
  readonly kind: string;
  readonly label: string;
}

export const KEY_DATE_SLOTS: readonly KeyDateSlot[] = [
  { field: 'courtDate', kind: 'COURT_DATE', label: 'Court date' },
  { field: 'deadline', kind: 'DEADLINE', label: 'Deadline' },
  { field: 'statuteOfLimitations', kind: 'STATUTE', label: 'Statute of limitations' },
  { field: 'otherDate', kind: 'OTHER', label: 'Other date' },
];

/** Where imported cases may come from (FLD-006); what the platform writes itself cannot be imported. */
export const IMPORTABLE_SOURCES: readonly string[] = ['FORM', 'LIVE_HOTLINE', 'SURVEY'];
