import { changesBetween, created } from './contact.changes.js';
import { copyOf, initial, nameOf, primaryOf, requiredBlank, type ContactState } from './contact.js';
import { assign, differencesOf, fieldOf, sameValue } from './contact.paths.js';
import { refuse } from './contact.refusals.js';
import type { AddressParts, ContactEvent, ElementList, ExternalIdPair } from './contact.events.js';

/** An element as a person gives it: id 0 is a new one. */
export interface GivenPhone {
  readonly id: number;
  readonly label: string;
  readonly number: string;
  readonly extension: string;
  readonly primary: boolean;
}

export interface GivenEmail {
  readonly id: number;
  readonly label: string;
  readonly address: string;
  readonly primary: boolean;
}

export interface GivenAddress {
  readonly id: number;
  readonly label: string;
  readonly parts: AddressParts;
  readonly primary: boolean;
}

/** Values in their stored form; null empties a single field. Lists that are absent stay as they are. */
export interface ContactInput {
  readonly type?: string;
  readonly status?: string;
  readonly values?: Readonly<Record<string, string | null>>;
  readonly phones?: readonly GivenPhone[];
  readonly emails?: readonly GivenEmail[];
  readonly addresses?: readonly GivenAddress[];
  readonly tags?: readonly string[];
  readonly externalIds?: readonly ExternalIdPair[];
  /** By channel: SMS, EMAIL, CALL. */
  readonly preferences?: Readonly<Record<string, 'OPTED_IN' | 'OPTED_OUT'>>;
}

export interface CreateContact {
  readonly input: ContactInput;
  readonly client: boolean;
  /** STAFF or API: who records the preferences. */
  readonly source: string;
  readonly knownDifferent: readonly string[];
}

export interface ChangeContact {
  readonly input: ContactInput;
  readonly source: string;
  /** The contact as the caller had read it; the fields changed since must not overlap (CON-015). */
  readonly read: ContactState;
  /** Who made the last change, for the message of a conflict. */
  readonly lastChangedBy: string;
}

const LISTS: readonly ElementList[] = ['phones', 'emails', 'addresses'];

/** Most elements of a list (PRODUCT §6). */
export const ELEMENTS_MAX: Readonly<Record<ElementList, number>> = {
  phones: 10,
  emails: 10,
  addresses: 5,
};

export const TAGS_MAX = 50;

/** Labels of each list; the first is what an element without label becomes (CON-003 to CON-005). */
export const LABELS: Readonly<Record<ElementList, readonly string[]>> = {
  phones: ['OTHER', 'MOBILE', 'HOME', 'WORK'],
  emails: ['OTHER', 'PERSONAL', 'WORK'],
  addresses: ['OTHER', 'HOME', 'WORK', 'MAILING'],
};

const STATUSES: readonly string[] = ['ACTIVE', 'INACTIVE', 'PENDING', 'UNREACHABLE'];

/** A new contact: individual and active unless said otherwise. Throws REQUIRED_MISSING and the limits of PRODUCT §6. */
export function createContact(command: CreateContact): ContactEvent[] {
  const blank: ContactState = {
    ...initial(),
    type: 'INDIVIDUAL',
    status: 'ACTIVE',
    client: command.client,
  };
  const after = withInput(blank, command.input, command.source);
  checkRequired(after);
  return [created(after, undefined, command.knownDifferent)];
}

/**
 * Changes what differs; nothing when nothing does. What the caller changed since reading is laid over what others
 * changed meanwhile; where both changed the same, VERSION_CONFLICT is thrown.
 */
export function changeContact(command: ChangeContact, state: ContactState): ContactEvent[] {
  const read = readBy(command.read, state);
  return mergeChange(read, withInput(read, command.input, command.source), state, command.lastChangedBy);
}

/** A contact as a caller had read it, on which new elements get ids that nobody else has got since. */
export function readBy(read: ContactState, present: ContactState): ContactState {
  return { ...read, lastId: present.lastId };
}

/** Lays the difference between what was read and what is wanted over the present state (CON-015). */
export function mergeChange(
  read: ContactState,
  wanted: ContactState,
  state: ContactState,
  lastChangedBy: string,
): ContactEvent[] {
  const mine = differencesOf(read, wanted);
  const keys = new Set(mine.map(({ path }) => conflictKey(path)));
  const after = copyOf(state);
  const overlap = differencesOf(read, state).filter(
    ({ path, after: theirs }) =>
      keys.has(conflictKey(path)) && !mine.some((change) => change.path === path && sameValue(change.after, theirs)),
  );
  if (overlap.length > 0) {
    throw refuse.versionConflict([...new Set(overlap.map(({ path }) => fieldOf(path)))], lastChangedBy);
  }
  for (const change of mine) assign(after, change.path, change.after);
  checkLists(after);
  checkRequired(after);
  return changesBetween(state, after);
}

/** Any status may follow any (CON-006). */
export function changeStatus(status: string, state: ContactState): ContactEvent[] {
  if (!STATUSES.includes(status)) throw refuse.valueNotAllowed('status', status);
  if (state.status === status) return [];
  return [{ type: 'ContactStatusChanged', data: { from: state.status, to: status } }];
}

/** A contact that has become a client of a case; one that is a client stays as it is (CON-011). */
export function markClient(state: ContactState): ContactEvent[] {
  return state.client ? [] : [{ type: 'ContactMarkedClient', data: {} }];
}

/** Archiving an archived contact changes nothing (CON-016). */
export function archiveContact(reason: string, state: ContactState): ContactEvent[] {
  return state.archived === null ? [{ type: 'ContactArchived', data: { reason } }] : [];
}

/** Takes a contact out of the archive. `taken` tells who has got one of its external ids meanwhile. */
export function restoreContact(
  state: ContactState,
  taken: (pair: ExternalIdPair) => string | undefined,
): ContactEvent[] {
  if (state.archived === null) return [];
  for (const pair of state.externalIds) {
    const record = taken(pair);
    if (record !== undefined) throw refuse.externalIdTaken(pair.id, record);
  }
  return [{ type: 'ContactRestored', data: {} }];
}

/** Takes a review flag away; a flag that is not there is nothing to do. */
export function clearReview(reason: string, state: ContactState): ContactEvent[] {
  return state.review.includes(reason) ? [{ type: 'ContactReviewCleared', data: { reason } }] : [];
}

/** Refuses a contact without what its type requires (CON-002). */
export function checkRequired(after: ContactState): void {
  const [first, ...rest] = requiredBlank(after);
  if (first !== undefined) throw refuse.requiredMissing([first, ...rest]);
}

// A whole address counts as one where conflicts are looked for: two people who edit two parts of it did not agree.
function conflictKey(path: string): string {
  const [head = '', id = ''] = path.split('/', 2);
  return head === 'addresses' ? `${head}/${id}` : path;
}

/** The state with a person's input laid over it; throws on doubled values, unknown labels and too many values. */
export function withInput(state: ContactState, input: ContactInput, source: string): ContactState {
  const after = copyOf(state);
  if (input.type !== undefined) after.type = input.type;
  if (input.status !== undefined) {
    if (!STATUSES.includes(input.status)) throw refuse.valueNotAllowed('status', input.status);
    after.status = input.status;
  }
  for (const [key, value] of Object.entries(input.values ?? {})) {
    if (value === null || value === '') delete after.values[key];
    else after.values[key] = value;
  }
  if (input.phones !== undefined) {
    after.phones = given(after, 'phones', input.phones, ({ id, label, number, extension }) => ({
      id,
      label,
      number,
      extension,
    }));
  }
  if (input.emails !== undefined) {
    after.emails = given(after, 'emails', input.emails, ({ id, label, address }) => ({ id, label, address }));
  }
  if (input.addresses !== undefined) {
    after.addresses = given(after, 'addresses', input.addresses, ({ id, label, parts }) => ({
      id,
      label,
      parts: filled(parts),
    }));
  }
  if (input.tags !== undefined) after.tags = [...new Set(input.tags)].sort();
  for (const pair of input.externalIds ?? []) {
    if (!after.externalIds.some(({ system, id }) => system === pair.system && id === pair.id))
      after.externalIds.push(pair);
  }
  for (const [channel, wish] of Object.entries(input.preferences ?? {})) setPreference(after, channel, wish, source);
  checkLists(after);
  return after;
}

/** Refuses what stands twice in one list and lists over the limits of PRODUCT §6. */
export function checkLists(state: ContactState): void {
  const listed: Readonly<Record<ElementList, readonly string[]>> = {
    phones: state.phones.map((phone) => phone.number + phone.extension),
    emails: state.emails.map((email) => email.address.toLowerCase()),
    addresses: state.addresses.map((address) => JSON.stringify(Object.entries(address.parts).sort())),
  };
  for (const list of LISTS) {
    const values = listed[list];
    if (values.length > ELEMENTS_MAX[list]) throw refuse.tooManyValues(list, ELEMENTS_MAX[list]);
    const twice = values.find((value, at) => values.indexOf(value) !== at);
    if (twice !== undefined) throw refuse.duplicateValue(list, twice);
  }
  if (state.tags.length > TAGS_MAX) throw refuse.tooManyValues('tags', TAGS_MAX);
}

// Only the person takes back what the person has said (PRF-004).
function setPreference(after: ContactState, channel: string, wish: 'OPTED_IN' | 'OPTED_OUT', source: string): void {
  const present = after.preferences[channel];
  if (present?.state === wish) return;
  if (present?.state === 'OPTED_OUT' && (present.source === 'PERSON' || source === 'API')) {
    throw refuse.optOutKept(nameOf(after), channel);
  }
  after.preferences[channel] = { state: wish, source };
}

function filled(parts: AddressParts): AddressParts {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== ''));
}

interface Given {
  readonly id: number;
  readonly label: string;
  readonly primary: boolean;
}

function given<G extends Given, E extends { readonly id: number }>(
  after: ContactState,
  list: ElementList,
  elements: readonly G[],
  shape: (element: G) => E,
): E[] {
  const known = new Set(after[list].map((element) => element.id));
  const marked: number[] = [];
  const built = elements.map((element): E => {
    const label = element.label === '' ? 'OTHER' : element.label;
    if (!LABELS[list].includes(label)) throw refuse.valueNotAllowed(`${list}.label`, label);
    // An id that this contact never gave is a new element too: nothing can be overwritten by guessing.
    const id = known.has(element.id) ? element.id : (after.lastId[list] += 1);
    if (element.primary) marked.push(id);
    return shape({ ...element, id, label });
  });
  const before = primaryOf(after, list);
  const primary = marked.find((id) => id !== before) ?? marked[0];
  if (primary !== undefined && primary !== before) after.primary[list] = primary;
  return built.sort((a, b) => a.id - b.id);
}
