import { clientFields, fieldByKey } from '@caseledger/fields';
import type { targetsV1 } from '@caseledger/contracts';

/** A value a row gives to a field: from a cell, or a default of the import (column -1). */
export interface GivenValue {
  readonly field: string;
  readonly text: string;
  readonly column: number;
  /** The cell as read, where it differs from what is stored. */
  readonly original?: string;
}

/** How a row wants a field emptied: by the clear token, which beats everything, or by a blank cell (VAL-007). */
export type Clearing = 'TOKEN' | 'BLANK';

const NONE_GIVEN: readonly GivenValue[] = [];

/** The values of one row by field key. */
export class RowValues {
  /** The first value of each field; those after it are rare. */
  readonly #given = new Map<string, GivenValue>();
  readonly #further: { readonly field: string; readonly given: GivenValue }[] = [];
  readonly #clearings = new Map<string, { how: Clearing; column: number }>();
  /** Whether the import has defaults for any field. */
  readonly hasDefaults: boolean;

  constructor(
    values: readonly targetsV1.RowValue[],
    readonly defaults: Readonly<Record<string, string>>,
  ) {
    this.hasDefaults = Object.keys(defaults).length > 0;
    for (const value of values) {
      if (value.clear) {
        const how = value.original.trim() === '' ? 'BLANK' : 'TOKEN';
        this.#clearings.set(value.field, { how, column: value.column });
      } else if (value.text !== '') {
        const { field } = value;
        const given = givenOf(value);
        if (this.#given.has(field)) this.#further.push({ field, given });
        else this.#given.set(field, given);
      }
    }
  }

  /** Whether the row or a default says anything about one of these fields. */
  saysOf(fields: ReadonlySet<string>): boolean {
    if (this.hasDefaults) return true;
    for (const field of this.#given.keys()) if (fields.has(field)) return true;
    for (const field of this.#clearings.keys()) if (fields.has(field)) return true;
    return false;
  }

  /** Whether the row or a default says anything about this field; of most fields of the catalogue nothing is said. */
  says(field: string): boolean {
    return this.hasDefaults || this.#given.has(field) || this.#clearings.has(field);
  }

  all(field: string): readonly GivenValue[] {
    const first = this.#given.get(field);
    if (first === undefined) return NONE_GIVEN;
    if (this.#further.length === 0) return [first];
    return [first, ...this.#further.filter((further) => further.field === field).map(({ given }) => given)];
  }

  first(field: string): GivenValue | undefined {
    return this.#given.get(field);
  }

  clearing(field: string): Clearing | undefined {
    return this.#given.has(field) ? undefined : this.#clearings.get(field)?.how;
  }

  /** The import's default for a field, unless the row empties it by the clear token (VAL-003, OPT-003). */
  defaultOf(field: string): GivenValue | undefined {
    if (!this.hasDefaults) return undefined;
    const text = Object.hasOwn(this.defaults, field) ? this.defaults[field] : undefined;
    if (text === undefined || text === '' || this.clearing(field) === 'TOKEN') return undefined;
    return { field, text, column: -1 };
  }

  columnOf(field: string): number {
    return this.first(field)?.column ?? this.#clearings.get(field)?.column ?? -1;
  }
}

function givenOf(value: targetsV1.RowValue): GivenValue {
  const { field, text, column, original } = value;
  return original === '' || original === text ? { field, text, column } : { field, text, column, original };
}

/** A slot of a list: its label or PRIMARY, and the field key (for addresses: the keys of its parts). */
export interface SlotField {
  readonly slot: string;
  readonly field: string;
}

/** The slots of phones and e-mails in catalogue order, labelled ones before the primary. */
export const PHONE_SLOTS: readonly SlotField[] = slotsOf('phone');
export const EMAIL_SLOTS: readonly SlotField[] = slotsOf('email');

function slotsOf(group: string): SlotField[] {
  const slots = clientFields()
    .filter((field) => field.group === group)
    .map((field) => ({ slot: field.slot ?? 'OTHER', field: field.key }));
  return [...slots.filter(({ slot }) => slot !== 'PRIMARY'), ...slots.filter(({ slot }) => slot === 'PRIMARY')];
}

export interface AddressSlot {
  readonly slot: string;
  /** Field key by part: street, unit, city, state, zip, country. */
  readonly parts: readonly { readonly part: string; readonly field: string }[];
}

/** The address slots, labelled ones before the primary. */
export const ADDRESS_SLOTS: readonly AddressSlot[] = addressSlots();

/** Every field that is a part of an address. */
export const ADDRESS_FIELDS: ReadonlySet<string> = new Set(ADDRESS_SLOTS.flatMap(({ parts }) => parts.map(({ field }) => field)));

function addressSlots(): AddressSlot[] {
  const slots = new Map<string, { part: string; field: string }[]>();
  for (const { key, group, slot = 'OTHER', standsInFor } of clientFields()) {
    if (group !== 'address' || standsInFor !== undefined) continue;
    slots.set(slot, [...(slots.get(slot) ?? []), { part: partOf(key, slot), field: key }]);
  }
  const all = [...slots].map(([slot, parts]) => ({ slot, parts }));
  return [...all.filter(({ slot }) => slot !== 'PRIMARY'), ...all.filter(({ slot }) => slot === 'PRIMARY')];
}

// `homeStreet` is the part `street` of the slot HOME.
function partOf(key: string, slot: string): string {
  const prefix = slot === 'PRIMARY' ? '' : slot.toLowerCase();
  if (prefix === '' || !key.startsWith(prefix)) return key;
  const rest = key.slice(prefix.length);
  return rest.charAt(0).toLowerCase() + rest.slice(1);
}

/** Channels of consent by field (PRF-001). */
export const CHANNELS: readonly (readonly [field: string, channel: string])[] = [
  ['smsOptIn', 'SMS'],
  ['emailOptIn', 'EMAIL'],
  ['callOptIn', 'CALL'],
];

/** The fields that a contact holds once as text; type and status are kept beside them. */
export const SINGLE_FIELDS: readonly string[] = clientFields()
  .filter(({ group, standsInFor, type }) => group === 'single' && standsInFor === undefined && type !== 'recordId')
  .map(({ key }) => key)
  .filter((key) => key !== 'contactType' && key !== 'status');

/** A phone in its canonical text: E.164, and `;ext=` with the extension. */
export function phoneOf(text: string): { number: string; extension: string } {
  const at = text.indexOf(';ext=');
  return at < 0 ? { number: text, extension: '' } : { number: text.slice(0, at), extension: text.slice(at + 5) };
}

/** The canonical text of a phone, the inverse of `phoneOf`. */
export function phoneText(phone: { readonly number: string; readonly extension: string }): string {
  return phone.extension === '' ? phone.number : `${phone.number};ext=${phone.extension}`;
}

/** The label of a field for messages; the key where the catalogue does not know it. */
export function labelOf(field: string): string {
  return fieldByKey(field)?.label ?? field;
}
