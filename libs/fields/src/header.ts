import { fold } from '@caseledger/normalise';
import { ROLE_HEADERS, ambiguousWordings, plainWordings } from './case-parts.js';
import { clientFields, fieldOf, fieldsOf } from './catalogue.js';
import type { FieldDefinition, ImportType } from './field.js';

/** Why a header was taken for a field, in the words of MAP-001. */
export type HeaderReason = 'same as label' | 'same as key' | 'known wording' | 'may mean several things';

/** Longer headers are sentences, not names of columns. */
const HEADER_CHARACTERS_MAX = 200;

/** Words that forms and exports add to a header without changing what it names. */
const DECORATION = new Set(['required', 'optional', 'recommended', 'the']);

/** Columns that only a case import has a place for (MAP-010). */
const OF_CASES = {
  'case ids belong to case imports and case numbers are given by the system': [
    'case id',
    'case number',
    'case no',
    'case identifier',
    'matter id',
    'matter number',
    'matter no',
    'file number',
    'aktenzeichen',
  ],
};

/** Columns that are never importable (MAP-010), by their folded wordings, with why. */
const NOT_IMPORTABLE = reasons({
  'messages are not imported': [
    'message',
    'text message',
    'sms message',
    'last message',
    'email message',
    'message history',
    'conversation',
    'chat',
    'chat history',
    'message log',
  ],
  'comments are not imported': ['comment', 'case comment', 'comment history', 'kommentar'],
  'the activity log is written by the system': [
    'activity',
    'activity log',
    'activity history',
    'history',
    'audit log',
    'audit trail',
    'timeline',
    'last activity',
    'last activity date',
    'last modified',
    'last modified date',
    'last modified by',
    'modified by',
    'created by',
  ],
  'the login source is derived from sign-ins': [
    'login source',
    'app status',
    'last login',
    'last login date',
    'app installed',
    'login',
  ],
  'this score is computed by the system': [
    'lead score',
    'score',
    'duplicate score',
    'match score',
    'sentiment',
    'sentiment score',
    'average satisfaction',
    'satisfaction trend',
    'risk score',
    'health score',
  ],
});

const ONLY_OF_CASES = reasons(OF_CASES);

const BY_WORDING = indexWordings(clientFields(), clientFields());
const BY_CASE_WORDING = caseWordings();

/**
 * A header as it is compared: words of `camelCase` apart, folded, without decoration and plural, and without the
 * spaces, so that `E-mail`, `Email` and `EMAIL(s)` are one (MAP-002 (4)).
 */
export function compact(header: string): string {
  const apart = header
    .slice(0, HEADER_CHARACTERS_MAX)
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .replace(/[_]/g, ' ')
    .replace(/\(s\)/g, '');
  const words = fold(apart).split(' ');
  const telling = words.filter((word) => !DECORATION.has(word));
  return (telling.length > 0 ? telling : words).map(singular).join('');
}

/** The field a header names by its label, key or a known wording; undefined when none or more than one would do. */
export function findByHeader(header: string, importType: ImportType = 'CLIENTS'): HeaderMatch | undefined {
  const wordings = importType === 'CASES' ? BY_CASE_WORDING : BY_WORDING;
  // `Case #` is a number; without the sign it would be a name.
  const spelled = header.includes('#') ? wordings.get(compact(header.replaceAll('#', ' no '))) : undefined;
  return spelled ?? wordings.get(compact(header));
}

/** Why a column with this header can never be imported (MAP-010), as the end of "…cannot be imported: "; or undefined. */
export function columnNotImportable(header: string, importType: ImportType = 'CLIENTS'): string | undefined {
  const name = compact(header);
  return NOT_IMPORTABLE.get(name) ?? (importType === 'CASES' ? undefined : ONLY_OF_CASES.get(name));
}

const ROLES_BY_HEADER = new Map(ROLE_HEADERS.map(([header, role]) => [compact(header), role]));

/** What somebody named under this header of a case file is to the case; undefined where the header does not tell. */
export function roleOfHeader(header: string): string | undefined {
  return ROLES_BY_HEADER.get(compact(header));
}

export interface HeaderMatch {
  readonly field: FieldDefinition;
  readonly reason: HeaderReason;
}

type Wordings = Map<string, HeaderMatch>;

function indexWordings(fields: readonly FieldDefinition[], spoken: readonly FieldDefinition[]): Wordings {
  const index: Wordings = new Map();
  // A label beats a key and a key a wording, whichever field comes first.
  for (const field of fields) learn(index, [field.label], field, 'same as label');
  for (const field of fields) learn(index, [field.key], field, 'same as key');
  for (const field of spoken) learn(index, field.synonyms, field, 'known wording');
  return index;
}

/** In a case file a wording means the case before its contacts, and without a noun the client before the others. */
function caseWordings(): Wordings {
  const fields = fieldsOf('CASES');
  const ofCase = fields.filter(({ of }) => of === undefined);
  const index = indexWordings(fields, ofCase);
  const client = fieldOf('CASES', 'clientName');
  if (client !== undefined) learn(index, ambiguousWordings(), client, 'may mean several things');
  for (const field of fields) if (field.of !== undefined) learn(index, field.synonyms, field, 'known wording');
  for (const field of fields) learn(index, plainWordings(field), field, 'known wording');
  return index;
}

function learn(index: Wordings, wordings: readonly string[], field: FieldDefinition, reason: HeaderReason): void {
  for (const key of wordings.map(compact)) if (!index.has(key)) index.set(key, { field, reason });
}

function reasons(names: Readonly<Record<string, readonly string[]>>): ReadonlyMap<string, string> {
  return new Map(Object.entries(names).flatMap(([why, all]) => all.map((name): [string, string] => [compact(name), why])));
}

function singular(word: string): string {
  if (word.length <= 3 || !word.endsWith('s') || word.endsWith('ss') || word.endsWith('us')) return word;
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  return /(?:ss|x|ch|sh)es$/.test(word) ? word.slice(0, -2) : word.slice(0, -1);
}
