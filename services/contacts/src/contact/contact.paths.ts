import {
  externalIdPath,
  pathDifferences,
  withMember,
  withPair,
  byText,
  type Assignment,
  type PathChange,
} from '@caseledger/row-target';
import type { ContactState } from './contact.js';
import type {
  AddressElement,
  ContactEvent,
  ElementList,
  EmailElement,
  FirstValues,
  PhoneElement,
  Preference,
} from './contact.events.js';

export { sameValue } from '@caseledger/row-target';

/** What an address is made of (CON-005). */
export const ADDRESS_PARTS: readonly string[] = ['street', 'unit', 'city', 'state', 'zip', 'country'];

/**
 * What an event writes, path by path. Fold, provenance, history and the counterfactual of a revert all read events
 * through this one function, so that they cannot disagree.
 */
export function assignmentsOf(event: ContactEvent): Assignment[] {
  switch (event.type) {
    case 'ContactCreated':
      return firstAssignments(event.data);
    case 'ContactFieldsChanged':
      return [
        ...Object.entries(event.data.set).map(([path, value]) => ({
          path,
          value,
        })),
        ...event.data.cleared.map((path) => ({ path, value: null })),
      ];
    case 'ContactPhoneAdded':
    case 'ContactPhoneChanged':
      return [phoneAssignment(event.data)];
    case 'ContactEmailAdded':
    case 'ContactEmailChanged':
      return [emailAssignment(event.data)];
    case 'ContactPhoneRemoved':
      return [{ path: `phones/${event.data.id}`, value: null }];
    case 'ContactEmailRemoved':
      return [{ path: `emails/${event.data.id}`, value: null }];
    case 'ContactAddressAdded':
      return addressAssignments(event.data);
    case 'ContactAddressChanged':
      return [
        ...addressAssignments({
          id: event.data.id,
          label: event.data.label,
          parts: event.data.set,
        }),
        ...event.data.cleared.map((part) => ({
          path: `addresses/${event.data.id}/${part}`,
          value: null,
        })),
      ];
    case 'ContactAddressRemoved':
      return ['label', ...ADDRESS_PARTS].map((part) => ({
        path: `addresses/${event.data.id}/${part}`,
        value: null,
      }));
    case 'ContactPrimaryChanged':
      return [{ path: `primary/${event.data.list}`, value: event.data.id }];
    case 'ContactStatusChanged':
      return [{ path: 'status', value: event.data.to }];
    case 'ContactMarkedClient':
      return [{ path: 'client', value: true }];
    default:
      return markAssignments(event);
  }
}

type Marks = Exclude<
  ContactEvent,
  {
    type: 'ContactCreated' | 'ContactFieldsChanged' | 'ContactStatusChanged' | 'ContactMarkedClient';
  }
>;

function markAssignments(event: Marks): Assignment[] {
  switch (event.type) {
    case 'ContactTagged':
      return event.data.tags.map((tag) => ({
        path: `tags/${tag}`,
        value: true,
      }));
    case 'ContactUntagged':
      return event.data.tags.map((tag) => ({
        path: `tags/${tag}`,
        value: null,
      }));
    case 'ContactExternalIdAdded':
      return [{ path: externalIdPath(event.data), value: true }];
    case 'ContactExternalIdRemoved':
      return [{ path: externalIdPath(event.data), value: null }];
    case 'ContactOptedIn':
    case 'ContactOptedOut': {
      const state = event.type === 'ContactOptedIn' ? 'OPTED_IN' : 'OPTED_OUT';
      return [
        {
          path: `preferences/${event.data.channel}`,
          value: { state, source: event.data.source },
        },
      ];
    }
    case 'ContactArchived':
      return [{ path: 'archived', value: { reason: event.data.reason } }];
    case 'ContactRestored':
      return [{ path: 'archived', value: null }];
    case 'ContactReviewFlagged':
      return [{ path: `review/${event.data.reason}`, value: true }];
    case 'ContactReviewCleared':
      return [{ path: `review/${event.data.reason}`, value: null }];
    case 'ImportContributionReverted':
    case 'ImportContributionRestored':
      return event.data.changes.map(({ path, after }) => ({
        path,
        value: after,
      }));
    default:
      return [];
  }
}

function firstAssignments(first: FirstValues): Assignment[] {
  const { values, primary, preferences } = first;
  return [
    { path: 'contactType', value: first.type },
    { path: 'status', value: first.status },
    ...(first.client ? [{ path: 'client', value: true }] : []),
    ...Object.entries(values).map(([path, value]) => ({ path, value })),
    ...first.phones.map(phoneAssignment),
    ...first.emails.map(emailAssignment),
    ...first.addresses.flatMap(addressAssignments),
    ...Object.entries(primary).map(([list, value]) => ({
      path: `primary/${list}`,
      value,
    })),
    ...first.tags.map((tag) => ({ path: `tags/${tag}`, value: true })),
    ...first.externalIds.map((pair) => ({
      path: externalIdPath(pair),
      value: true,
    })),
    ...Object.entries(preferences).map(([channel, value]) => ({
      path: `preferences/${channel}`,
      value,
    })),
    ...first.review.map((reason) => ({
      path: `review/${reason}`,
      value: true,
    })),
  ];
}

function phoneAssignment({ id, label, number, extension }: PhoneElement): Assignment {
  return { path: `phones/${id}`, value: { id, label, number, extension } };
}

function emailAssignment({ id, label, address }: EmailElement): Assignment {
  return { path: `emails/${id}`, value: { id, label, address } };
}

function addressAssignments({ id, label, parts }: AddressElement): Assignment[] {
  return [
    ...Object.entries(parts).map(([part, value]) => ({
      path: `addresses/${id}/${part}`,
      value,
    })),
    // After the parts: a label alone makes no address.
    { path: `addresses/${id}/label`, value: label },
  ];
}

/** Writes one path of a state, in place. Writing null to a path that holds nothing does nothing. */
export function assign(state: ContactState, path: string, value: unknown): void {
  const at = path.indexOf('/');
  if (at < 0) {
    assignSingle(state, path, value);
    return;
  }
  const rest = path.slice(at + 1);
  switch (path.slice(0, at)) {
    case 'phones':
      state.phones = withElement(state, 'phones', Number(rest), state.phones, value as PhoneElement | null);
      break;
    case 'emails':
      state.emails = withElement(state, 'emails', Number(rest), state.emails, value as EmailElement | null);
      break;
    case 'addresses':
      assignAddress(state, rest, value);
      break;
    case 'primary':
      assignKey(state.primary, rest as ElementList, value as number | null);
      break;
    case 'tags':
      state.tags = withMember(state.tags, rest, value !== null);
      break;
    case 'externalIds':
      state.externalIds = withPair(state.externalIds, rest, value !== null);
      break;
    case 'preferences':
      assignKey(state.preferences, rest, value as Preference | null);
      break;
    case 'review':
      state.review = withMember(state.review, rest, value !== null);
      break;
  }
}

function assignSingle(state: ContactState, path: string, value: unknown): void {
  switch (path) {
    case 'contactType':
      state.type = textOf(value);
      break;
    case 'status':
      state.status = textOf(value);
      break;
    case 'client':
      state.client = value === true;
      break;
    case 'archived':
      state.archived = value as { reason: string } | null;
      break;
    default:
      assignKey(state.values, path, value === null ? null : textOf(value));
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function assignKey<K extends string, V>(target: Partial<Record<K, V>>, key: K, value: V | null): void {
  if (value === null) delete target[key];
  else target[key] = value;
}

function withElement<E extends { readonly id: number }>(
  state: ContactState,
  list: ElementList,
  id: number,
  elements: readonly E[],
  element: E | null,
): E[] {
  const others = elements.filter((other) => other.id !== id);
  if (element === null) return others;
  state.lastId[list] = Math.max(state.lastId[list], id);
  return [...others, element].sort((a, b) => a.id - b.id);
}

function assignAddress(state: ContactState, rest: string, value: unknown): void {
  const [idText = '', part = ''] = rest.split('/', 2);
  const id = Number(idText);
  const old = state.addresses.find((element) => element.id === id);
  if (part === 'label') {
    // The label of an address that has no parts (any more) means nothing.
    if (old === undefined || value === null) return;
    state.addresses = withElement(state, 'addresses', id, state.addresses, {
      ...old,
      label: textOf(value),
    });
    return;
  }
  const parts: Record<string, string> = { ...old?.parts };
  assignKey(parts, part, value === null ? null : textOf(value));
  const element = Object.keys(parts).length === 0 ? null : { id, label: old?.label ?? 'OTHER', parts };
  state.addresses = withElement(state, 'addresses', id, state.addresses, element);
}

/** Every path of a state that holds a value, in the order in which `assign` can write them back. */
export function pathsOf(state: ContactState): Map<string, unknown> {
  const paths = new Map<string, unknown>();
  if (state.type !== '') paths.set('contactType', state.type);
  if (state.status !== '') paths.set('status', state.status);
  if (state.client) paths.set('client', true);
  for (const key of Object.keys(state.values).sort(byText)) paths.set(key, state.values[key]);
  for (const phone of state.phones) paths.set(`phones/${phone.id}`, phone);
  for (const email of state.emails) paths.set(`emails/${email.id}`, email);
  for (const address of state.addresses) {
    for (const { path, value } of addressAssignments(address)) paths.set(path, value);
  }
  for (const [list, id] of Object.entries(state.primary)) paths.set(`primary/${list}`, id);
  for (const tag of state.tags) paths.set(`tags/${tag}`, true);
  for (const pair of state.externalIds) paths.set(externalIdPath(pair), true);
  for (const [channel, preference] of Object.entries(state.preferences))
    paths.set(`preferences/${channel}`, preference);
  if (state.archived !== null) paths.set('archived', state.archived);
  for (const reason of state.review) paths.set(`review/${reason}`, true);
  return paths;
}

/** The paths whose values differ, with both values; a label of an address comes after its parts. */
export function differencesOf(now: ContactState, want: ContactState): PathChange[] {
  return pathDifferences(pathsOf(now), pathsOf(want));
}

/** The field a path belongs to, free of personal data: tags and external ids are one field each. */
export function fieldOf(path: string): string {
  if (!path.includes('/')) return path;
  const [head = '', second = '', third] = path.split('/', 3);
  if (head === 'tags' || head === 'externalIds' || head === 'review') return head;
  return third === undefined ? `${head}/${second}` : `${head}/${second}/${third}`;
}
