import { changesBetween, opened, withStanding } from './case.changes.js';
import { CLIENT, KEY_DATE_KINDS, ROLES, clientsOf, copyOf, initial, primaryOf, requiredBlank, type CaseState } from './case.js';
import { assign, differencesOf, fieldOf, sameValue } from './case.paths.js';
import { refuse } from './case.refusals.js';
import type { CaseEvent, ContactLink, ExternalIdPair, KeyDate, Standing } from './case.events.js';

/** Values in their stored form; null empties a field. What is absent stays as it is. */
export interface CaseInput {
  readonly name?: string | null;
  readonly description?: string | null;
  readonly source?: string;
  readonly openedOn?: string | null;
  readonly closedOn?: string | null;
  readonly tags?: readonly string[];
  /** Added to those there are. */
  readonly externalIds?: readonly ExternalIdPair[];
  /** The whole list; id 0 is a new one. */
  readonly keyDates?: readonly KeyDate[];
  /** Key dates added to those there are; their ids do not count. */
  readonly newKeyDates?: readonly KeyDate[];
  /** A client of the case that becomes the main one. */
  readonly primaryContact?: string;
}

export interface OpenCase {
  readonly number: string;
  readonly standing: Standing;
  readonly contacts: readonly ContactLink[];
  readonly primary?: string;
  readonly lists: readonly string[];
  readonly input: CaseInput;
  /** ISO date in the company's time zone. */
  readonly today: string;
  readonly knownDifferent: readonly string[];
}

export interface ChangeCase {
  readonly input: CaseInput;
  /** The case as the caller had read it; the fields changed since must not overlap (CON-015). */
  readonly read: CaseState;
  /** Who made the last change, for the message of a conflict. */
  readonly lastChangedBy: string;
}

export const TAGS_MAX = 50;
export const KEY_DATES_MAX = 50;
const REMINDER_DAYS_MAX = 365;

/** A new case (CAS-001). Throws REQUIRED_MISSING, CASE_NEEDS_CLIENT and the limits of PRODUCT §6. */
export function openCase(command: OpenCase): CaseEvent[] {
  const { number, standing, contacts, primary, lists, input, today, knownDifferent } = command;
  const links = contacts.reduce<ContactLink[]>((before, link) => [...before, checkedLink(link, before)], []);
  const blank: CaseState = { ...initial(), number, contacts: links, lists: [...new Set(lists)].sort() };
  const clients = links.filter(({ role }) => role === CLIENT).map(({ contact }) => contact);
  // The first client given is the main one unless another is marked, whatever the order of their ids.
  const main = primary ?? clients[0];
  if (main !== undefined && !clients.includes(main)) throw refuse.linkNotFound('client', main);
  const placed = withStanding({ ...blank, primary: main ?? null, openedOn: today }, standing, today);
  const after = withInput(placed, input);
  checkRequired(after);
  return [opened(after, undefined, knownDifferent)];
}

/**
 * Changes what differs; nothing when nothing does. What the caller changed since reading is laid over what others
 * changed meanwhile; where both changed the same, VERSION_CONFLICT is thrown (CAS-011).
 */
export function changeCase({ input, read, lastChangedBy }: ChangeCase, state: CaseState): CaseEvent[] {
  live(state);
  const asRead = { ...read, lastKeyDate: state.lastKeyDate };
  const mine = differencesOf(asRead, withInput(asRead, input));
  const after = copyOf(state);
  const overlap = differencesOf(read, state).filter(
    ({ path, after: theirs }) =>
      mine.some((change) => change.path === path) &&
      !mine.some((change) => change.path === path && sameValue(change.after, theirs)),
  );
  if (overlap.length > 0) {
    throw refuse.versionConflict([...new Set(overlap.map(({ path }) => fieldOf(path)))], lastChangedBy);
  }
  for (const change of mine) assign(after, change.path, change.after);
  checkLimits(after);
  checkRequired(after);
  return changesBetween(state, after);
}

/** A status of the case's own type (CAS-004). */
export function changeStatus(to: Standing, today: string, reason: string, state: CaseState): CaseEvent[] {
  live(state);
  if (to.status === state.status) return [];
  const [event, ...more] = changesBetween(state, withStanding(state, to, today));
  if (event?.type !== 'CaseStatusChanged') throw refuse.valueNotAllowed('caseStatus', to.status);
  return [reason === '' ? event : { type: event.type, data: { ...event.data, reason } }, ...more];
}

/** Another type, with one of its statuses (CAS-005). */
export function changeType(to: Standing, today: string, state: CaseState): CaseEvent[] {
  live(state);
  return to.type === state.type ? [] : changesBetween(state, withStanding(state, to, today));
}

/** Archiving an archived case changes nothing (CAS-006). */
export function archiveCase(reason: string, state: CaseState): CaseEvent[] {
  return state.archived === null ? [{ type: 'CaseArchived', data: { reason } }] : [];
}

/** Takes a case out of the archive. `taken` tells which case has got one of its external ids meanwhile. */
export function restoreCase(state: CaseState, taken: (pair: ExternalIdPair) => string | undefined): CaseEvent[] {
  if (state.archived === null) return [];
  for (const pair of state.externalIds) {
    const record = taken(pair);
    if (record !== undefined) throw refuse.externalIdTaken(pair.id, record);
  }
  return [{ type: 'CaseRestored', data: {} }];
}

/** Puts a contact on the case; the same contact in the same role is refused (CON-011). */
export function linkContact(link: ContactLink, primary: boolean, state: CaseState): CaseEvent[] {
  live(state);
  const { contact, role } = checkedLink(link, state.contacts);
  const after = copyOf(state);
  assign(after, `contacts/${contact}/${role}`, true);
  if (primary && role === CLIENT) after.primary = contact;
  return changesBetween(state, after);
}

/** Takes a contact off the case; one that is not there is nothing to do. A case keeps a client (CAS-003). */
export function unlinkContact({ contact, role }: ContactLink, state: CaseState): CaseEvent[] {
  live(state);
  const after = copyOf(state);
  assign(after, `contacts/${contact}/${role}`, null);
  if (role !== CLIENT || !clientsOf(state).includes(contact)) return changesBetween(state, after);
  const [next] = clientsOf(after);
  if (next === undefined) throw refuse.needsClient();
  // The mark is handed on, so that the contact does not get it back by being linked again.
  if (primaryOf(state) === contact) after.primary = next;
  return changesBetween(state, after);
}

/** A case that is a member already stays one (LST-001). */
export function addToList(list: string, state: CaseState): CaseEvent[] {
  live(state);
  return state.lists.includes(list) ? [] : [{ type: 'CaseAddedToList', data: { list } }];
}

/** Archived cases stay members until the list lets them go. */
export function removeFromList(list: string, state: CaseState): CaseEvent[] {
  return state.lists.includes(list) ? [{ type: 'CaseRemovedFromList', data: { list } }] : [];
}

/** The standing that replaces a removed status (TYP-002); an archived case follows, so that it can be restored. */
export function replaceStatus(removed: string, to: Standing, today: string, state: CaseState): CaseEvent[] {
  return state.status === removed ? changesBetween(state, withStanding(state, to, today)) : [];
}

/** Refuses a case without a name or without a client (CAS-001, CAS-003). */
export function checkRequired(after: CaseState): void {
  const blank = requiredBlank(after);
  if (blank.includes('caseName')) throw refuse.requiredMissing('caseName');
  if (blank.length > 0) throw refuse.needsClient();
}

// An archived case is read-only (CAS-006).
function live(state: CaseState): void {
  if (state.archived !== null) throw refuse.archived();
}

function checkedLink(link: ContactLink, present: readonly ContactLink[]): ContactLink {
  const { contact, role } = link;
  if (!ROLES.includes(role)) throw refuse.roleUnknown(role);
  if (present.some((one) => one.contact === contact && one.role === role)) throw refuse.alreadyLinked(role);
  return { contact, role };
}

/** The state with a person's input laid over it; throws on unknown kinds and too many values. */
export function withInput(state: CaseState, input: CaseInput): CaseState {
  const after = copyOf(state);
  if (input.name !== undefined) after.name = input.name ?? '';
  if (input.description !== undefined) after.description = input.description ?? '';
  if (input.source !== undefined) after.source = input.source;
  if (input.openedOn !== undefined) after.openedOn = input.openedOn;
  if (input.closedOn !== undefined) after.closedOn = input.closedOn;
  if (input.tags !== undefined) after.tags = [...new Set(input.tags)].sort();
  for (const { system, id } of input.externalIds ?? []) assign(after, `externalIds/${JSON.stringify([system, id])}`, true);
  if (input.keyDates !== undefined) after.keyDates = givenDates(after, input.keyDates);
  for (const date of input.newKeyDates ?? []) after.keyDates.push({ ...checkedDate(date), id: (after.lastKeyDate += 1) });
  if (input.primaryContact !== undefined) {
    if (!clientsOf(after).includes(input.primaryContact)) throw refuse.linkNotFound('client', input.primaryContact);
    after.primary = input.primaryContact;
  }
  checkLimits(after);
  return after;
}

function checkLimits(state: CaseState): void {
  if (state.tags.length > TAGS_MAX) throw refuse.tooManyValues('tags', TAGS_MAX);
  if (state.keyDates.length > KEY_DATES_MAX) throw refuse.tooManyValues('keyDates', KEY_DATES_MAX);
}

function givenDates(after: CaseState, given: readonly KeyDate[]): KeyDate[] {
  const known = new Set(after.keyDates.map(({ id }) => id));
  const used = new Set<number>();
  return given
    .map((date): KeyDate => {
      // An id that this case never gave, or that stands twice, is a new one: nothing can be overwritten by guessing.
      const id = known.has(date.id) && !used.has(date.id) ? date.id : (after.lastKeyDate += 1);
      used.add(id);
      return { ...checkedDate(date), id };
    })
    .sort((a, b) => a.id - b.id);
}

function checkedDate({ id, label, kind, at, reminderDays }: KeyDate): KeyDate {
  if (!KEY_DATE_KINDS.includes(kind)) throw refuse.valueNotAllowed('keyDates.kind', kind);
  const isDays = Number.isInteger(reminderDays) && reminderDays >= 0 && reminderDays <= REMINDER_DAYS_MAX;
  if (!isDays) throw refuse.valueNotAllowed('keyDates.reminderDays', String(reminderDays));
  return { id, label, kind, at, reminderDays };
}
