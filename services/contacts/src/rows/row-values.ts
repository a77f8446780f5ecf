import { clientFields, fieldByKey } from '@caseledger/fields';

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
