import { validationOf, type FieldError } from '@caseledger/errors';
import { fieldByKey, isInvalid, readValue, type ReadOptions } from '@caseledger/fields';
import type { contactsV1 } from '@caseledger/contracts';
import { phoneOf } from '../rows/row-values.js';
import type { ContactInput, GivenAddress, GivenEmail, GivenPhone } from './contact.decider.js';
import { optionsOf, type InputSetting } from './field-input.js';
import { ADDRESS_PARTS } from './contact.paths.js';

/** Whole lists as a client gives them; absent ones stay as they are. */
export interface GivenLists {
  readonly phones?: readonly contactsV1.Phone[];
  readonly emails?: readonly contactsV1.Email[];
  readonly addresses?: readonly contactsV1.Address[];
  readonly tags?: readonly string[];
}

/** Elements in their stored form, read by the same rules as cells; throws every fault at once, each with its element. */
export function readLists(lists: GivenLists, setting: InputSetting, now: Date): ContactInput {
  const reader = new ListReader(optionsOf(setting, now, false));
  const input = {
    ...(lists.phones === undefined ? {} : { phones: lists.phones.map((phone, at) => reader.phone(phone, at)) }),
    ...(lists.emails === undefined ? {} : { emails: lists.emails.map((email, at) => reader.email(email, at)) }),
    ...(lists.addresses === undefined
      ? {}
      : { addresses: lists.addresses.map((each, at) => reader.address(each, at)) }),
    ...(lists.tags === undefined
      ? {}
      : { tags: lists.tags.flatMap((tag, at) => reader.texts('tags', tag, `tags/${at}`)) }),
  };
  reader.throwFaults();
  return input;
}

class ListReader {
  readonly #faults: FieldError[] = [];

  constructor(private readonly options: ReadOptions) {}

  phone({ id, label, primary, number, extension }: contactsV1.Phone, at: number): GivenPhone {
    const text = extension === '' ? number : `${number} ext. ${extension}`;
    return { id, label, primary, ...phoneOf(this.one('phone', text, `phones/${at}`)) };
  }

  email({ id, label, primary, address }: contactsV1.Email, at: number): GivenEmail {
    return { id, label, primary, address: this.one('email', address, `emails/${at}`) };
  }

  address({ id, label, primary, ...given }: contactsV1.Address, at: number): GivenAddress {
    const texts = new Map<string, string>(Object.entries(given));
    const parts = ADDRESS_PARTS.map((part) => {
      const [text = ''] = this.texts(part, texts.get(part) ?? '', `addresses/${at}/${part}`);
      return [part, text] as const;
    });
    return { id, label, primary, parts: Object.fromEntries(parts.filter(([, text]) => text !== '')) };
  }

  /** Every value that a text gives for a field; none, and a fault, when it is not valid. */
  texts(field: string, text: string, path: string): string[] {
    const definition = fieldByKey(field);
    if (definition === undefined) return [];
    const reading = readValue(definition, text, this.options);
    if (!isInvalid(reading)) return reading.values.map((value) => value.text);
    for (const { code, params } of reading.findings)
      this.#faults.push({ field: path, code, params: { text, ...params } });
    return [];
  }

  throwFaults(): void {
    const [first, ...rest] = this.#faults;
    if (first !== undefined) throw validationOf([first, ...rest]);
  }

  // An element holds exactly one value: none, or several in one, is no element.
  private one(field: string, text: string, path: string): string {
    const before = this.#faults.length;
    const [only, ...more] = this.texts(field, text, path);
    if (only !== undefined && more.length === 0) return only;
    if (this.#faults.length === before) {
      this.#faults.push({ field: path, code: field === 'phone' ? 'PHONE_INVALID' : 'EMAIL_INVALID', params: { text } });
    }
    return '';
  }
}
