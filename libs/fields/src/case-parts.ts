import { CASE_FIELDS, roleField } from './case.fields.js';
import { CHANNEL_FIELDS } from './channel.fields.js';
import { wordings, type FieldDefinition } from './field.js';
import { SINGLE_FIELDS } from './single.fields.js';

/*
 * The contacts of a case row (FLD-003): part 0 is its client, 1 to 5 are further ones. Their fields are those of a contact
 * under a key and a label of their own, so that a value of either is read, stored and told in the same way.
 */

/** Further contacts that a case row can give. */
export const FURTHER_CONTACTS_MAX = 5;

const CONTACT_FIELDS: readonly FieldDefinition[] = [...SINGLE_FIELDS, ...CHANNEL_FIELDS];

/** What a column of a case file can give of a further contact; its name is split into the parts of a name. */
const FURTHER_OFFERED: readonly string[] = ['fullName', 'phone', 'email'];

/** Contact fields whose plain wordings mean the case in a case file, not its client. */
const OF_THE_CASE: ReadonlySet<string> = new Set(['status', 'tags', 'originalCreatedAt', 'externalSystem', 'externalId', 'recordId']);

/** Wordings of a full name that in a case file may be anybody's, or the case's. */
const ANYBODY: ReadonlySet<string> = new Set(['full name', 'name', 'contact', 'contact name', 'contact full name', 'display name', 'person name', 'file as']);

/** What a column of clients is called. */
const CLIENT_NAMES = wordings('client, clients, primary client, main client, plaintiff client, name of client, client of record, mandant, cliente');

/**
 * Further contacts that files call by what they are to the case: the part they are proposed as, so that both have a place,
 * and the role that the header gives them.
 */
const BY_ROLE = [
  {
    part: 1,
    role: 'OPPOSING_PARTY',
    words: wordings('opposing party, opposite party, adverse party, opponent, gegner, gegenseite, gegenpartei, parte contraria, partie adverse'),
  },
  {
    part: 2,
    role: 'ATTORNEY',
    words: wordings('opposing counsel, opposing attorney, opposing lawyer, adverse counsel, adverse attorney, gegnerischer anwalt, avocat adverse, abogado contrario'),
  },
] as const;

/** Roles by the headers of names that tell them: "Opposing party" is nobody else. */
export const ROLE_HEADERS: readonly (readonly [header: string, role: string])[] = BY_ROLE.flatMap(({ role, words }) =>
  words.flatMap((word) => [word, `${word} name`, `name of ${word}`].map((header) => [header, role] as const)),
);

/** The key of a contact's field in a case row: `clientFirstName`, `contact2Phone`. */
export function partKey(part: number, key: string): string {
  const prefix = part === 0 ? 'client' : `contact${part}`;
  return key === 'fullName' ? `${prefix}Name` : `${prefix}${key.charAt(0).toUpperCase()}${key.slice(1)}`;
}

/** What users call a contact of a case row: its client is part 0. */
export function partLabel(part: number): string {
  return part === 0 ? 'Client' : `Contact ${part}`;
}

/** The fields of a part of a case row, whether a column can give them or they only come out of a name. */
export const PART_FIELDS: readonly FieldDefinition[] = [
  ...CONTACT_FIELDS.map((field) => partField(0, field)),
  ...furtherParts().flatMap((part) => [...CONTACT_FIELDS.map((field) => partField(part, field)), roleField(part)]),
];

/** What columns of a case file can be mapped to, in the order they are offered (FLD-003). */
export const OFFERED_FIELDS: readonly FieldDefinition[] = [
  ...CASE_FIELDS.slice(0, 3),
  ...PART_FIELDS.filter(({ of }) => of?.part === 0),
  ...PART_FIELDS.filter(({ of, key }) => (of === undefined ? key.endsWith('Role') : of.part > 0 && FURTHER_OFFERED.includes(of.key))),
  ...CASE_FIELDS.slice(3),
];

/** Headers that in a case file may name several things: they are proposed as the client's name, and asked about. */
export function ambiguousWordings(): readonly string[] {
  return [...ANYBODY];
}

/** Plain wordings of a contact field that in a case file mean its client (MAP-002). */
export function plainWordings(field: FieldDefinition): readonly string[] {
  const of = CONTACT_FIELDS.find(({ key }) => field.of?.part === 0 && key === field.of.key);
  if (of === undefined || OF_THE_CASE.has(of.key)) return [];
  return [of.label, of.key, ...of.synonyms].filter((wording) => !ANYBODY.has(wording.toLowerCase()));
}

function partField(part: number, field: FieldDefinition): FieldDefinition {
  const who = partLabel(part);
  const { standsInFor, ...own } = field;
  return {
    ...own,
    key: partKey(part, field.key),
    label: field.key === 'fullName' ? `${who} name` : `${who} ${inSentence(field.label)}`,
    of: { part, key: field.key },
    synonyms: synonymsOf(part, who.toLowerCase(), field),
    ...(standsInFor === undefined ? {} : { standsInFor: standsInFor.map((key) => partKey(part, key)) }),
  };
}

function synonymsOf(part: number, who: string, field: FieldDefinition): readonly string[] {
  const ofClient = field.synonyms.filter((wording) => wording.startsWith('client '));
  const words = [field.label, ...field.synonyms].filter((wording) => !ofClient.includes(wording));
  const own = [...(part === 0 ? ofClient : []), ...words.flatMap((wording) => [`${who} ${wording}`, ...(part === 0 ? [] : [`party ${part} ${wording}`])])];
  const byRole = BY_ROLE.filter((named) => named.part === part).flatMap((named) => named.words);
  if (field.key !== 'fullName') return [...own, ...byRole.flatMap((word) => words.map((wording) => `${word} ${wording}`))];
  const names = byRole.flatMap((word) => [word, `${word} name`, `name of ${word}`]);
  return [...own, ...names, ...(part === 0 ? CLIENT_NAMES : [`party ${part}`, `contact ${part}`])];
}

/** `Phone` after a noun is `phone`; `SMS opt-in` and `ZIP` stay as they are. */
function inSentence(label: string): string {
  return /^[A-Z]{2}/.test(label) ? label : `${label.charAt(0).toLowerCase()}${label.slice(1)}`;
}

function furtherParts(): number[] {
  return Array.from({ length: FURTHER_CONTACTS_MAX }, (_, index) => index + 1);
}
