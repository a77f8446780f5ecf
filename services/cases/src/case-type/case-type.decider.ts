import { initial, type CaseTypeState } from './case-type.js';
import { refuse } from './case-type.refusals.js';
import type { CaseTypeEvent, StatusFacts, TypeProfile } from './case-type.events.js';

/** A type as it is wanted: all of it. A status that this type has is named by its id, another one is new. */
export interface WantedType extends TypeProfile {
  readonly statuses: readonly StatusFacts[];
  /** By the id of a removed status the one that its cases get. */
  readonly replacements: Readonly<Record<string, string>>;
}

/** What the rules need to know of the company. */
export interface Surroundings {
  /** Folded names of its other active types. */
  readonly taken: ReadonlySet<string>;
  /** How many types it has. */
  readonly types: number;
  /** Ids of the statuses that cases are in. */
  readonly used: ReadonlySet<string>;
  /** How names are compared. */
  fold(text: string): string;
}

/** PRODUCT §6. */
export const TYPES_MAX = 200;
export const STATUSES_MAX = 50;

const NAME_MAX = 100;
const TEXT_MAX = 2_000;

/** A new type, all its statuses with new ids. */
export function defineType(wanted: WantedType, around: Surroundings): CaseTypeEvent[] {
  if (around.types >= TYPES_MAX) throw refuse.limitReached(TYPES_MAX, 'case types');
  check(wanted, around);
  return [{ type: 'CaseTypeDefined', data: { ...profileOf(wanted), statuses: wanted.statuses } }];
}

/** Changes what differs. A status that is left out is removed; one that cases are in needs a replacement (TYP-002). */
export function changeType(wanted: WantedType, around: Surroundings, state: CaseTypeState): CaseTypeEvent[] {
  if (state.archived) throw refuse.stateNotAllowed('archived');
  check(wanted, around);
  const known = new Map(state.statuses.map((status) => [status.id, status]));
  const kept = new Set(wanted.statuses.map(({ id }) => id));
  const events: CaseTypeEvent[] = [];
  for (const status of wanted.statuses) {
    const before = known.get(status.id);
    if (before === undefined) events.push({ type: 'StatusAdded', data: status });
    else if (!isSame(before, status)) events.push(statusChanged(before, status, around));
  }
  for (const { id } of state.statuses) if (!kept.has(id)) events.push(statusRemoved(id, wanted, around));
  return [...profileChange(wanted, state, kept), ...events].sort(byKind);
}

/** An archived type takes no new cases; those it has stay (TYP-001). */
export function archiveType(state: CaseTypeState): CaseTypeEvent[] {
  return state.archived ? [] : [{ type: 'CaseTypeArchived', data: {} }];
}

/** The statuses that a new case of a type can be put in: its first one unless another is named. */
export function statusOf(state: CaseTypeState, id: string): StatusFacts {
  const status = id === '' ? state.statuses[0] : state.statuses.find((one) => one.id === id);
  if (status === undefined) throw refuse.valueNotAllowed('caseStatus', id);
  return status;
}

/** The status that a case of this type goes to from another one; refused where it may not follow. */
export function followingStatus(state: CaseTypeState, from: string, to: string): StatusFacts {
  const status = statusOf(state, to);
  const before = state.statuses.find((one) => one.id === from);
  const isAllowed = before === undefined || before.next.length === 0 || before.next.includes(to);
  if (to !== from && !isAllowed) throw refuse.stateNotAllowed(before.name);
  return status;
}

// Statuses are added before the order that names them.
function byKind(a: CaseTypeEvent, b: CaseTypeEvent): number {
  const place = (event: CaseTypeEvent): number => (event.type === 'CaseTypeRedefined' ? 1 : 0);
  return place(a) - place(b);
}

function profileOf({ name, description, practiceArea, colour }: TypeProfile): TypeProfile {
  return { name, description, practiceArea, colour };
}

function profileChange(wanted: WantedType, state: CaseTypeState, kept: ReadonlySet<string>): CaseTypeEvent[] {
  const set: Partial<Record<keyof TypeProfile, string>> = {};
  for (const key of ['name', 'description', 'practiceArea', 'colour'] as const) {
    if (wanted[key] !== state[key]) set[key] = wanted[key];
  }
  const had = new Set(state.statuses.map(({ id }) => id));
  // Where the statuses stand without saying it: those that stay in their order, then the new ones in theirs.
  const unsaid = [
    ...state.statuses.filter(({ id }) => kept.has(id)),
    ...wanted.statuses.filter(({ id }) => !had.has(id)),
  ];
  const isMoved = unsaid.some(({ id }, at) => wanted.statuses[at]?.id !== id);
  const order = isMoved ? { order: wanted.statuses.map(({ id }) => id) } : {};
  return Object.keys(set).length > 0 || isMoved ? [{ type: 'CaseTypeRedefined', data: { set, ...order } }] : [];
}

function statusChanged(before: StatusFacts, status: StatusFacts, around: Surroundings): CaseTypeEvent {
  // Cases carry the category of their status: it cannot change below them.
  if (before.category !== status.category && around.used.has(status.id)) throw refuse.stateNotAllowed('cases have it');
  return { type: 'StatusChanged', data: status };
}

function statusRemoved(id: string, wanted: WantedType, around: Surroundings): CaseTypeEvent {
  const replacedBy = wanted.replacements[id] ?? '';
  const isKept = wanted.statuses.some((status) => status.id === replacedBy);
  if (replacedBy !== '' && !isKept) throw refuse.valueNotAllowed('replacements', replacedBy);
  if (replacedBy === '' && around.used.has(id)) throw refuse.requiredMissing('replacements');
  return { type: 'StatusRemoved', data: { id, replacedBy } };
}

function check(wanted: WantedType, { taken, fold }: Surroundings): void {
  checkText('name', wanted.name, NAME_MAX);
  checkText('description', wanted.description, TEXT_MAX, true);
  checkText('practiceArea', wanted.practiceArea, NAME_MAX, true);
  if (wanted.colour !== '' && !/^#[0-9a-fA-F]{6}$/.test(wanted.colour)) throw refuse.valueNotAllowed('colour', wanted.colour);
  if (taken.has(fold(wanted.name))) throw refuse.duplicateValue('name', wanted.name);
  if (wanted.statuses.length === 0) throw refuse.requiredMissing('statuses');
  if (wanted.statuses.length > STATUSES_MAX) throw refuse.limitReached(STATUSES_MAX, 'statuses');
  const ids = new Set(wanted.statuses.map(({ id }) => id));
  const names = new Set<string>();
  for (const status of wanted.statuses) {
    checkText('statuses.name', status.name, NAME_MAX);
    checkText('statuses.description', status.description, TEXT_MAX, true);
    checkText('statuses.clientWording', status.clientWording, TEXT_MAX, true);
    const name = fold(status.name);
    if (names.has(name)) throw refuse.duplicateValue('statuses', status.name);
    names.add(name);
    const stranger = status.next.find((id) => !ids.has(id));
    if (stranger !== undefined) throw refuse.valueNotAllowed('statuses.next', stranger);
  }
}

function checkText(field: string, text: string, most: number, isOptional = false): void {
  if (text === '' && !isOptional) throw refuse.requiredMissing(field);
  if (text.length > most) throw refuse.textTooLong(field, text.length, most);
}

function isSame(a: StatusFacts, b: StatusFacts): boolean {
  const plain = ({ id, name, category, description, clientWording, next, proposesArchiving }: StatusFacts): unknown[] =>
    [id, name, category, description, clientWording, [...next].sort(), proposesArchiving];
  return JSON.stringify(plain(a)) === JSON.stringify(plain(b));
}

/** What defining a type from its first event gives; for those that are not stored yet. */
export function definedState(wanted: Pick<WantedType, keyof TypeProfile | 'statuses'>): CaseTypeState {
  return { ...initial(), ...profileOf(wanted), statuses: wanted.statuses };
}
