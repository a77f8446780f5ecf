import type { GivenValue, RowValues } from '@caseledger/row-target';
import { primaryOf } from '../contact/contact.js';
import type { Draft } from './row-draft.js';
import type { SlotField } from './row-values.js';

/** A list of phones or of e-mails, seen alike: each element has one text that tells it from the others. */
export interface ElementKind<E extends { readonly id: number; readonly label: string }> {
  readonly list: 'phones' | 'emails';
  readonly slots: readonly SlotField[];
  elements(draft: Draft): readonly E[];
  put(draft: Draft, elements: E[]): void;
  build(id: number, label: string, text: string): E;
  /** Equal for values that are the same to a person: e-mails compare without regard to case (NRM-020). */
  identity(text: string): string;
  text(element: E): string;
}

interface Wish {
  readonly slot: string;
  readonly value: GivenValue;
  /** The element that stands in the slot now. */
  readonly holder: number | undefined;
}

/** Lays the phones or e-mails of a row over the draft by the slot rules of DUP-006. */
export function applyElements<E extends { readonly id: number; readonly label: string }>(
  draft: Draft,
  values: RowValues,
  kind: ElementKind<E>,
): void {
  if (draft.rules.mode === 'UPDATE') replaceSlots(draft, values, kind);
  else for (const wish of inOrderOfMaking(draft, values, kind)) addIfAbsent(draft, wish, kind);
  clearSlots(draft, values, kind);
  fillDefaults(draft, values, kind);
}

// The primary value comes first and gets the first id, unless it stands in a labelled slot too and is only marked.
function inOrderOfMaking<E extends { readonly id: number; readonly label: string }>(
  draft: Draft,
  values: RowValues,
  kind: ElementKind<E>,
): Wish[] {
  const labelled: Wish[] = [];
  const primary: Wish[] = [];
  for (const { slot, field } of kind.slots) {
    for (const value of values.all(field)) {
      (slot === 'PRIMARY' ? primary : labelled).push({ slot, value, holder: undefined });
    }
  }
  // With one kind of slots only there is nothing to put in order.
  if (primary.length === 0) return labelled;
  if (labelled.length === 0) return primary;
  const known = new Set(labelled.map(({ value }) => kind.identity(value.text)));
  const first = primary.filter(({ value }) => !known.has(kind.identity(value.text)));
  const marked = primary.filter(({ value }) => known.has(kind.identity(value.text)));
  if (draft.creates && first[0] !== undefined && first[0] === primary[0]) return [...first, ...labelled, ...marked];
  return [...labelled, ...first, ...marked];
}

function addIfAbsent<E extends { readonly id: number; readonly label: string }>(
  draft: Draft,
  { slot, value }: Wish,
  kind: ElementKind<E>,
): void {
  const there = holderOf(draft, value.text, kind);
  const id = there?.id ?? add(draft, slot, value, kind);
  // In a merge the primary stays primary; a further value of the primary cell is not the primary one.
  if (slot === 'PRIMARY' && draft.creates && draft.state.primary[kind.list] === undefined)
    draft.markPrimary(kind.list, id, value);
}

function add<E extends { readonly id: number; readonly label: string }>(
  draft: Draft,
  slot: string,
  value: GivenValue,
  kind: ElementKind<E>,
): number {
  const id = draft.newId(kind.list);
  kind.put(draft, [...kind.elements(draft), kind.build(id, slot === 'PRIMARY' ? 'OTHER' : slot, value.text)]);
  draft.from(`${kind.list}/${id}`, value);
  return id;
}

/**
 * Policy UPDATE: a value replaces that of its slot, other slots stay, and a value that already stands in a slot which
 * keeps it is only marked. All slots of the row are looked at together, so that two swapped numbers can be swapped.
 */
function replaceSlots<E extends { readonly id: number; readonly label: string }>(
  draft: Draft,
  values: RowValues,
  kind: ElementKind<E>,
): void {
  const wishes = slotWishes(draft, values, kind);
  const vacated = vacatedBy(draft, wishes, kind);
  const rewritten = new Map<number, Wish>();
  for (const wish of wishes) {
    if (wish.holder !== undefined && vacated.has(wish.holder)) rewritten.set(wish.holder, wish);
  }
  const replaced = kind.elements(draft).map((element) => {
    const wish = rewritten.get(element.id);
    if (wish === undefined) return element;
    draft.from(`${kind.list}/${element.id}`, wish.value);
    return kind.build(element.id, element.label, wish.value.text);
  });
  kind.put(draft, replaced);
  for (const wish of wishes) {
    if (draft.rules.fillOnly && wish.holder !== undefined) continue;
    const id = holderOf(draft, wish.value.text, kind)?.id ?? add(draft, wish.slot, wish.value, kind);
    if (wish.slot === 'PRIMARY') draft.markPrimary(kind.list, id, wish.value);
  }
  for (const { slot, field } of kind.slots) {
    for (const value of values.all(field).slice(1)) {
      if (holderOf(draft, value.text, kind) === undefined) add(draft, slot, value, kind);
    }
  }
}

function slotWishes<E extends { readonly id: number; readonly label: string }>(
  draft: Draft,
  values: RowValues,
  kind: ElementKind<E>,
): Wish[] {
  const claimed = new Set<number>();
  const wishes: Wish[] = [];
  for (const { slot, field } of kind.slots) {
    const value = values.first(field);
    if (value === undefined) continue;
    const holder = slotHolder(draft, slot, kind);
    // Where the primary element is one that a labelled slot of the row writes, the primary value gets its own element.
    const own = holder !== undefined && !claimed.has(holder) ? holder : undefined;
    if (own !== undefined) claimed.add(own);
    wishes.push({ slot, value, holder: own });
  }
  return wishes;
}

// An element is vacated when its slot gets another value that does not already stand in an element that keeps it.
function vacatedBy<E extends { readonly id: number; readonly label: string }>(
  draft: Draft,
  wishes: readonly Wish[],
  kind: ElementKind<E>,
): Set<number> {
  if (draft.rules.fillOnly) return new Set();
  const elements = kind.elements(draft);
  const textOf = new Map(elements.map((element) => [element.id, kind.identity(kind.text(element))]));
  const vacated = new Set<number>();
  for (const { holder, value } of wishes) {
    if (holder !== undefined && textOf.get(holder) !== kind.identity(value.text)) vacated.add(holder);
  }
  for (let settled = false; !settled;) {
    settled = true;
    for (const { holder, value } of wishes) {
      if (holder === undefined || !vacated.has(holder)) continue;
      const text = kind.identity(value.text);
      if (!elements.some(({ id }) => !vacated.has(id) && textOf.get(id) === text)) continue;
      vacated.delete(holder);
      settled = false;
    }
  }
  return vacated;
}

function clearSlots<E extends { readonly id: number; readonly label: string }>(
  draft: Draft,
  values: RowValues,
  kind: ElementKind<E>,
): void {
  if (draft.creates) return;
  const written = new Set(draft.sources.keys());
  for (const { slot, field } of kind.slots) {
    const clearing = values.clearing(field);
    if (clearing === undefined || (clearing === 'BLANK' && draft.rules.mode === 'MERGE')) continue;
    const id = slotHolder(draft, slot, kind);
    if (id === undefined || written.has(`${kind.list}/${id}`)) continue;
    kind.put(
      draft,
      kind.elements(draft).filter((element) => element.id !== id),
    );
  }
}

function fillDefaults<E extends { readonly id: number; readonly label: string }>(
  draft: Draft,
  values: RowValues,
  kind: ElementKind<E>,
): void {
  if (!values.hasDefaults) return;
  for (const { slot, field } of kind.slots) {
    const value = values.first(field) === undefined ? values.defaultOf(field) : undefined;
    if (value === undefined || slotHolder(draft, slot, kind) !== undefined) continue;
    if (holderOf(draft, value.text, kind) === undefined) add(draft, slot, value, kind);
  }
}

function slotHolder<E extends { readonly id: number; readonly label: string }>(
  draft: Draft,
  slot: string,
  kind: ElementKind<E>,
): number | undefined {
  if (slot === 'PRIMARY') return primaryOf(draft.state, kind.list);
  return kind.elements(draft).find((element) => element.label === slot)?.id;
}

function holderOf<E extends { readonly id: number; readonly label: string }>(
  draft: Draft,
  text: string,
  kind: ElementKind<E>,
): E | undefined {
  const wanted = kind.identity(text);
  return kind.elements(draft).find((element) => kind.identity(kind.text(element)) === wanted);
}
