import { changesBetween, withStanding } from './case.changes.js';
import { CLIENT, KEY_DATE_KINDS, ROLES, clientsOf, copyOf, primaryOf, requiredBlank, type CaseState } from './case.js';
import { assign, differencesOf, fieldOf, sameValue } from './case.paths.js';
import { refuse } from './case.refusals.js';
import type { CaseEvent, ContactLink, ExternalIdPair, KeyDate, Standing } from './case.events.js';

/** Whole lists in their stored form; what is absent stays as it is. */
export interface CaseLists {
  readonly tags?: readonly string[];
  /** Id 0 is a new one. */
  readonly keyDates?: readonly KeyDate[];
  /** A client of the case that becomes the main one. */
  readonly primaryContact?: string;
}

export const TAGS_MAX = 50;
export const KEY_DATES_MAX = 50;
const REMINDER_DAYS_MAX = 365;

/**
 * The contacts of a new case, its main client being the one marked, else the first one given. Throws CASE_NEEDS_CLIENT,
 * ALREADY_LINKED and ROLE_UNKNOWN.
 */
export function firstContacts(given: readonly (ContactLink & { readonly primary: boolean })[]): Pick<CaseState, 'contacts' | 'primary'> {
  const contacts = given.reduce<ContactLink[]>((before, link) => [...before, checkedLink(link, before)], []);
  const clients = given.filter(({ role }) => role === CLIENT);
  const main = clients.find(({ primary }) => primary) ?? clients[0];
  if (main === undefined) throw refuse.needsClient();
  return { contacts, primary: main.contact };
}

/**
 * Lays the difference between what was read and what is wanted over the present state; nothing when nothing differs.
 * Where both changed the same field differently, VERSION_CONFLICT is thrown (CON-015, CAS-011).
 */
export function mergeChange(read: CaseState, wanted: CaseState, state: CaseState, lastChangedBy: string): CaseEvent[] {
  live(state);
  const mine = differencesOf(read, wanted);
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

/** A case as a caller had read it, on which new key dates get ids that nobody else has got since. */
export function readBy(read: CaseState, present: CaseState): CaseState {
  return { ...read, lastKeyDate: present.lastKeyDate };
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

/** The state with lists laid over it; throws on unknown kinds and too many values. */
export function withLists(state: CaseState, { tags, keyDates, primaryContact }: CaseLists): CaseState {
  const after = copyOf(state);
  if (tags !== undefined) after.tags = [...new Set(tags)].sort();
  if (keyDates !== undefined) after.keyDates = givenDates(after, keyDates);
  if (primaryContact !== undefined) {
    if (!clientsOf(after).includes(primaryContact)) throw refuse.linkNotFound('client', primaryContact);
    after.primary = primaryContact;
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
