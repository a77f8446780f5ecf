import type { Code } from '@caseledger/errors';

/** The import types this catalogue serves (MAP-008). */
export type ImportType = 'CLIENTS' | 'CONTACTS' | 'CASES';

/** How much a field is needed (VAL-001). `OPTIONAL` is a stand-in for other fields and never warns. */
export type Level = 'REQUIRED' | 'RECOMMENDED' | 'OPTIONAL' | 'NONE';

/** What a field holds; the type decides how a text is read and in which form it is stored (VAL-006, NRM). */
export type FieldType =
  | 'text'
  | 'fullName'
  | 'givenName'
  | 'fullAddress'
  | 'state'
  | 'zip'
  | 'country'
  | 'phone'
  | 'email'
  | 'date'
  | 'day'
  | 'dateTime'
  | 'choice'
  | 'wholeNumber'
  | 'timeZone'
  | 'language'
  | 'url'
  | 'tags'
  | 'recordId';

/** How the values of a field stand in a contact: alone, or as one of several elements (CON-003 to CON-005). */
export type FieldGroup = 'single' | 'phone' | 'email' | 'address' | 'tags' | 'externalId' | 'optIn';

/** The slot of a phone, an e-mail or an address; `PRIMARY` is a mark, the others are labels. */
export type Slot = 'PRIMARY' | 'MOBILE' | 'HOME' | 'WORK' | 'OTHER' | 'PERSONAL';

/** One allowed value of a choice with its label and other spellings, all compared folded. */
export interface Choice {
  readonly value: string;
  readonly label: string;
  readonly spellings?: readonly string[];
}

/** One field of FLD-001 or FLD-003 as data. A `date` lies in a person's life, a `day` anywhere. */
export interface FieldDefinition {
  readonly key: string;
  /** As shown in English. */
  readonly label: string;
  readonly levels: Readonly<Record<ImportType, Level>>;
  readonly type: FieldType;
  /** Read only by those who hold `sensitive.read` (SEC-013). */
  readonly sensitive?: true;
  readonly group: FieldGroup;
  readonly slot?: Slot;
  /** Longest text in characters (code points), for one value. */
  readonly lengthMax?: number;
  /** Most values one row may give, over all fields of the group (PRODUCT §6). */
  readonly valuesMax?: number;
  /** Smallest and largest whole number. */
  readonly range?: readonly [number, number];
  readonly choices?: readonly Choice[];
  /** What a text that is none of the choices is told as; `VALUE_NOT_ALLOWED` if absent. */
  readonly refusal?: Code;
  /** The fields a stand-in can be split into (VAL-002). */
  readonly standsInFor?: readonly string[];
  /** Of a field of a case row that one of its contacts has: which contact, and the contact's own field. */
  readonly of?: { readonly part: number; readonly key: string };
  /** Other wordings of the header, in any language; compared folded. */
  readonly synonyms: readonly string[];
}

/** The same level for every import type: contacts have the fields of clients (FLD-001), and cases those of theirs. */
export function allLevels(level: Level): Readonly<Record<ImportType, Level>> {
  return { CLIENTS: level, CONTACTS: level, CASES: level };
}

/** A list of wordings written as one text, separated by commas. */
export function wordings(text: string): readonly string[] {
  return text.split(',').map((wording) => wording.trim());
}
