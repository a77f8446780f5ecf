import { primaryOf, type ContactState } from './contact.js';
import { sameValue } from './contact.paths.js';
import type {
  AddressElement,
  CellSource,
  ContactEvent,
  ElementList,
  EmailElement,
  FirstValues,
  PhoneElement,
} from './contact.events.js';

/** Where a value came from: the column counted from 0 (-1 for a default), and the cell's text where it differs. */
export interface ValueSource {
  readonly column: number;
  readonly text?: string;
}

/** Sources by field, as `fieldOf` names fields: `firstName`, `phones/1`, `addresses/1/city`, `tags`. */
export type ValueSources = ReadonlyMap<string, ValueSource>;

const NONE: ValueSources = new Map();

const LISTS: readonly ElementList[] = ['phones', 'emails', 'addresses'];

/**
 * The one event that makes a contact with these values (PRODUCT §3). `knownDifferent` are the records it matched and
 * was still created beside.
 */
export function created(
  after: ContactState,
  sources: ValueSources = NONE,
  knownDifferent: readonly string[] = [],
): ContactEvent {
  const first: FirstValues = {
    type: after.type,
    client: after.client,
    status: after.status,
    values: after.values,
    phones: after.phones,
    emails: after.emails,
    addresses: after.addresses,
    primary: after.primary,
    tags: after.tags,
    externalIds: after.externalIds,
    preferences: after.preferences,
    review: after.review,
    knownDifferent,
    ...cells([...sources.keys()], sources),
  };
  return { type: 'ContactCreated', data: first };
}

/**
 * The events that lead from one state to another, in a fixed order, none where nothing differs (CON-015: only what
 * changed is touched). Archiving is not among them: it has its own commands.
 */
export function changesBetween(
  before: ContactState,
  after: ContactState,
  sources: ValueSources = NONE,
): ContactEvent[] {
  return [
    ...singleChanges(before, after, sources),
    ...phoneChanges(before, after, sources),
    ...emailChanges(before, after, sources),
    ...addressChanges(before, after, sources),
    ...LISTS.flatMap((list) => primaryChange(list, before, after, sources)),
    ...memberChanges(before, after, sources),
    ...markChanges(before, after, sources),
  ];
}

function singleChanges(before: ContactState, after: ContactState, sources: ValueSources): ContactEvent[] {
  const set: Record<string, string> = {};
  if (before.type !== after.type) set['contactType'] = after.type;
  for (const [key, value] of Object.entries(after.values)) if (before.values[key] !== value) set[key] = value;
  const cleared = Object.keys(before.values).filter((key) => after.values[key] === undefined);
  const fields = [...Object.keys(set), ...cleared].sort();
  if (fields.length === 0) return [];
  return [
    {
      type: 'ContactFieldsChanged',
      data: { set, cleared, fields, ...cells(fields, sources) },
    },
  ];
}

function phoneChanges(before: ContactState, after: ContactState, sources: ValueSources): ContactEvent[] {
  const { removed, changed, added } = elementChanges<PhoneElement>(before.phones, after.phones);
  const from = ({ id }: PhoneElement): CellSource => cells([`phones/${id}`], sources);
  return [
    ...removed.map((id): ContactEvent => ({
      type: 'ContactPhoneRemoved',
      data: { id },
    })),
    ...changed.map((phone): ContactEvent => ({
      type: 'ContactPhoneChanged',
      data: { ...phone, ...from(phone) },
    })),
    ...added.map((phone): ContactEvent => ({
      type: 'ContactPhoneAdded',
      data: { ...phone, ...from(phone) },
    })),
  ];
}

function emailChanges(before: ContactState, after: ContactState, sources: ValueSources): ContactEvent[] {
  const { removed, changed, added } = elementChanges<EmailElement>(before.emails, after.emails);
  const from = ({ id }: EmailElement): CellSource => cells([`emails/${id}`], sources);
  return [
    ...removed.map((id): ContactEvent => ({
      type: 'ContactEmailRemoved',
      data: { id },
    })),
    ...changed.map((email): ContactEvent => ({
      type: 'ContactEmailChanged',
      data: { ...email, ...from(email) },
    })),
    ...added.map((email): ContactEvent => ({
      type: 'ContactEmailAdded',
      data: { ...email, ...from(email) },
    })),
  ];
}

function addressChanges(before: ContactState, after: ContactState, sources: ValueSources): ContactEvent[] {
  const { removed, changed, added } = elementChanges<AddressElement>(before.addresses, after.addresses);
  const from = (id: number, parts: readonly string[]): CellSource =>
    cells(
      parts.map((part) => `addresses/${id}/${part}`),
      sources,
    );
  return [
    ...removed.map((id): ContactEvent => ({
      type: 'ContactAddressRemoved',
      data: { id },
    })),
    ...changed.map(({ id, label, parts }): ContactEvent => {
      const old = before.addresses.find((address) => address.id === id)?.parts ?? {};
      const set = Object.fromEntries(Object.entries(parts).filter(([part, value]) => old[part] !== value));
      const cleared = Object.keys(old).filter((part) => parts[part] === undefined);
      const source = from(id, [...Object.keys(set), ...cleared]);
      return {
        type: 'ContactAddressChanged',
        data: { id, label, set, cleared, ...source },
      };
    }),
    ...added.map((address): ContactEvent => ({
      type: 'ContactAddressAdded',
      data: { ...address, ...from(address.id, Object.keys(address.parts)) },
    })),
  ];
}

interface ElementChanges<E> {
  readonly removed: number[];
  readonly changed: E[];
  readonly added: E[];
}

function elementChanges<E extends { readonly id: number }>(
  before: readonly E[],
  after: readonly E[],
): ElementChanges<E> {
  const old = new Map(before.map((element) => [element.id, element]));
  const kept = new Set(after.map((element) => element.id));
  return {
    removed: before.filter((element) => !kept.has(element.id)).map((element) => element.id),
    changed: after.filter((element) => old.has(element.id) && !sameValue(old.get(element.id), element)),
    added: after.filter((element) => !old.has(element.id)),
  };
}

function primaryChange(
  list: ElementList,
  before: ContactState,
  after: ContactState,
  sources: ValueSources,
): ContactEvent[] {
  const id = primaryOf(after, list);
  if (id === undefined) return [];
  // The first element of a list is primary without saying so (CON-003); a primary that was removed hands the mark on,
  // which is said (CON-004).
  const unsaid = primaryOf({ ...after, primary: before.primary }, list);
  const isHandedOn = before[list].length > 0 && id !== primaryOf(before, list);
  if (id === unsaid && !isHandedOn) return [];
  return [
    {
      type: 'ContactPrimaryChanged',
      data: { list, id, ...cells([`primary/${list}`], sources) },
    },
  ];
}

function memberChanges(before: ContactState, after: ContactState, sources: ValueSources): ContactEvent[] {
  const untagged = before.tags.filter((tag) => !after.tags.includes(tag));
  const tagged = after.tags.filter((tag) => !before.tags.includes(tag));
  const has = (state: ContactState, system: string, id: string): boolean =>
    state.externalIds.some((pair) => pair.system === system && pair.id === id);
  const events: ContactEvent[] = [];
  if (untagged.length > 0)
    events.push({
      type: 'ContactUntagged',
      data: { tags: untagged, ...cells(['tags'], sources) },
    });
  if (tagged.length > 0)
    events.push({
      type: 'ContactTagged',
      data: { tags: tagged, ...cells(['tags'], sources) },
    });
  for (const { system, id } of before.externalIds) {
    if (!has(after, system, id)) events.push({ type: 'ContactExternalIdRemoved', data: { system, id } });
  }
  for (const { system, id } of after.externalIds) {
    if (has(before, system, id)) continue;
    events.push({
      type: 'ContactExternalIdAdded',
      data: { system, id, ...cells(['externalIds'], sources) },
    });
  }
  return events;
}

function markChanges(before: ContactState, after: ContactState, sources: ValueSources): ContactEvent[] {
  const events: ContactEvent[] = [];
  if (before.status !== after.status) {
    const data = {
      from: before.status,
      to: after.status,
      ...cells(['status'], sources),
    };
    events.push({ type: 'ContactStatusChanged', data });
  }
  if (after.client && !before.client) events.push({ type: 'ContactMarkedClient', data: {} });
  for (const [channel, { state, source }] of Object.entries(after.preferences)) {
    if (sameValue(before.preferences[channel], after.preferences[channel])) continue;
    const type = state === 'OPTED_IN' ? 'ContactOptedIn' : 'ContactOptedOut';
    events.push({
      type,
      data: { channel, source, ...cells([`preferences/${channel}`], sources) },
    });
  }
  for (const reason of before.review) {
    if (!after.review.includes(reason)) events.push({ type: 'ContactReviewCleared', data: { reason } });
  }
  for (const reason of after.review) {
    if (!before.review.includes(reason)) events.push({ type: 'ContactReviewFlagged', data: { reason } });
  }
  return events;
}

/** The part of the sources that belongs to these fields; empty for values that did not come from a file. */
function cells(fields: readonly string[], sources: ValueSources): CellSource {
  if (sources.size === 0) return {};
  const columns: Record<string, number> = {};
  const texts: Record<string, string> = {};
  for (const field of fields) {
    const source = sources.get(field);
    if (source === undefined) continue;
    columns[field] = source.column;
    if (source.text !== undefined) texts[field] = source.text;
  }
  return Object.keys(texts).length === 0 ? { columns } : { columns, texts };
}
