import { assign, assignmentsOf } from './case.paths.js';
import type { CaseEvent, Category, ContactLink, ExternalIdPair, KeyDate } from './case.events.js';

/**
 * A case as its events give it: plain JSON, kept as it is in the read model's `state` column. Lists are ordered (key
 * dates by id, the rest by text), so that equal cases are equal JSON.
 */
export interface CaseState {
  /** C-<year>-<6 digits>, given once (CAS-001). */
  number: string;
  name: string;
  description: string;
  /** Id of the case type. */
  type: string;
  /** Id of a status of that type. */
  status: string;
  category: Category;
  source: string;
  /** ISO dates. */
  openedOn: string | null;
  closedOn: string | null;
  contacts: ContactLink[];
  /** The client marked primary, where one was marked; see `primaryOf`. */
  primary: string | null;
  keyDates: KeyDate[];
  /** The highest id of a key date ever used: ids are never given twice. */
  lastKeyDate: number;
  tags: string[];
  externalIds: ExternalIdPair[];
  /** Ids of the lists it is a member of. */
  lists: string[];
  archived: { reason: string } | null;
  review: string[];
  /** The import and row that made the case, if an import did. */
  made: { import: string; row: number } | null;
}

/** What an event brings besides its facts: who caused it, and for a row of a file which one. */
export interface EventSource {
  readonly origin: { readonly kind: string; readonly id?: string };
  readonly row?: number;
}

/** The role without which there is no case (CAS-003). */
export const CLIENT = 'CLIENT';

/** FLD-003. */
export const ROLES: readonly string[] = [CLIENT, 'OPPOSING_PARTY', 'WITNESS', 'ATTORNEY', 'FAMILY', 'OTHER'];

export const KEY_DATE_KINDS: readonly string[] = ['COURT_DATE', 'DEADLINE', 'STATUTE', 'OTHER'];

/** The case before its first event. */
export function initial(): CaseState {
  return {
    number: '',
    name: '',
    description: '',
    type: '',
    status: '',
    category: 'OPEN',
    source: '',
    openedOn: null,
    closedOn: null,
    contacts: [],
    primary: null,
    keyDates: [],
    lastKeyDate: 0,
    tags: [],
    externalIds: [],
    lists: [],
    archived: null,
    review: [],
    made: null,
  };
}

/** A copy that can be changed without touching the original. */
export function copyOf(state: CaseState): CaseState {
  return {
    ...state,
    contacts: [...state.contacts],
    keyDates: [...state.keyDates],
    tags: [...state.tags],
    externalIds: [...state.externalIds],
    lists: [...state.lists],
    review: [...state.review],
  };
}

/** The clients of a case, in their order. */
export function clientsOf(state: Pick<CaseState, 'contacts'>): string[] {
  return state.contacts.filter(({ role }) => role === CLIENT).map(({ contact }) => contact);
}

/** The main client: the one marked, else the first; undefined for a case without any. */
export function primaryOf(state: Pick<CaseState, 'contacts' | 'primary'>): string | undefined {
  const clients = clientsOf(state);
  return clients.find((contact) => contact === state.primary) ?? clients[0];
}

/** What a case cannot be without and lacks: its name, a client (CAS-001, CAS-003). */
export function requiredBlank(state: Pick<CaseState, 'name' | 'contacts'>): string[] {
  return [...(state.name === '' ? ['caseName'] : []), ...(clientsOf(state).length === 0 ? ['client'] : [])];
}

/** The state after an event. The given state is not changed. */
export function evolve(state: CaseState, event: CaseEvent, source?: EventSource): CaseState {
  const next = copyOf(state);
  apply(next, event, source);
  return next;
}

/** The state after many events, one copy for all. */
export function evolveAll(state: CaseState, events: Iterable<{ event: CaseEvent; source?: EventSource }>): CaseState {
  const next = copyOf(state);
  for (const { event, source } of events) apply(next, event, source);
  return next;
}

function apply(state: CaseState, event: CaseEvent, source?: EventSource): void {
  if (event.type === 'CaseOpened') {
    state.number = event.data.number;
    if (source?.origin.kind === 'import' && source.origin.id !== undefined) {
      state.made = { import: source.origin.id, row: source.row ?? 0 };
    }
  }
  for (const { path, value } of assignmentsOf(event)) assign(state, path, value);
}
