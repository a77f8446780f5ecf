import type { GivenValue, RowValues } from '@caseledger/row-target';
import { primaryOf } from '../contact/contact.js';
import type { AddressElement } from '../contact/contact.events.js';
import type { Draft } from './row-draft.js';
import { ADDRESS_FIELDS, ADDRESS_SLOTS, type AddressSlot } from './row-values.js';

type Parts = ReadonlyMap<string, GivenValue>;

/** Lays the addresses of a row over the draft: a slot is one address, its parts are values of their own (DUP-006). */
export function applyAddresses(draft: Draft, values: RowValues): void {
  if (!values.saysOf(ADDRESS_FIELDS)) return;
  const claimed = new Set<number>();
  for (const slot of inOrder(draft, values)) {
    const given = partsOf(slot, values);
    if (given.size > 0) write(draft, slot.slot, given, claimed);
    clear(draft, slot, values);
    fillDefaults(draft, slot, values);
  }
}

// A new record's primary address is its first, unless it is one of the labelled ones too and is only marked.
function inOrder(draft: Draft, values: RowValues): readonly AddressSlot[] {
  if (!draft.creates || PRIMARY === undefined) return ADDRESS_SLOTS;
  const given = partsOf(PRIMARY, values);
  const isLabelledToo = LABELLED.some((slot) => sameParts(partsOf(slot, values), given));
  return isLabelledToo ? ADDRESS_SLOTS : PRIMARY_FIRST;
}

const PRIMARY = ADDRESS_SLOTS.find(({ slot }) => slot === 'PRIMARY');
const LABELLED = ADDRESS_SLOTS.filter(({ slot }) => slot !== 'PRIMARY');
const PRIMARY_FIRST = PRIMARY === undefined ? LABELLED : [PRIMARY, ...LABELLED];

function sameParts(a: Parts, b: Parts): boolean {
  return a.size === b.size && [...a].every(([part, value]) => b.get(part)?.text === value.text);
}

/** Most slots hold nothing: that needs no map of its own. */
const NO_PARTS: Parts = new Map();

function partsOf(slot: AddressSlot, values: RowValues): Parts {
  let parts: Map<string, GivenValue> | undefined;
  for (const { part, field } of slot.parts) {
    const value = values.first(field);
    if (value !== undefined) parts = (parts ?? new Map<string, GivenValue>()).set(part, value);
  }
  return parts ?? NO_PARTS;
}

function write(draft: Draft, slot: string, given: Parts, claimed: Set<number>): void {
  const same = draft.state.addresses.find((address) => agrees(address, given));
  const holder = slotHolder(draft, slot);
  const own = holder !== undefined && !claimed.has(holder.id) ? holder : undefined;
  const target = own !== undefined && (draft.rules.mode === 'UPDATE' || fits(own, given)) ? own : undefined;
  if (same !== undefined) {
    claimed.add(same.id);
    mark(draft, slot, same.id, given);
  } else if (target !== undefined) {
    claimed.add(target.id);
    put(draft, target, given);
  } else {
    const id = draft.newId('addresses');
    claimed.add(id);
    put(draft, { id, label: slot === 'PRIMARY' ? 'OTHER' : slot, parts: {} }, given);
    mark(draft, slot, id, given);
  }
}

function mark(draft: Draft, slot: string, id: number, given: Parts): void {
  const [value] = given.values();
  if (slot === 'PRIMARY' && draft.rules.mode !== 'MERGE' && value !== undefined)
    draft.markPrimary('addresses', id, value);
}

function agrees(address: AddressElement, given: Parts): boolean {
  return [...given].every(([part, value]) => address.parts[part] === value.text);
}

// In a merge an address is completed where nothing contradicts, else the row's address is a further one.
function fits(address: AddressElement, given: Parts): boolean {
  return [...given].every(([part, value]) => (address.parts[part] ?? value.text) === value.text);
}

function put(draft: Draft, address: AddressElement, given: Parts): void {
  const parts: Record<string, string> = { ...address.parts };
  for (const [part, value] of given) {
    if (parts[part] === value.text || (draft.rules.fillOnly && parts[part] !== undefined)) continue;
    parts[part] = value.text;
    draft.from(`addresses/${address.id}/${part}`, value);
  }
  replace(draft, { ...address, parts });
}

function replace(draft: Draft, address: AddressElement): void {
  const others = draft.state.addresses.filter(({ id }) => id !== address.id);
  const kept = Object.keys(address.parts).length === 0 ? others : [...others, address];
  draft.state.addresses = kept.sort((a, b) => a.id - b.id);
}

function clear(draft: Draft, slot: AddressSlot, values: RowValues): void {
  if (draft.creates) return;
  const holder = slotHolder(draft, slot.slot);
  if (holder === undefined) return;
  const parts: Record<string, string> = { ...holder.parts };
  for (const { part, field } of slot.parts) {
    const clearing = values.clearing(field);
    if (clearing === undefined || (clearing === 'BLANK' && draft.rules.mode === 'MERGE')) continue;
    // What another slot of the same row has just written to this address stays.
    if (!draft.sources.has(`addresses/${holder.id}/${part}`)) delete parts[part];
  }
  replace(draft, { ...holder, parts });
}

function fillDefaults(draft: Draft, slot: AddressSlot, values: RowValues): void {
  if (!values.hasDefaults) return;
  const defaults = new Map<string, GivenValue>();
  for (const { part, field } of slot.parts) {
    const value = values.first(field) === undefined ? values.defaultOf(field) : undefined;
    if (value !== undefined && slotHolder(draft, slot.slot)?.parts[part] === undefined) defaults.set(part, value);
  }
  if (defaults.size === 0) return;
  const holder = slotHolder(draft, slot.slot);
  if (holder !== undefined) return put(draft, holder, defaults);
  const label = slot.slot === 'PRIMARY' ? 'OTHER' : slot.slot;
  put(draft, { id: draft.newId('addresses'), label, parts: {} }, defaults);
}

function slotHolder(draft: Draft, slot: string): AddressElement | undefined {
  if (slot === 'PRIMARY') {
    const id = primaryOf(draft.state, 'addresses');
    return draft.state.addresses.find((address) => address.id === id);
  }
  return draft.state.addresses.find((address) => address.label === slot);
}
