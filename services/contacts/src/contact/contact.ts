import { assign, assignmentsOf } from './contact.paths.js';
import type {
  AddressElement,
  ContactEvent,
  ElementList,
  EmailElement,
  ExternalIdPair,
  PhoneElement,
  Preference,
} from './contact.events.js';

/**
 * A contact as its events give it (CON-001): plain JSON, kept as it is in the read model's `state` column.
 * Lists are ordered (elements by id, the rest by text), so that equal contacts are equal JSON.
 */
export interface ContactState {
  type: string;
  client: boolean;
  status: string;
  /** Single values by key of the field catalogue. */
  values: Record<string, string>;
  phones: PhoneElement[];
  emails: EmailElement[];
  addresses: AddressElement[];
  /** The element marked primary, where one was marked; see `primaryOf`. */
  primary: Partial<Record<ElementList, number>>;
  tags: string[];
  externalIds: ExternalIdPair[];
  preferences: Record<string, Preference>;
  archived: { reason: string } | null;
  review: string[];
  /** The highest element id ever used, per list: ids are never given twice. */
  lastId: Record<ElementList, number>;
  /** The import and row that made the record, if an import did. */
  made: { import: string; row: number } | null;
}

/** What an event brings besides its facts: who caused it, and for a row of a file which one. */
export interface EventSource {
  readonly origin: { readonly kind: string; readonly id?: string };
  readonly row?: number;
}

/** The contact before its first event. */
export function initial(): ContactState {
  return {
    type: '',
    client: false,
    status: '',
    values: {},
    phones: [],
    emails: [],
    addresses: [],
    primary: {},
    tags: [],
    externalIds: [],
    preferences: {},
    archived: null,
    review: [],
    lastId: { phones: 0, emails: 0, addresses: 0 },
    made: null,
  };
}

/** A copy that can be changed without touching the original. */
export function copyOf(state: ContactState): ContactState {
  return {
    ...state,
    values: { ...state.values },
    phones: [...state.phones],
    emails: [...state.emails],
    addresses: [...state.addresses],
    primary: { ...state.primary },
    tags: [...state.tags],
    externalIds: [...state.externalIds],
    preferences: { ...state.preferences },
    review: [...state.review],
    lastId: { ...state.lastId },
  };
}

/** The element that is primary: the one marked, else the oldest; undefined for an empty list (CON-003, CON-004). */
export function primaryOf(state: ContactState, list: ElementList): number | undefined {
  const marked = state.primary[list];
  if (marked !== undefined && state[list].some((element) => element.id === marked)) return marked;
  return state[list][0]?.id;
}

/** The fields a contact cannot be without, given its type, that are blank (CON-002). */
export function requiredBlank(state: Pick<ContactState, 'type' | 'values'>): string[] {
  const required = state.type === 'BUSINESS' ? ['companyName'] : ['firstName', 'lastName'];
  return required.filter((key) => (state.values[key] ?? '') === '');
}

/** The name shown: the company's for a business, else the person's. */
export function nameOf(state: Pick<ContactState, 'type' | 'values'>): string {
  const { firstName = '', middleName = '', lastName = '', companyName = '' } = state.values;
  if (state.type === 'BUSINESS' && companyName !== '') return companyName;
  const name = [firstName, middleName, lastName].filter((part) => part !== '').join(' ');
  return name === '' ? companyName : name;
}

/** The state after an event. The given state is not changed. */
export function evolve(state: ContactState, event: ContactEvent, source?: EventSource): ContactState {
  const next = copyOf(state);
  apply(next, event, source);
  return next;
}

/** The state after many events, one copy for all. */
export function evolveAll(
  state: ContactState,
  events: Iterable<{ event: ContactEvent; source?: EventSource }>,
): ContactState {
  const next = copyOf(state);
  for (const { event, source } of events) apply(next, event, source);
  return next;
}

function apply(state: ContactState, event: ContactEvent, source?: EventSource): void {
  if (event.type === 'ContactCreated' && source?.origin.kind === 'import' && source.origin.id !== undefined) {
    state.made = { import: source.origin.id, row: source.row ?? 0 };
  }
  for (const { path, value } of assignmentsOf(event)) assign(state, path, value);
}
