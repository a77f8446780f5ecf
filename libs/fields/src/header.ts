import { fold } from '@caseledger/normalise';
import { clientFields } from './catalogue.js';
import type { FieldDefinition } from './field.js';

/** Why a header was taken for a field, in the words of MAP-001. */
export type HeaderReason = 'same as label' | 'same as key' | 'known wording';

/** Longer headers are sentences, not names of columns. */
const HEADER_CHARACTERS_MAX = 200;

/** Words that forms and exports add to a header without changing what it names. */
const DECORATION = new Set(['required', 'optional', 'recommended', 'the']);

/** Columns that are never importable (MAP-010), by their folded wordings, with why. */
const NOT_IMPORTABLE: ReadonlyMap<string, string> = new Map(
  Object.entries({
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
  }).flatMap(([why, names]) => names.map((name): [string, string] => [compact(name), why])),
);

const BY_WORDING = indexWordings();

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
export function findByHeader(header: string): { field: FieldDefinition; reason: HeaderReason } | undefined {
  return BY_WORDING.get(compact(header));
}

/** Why a column with this header can never be imported (MAP-010), as the end of "…cannot be imported: "; or undefined. */
export function columnNotImportable(header: string): string | undefined {
  return NOT_IMPORTABLE.get(compact(header));
}

function indexWordings(): ReadonlyMap<string, { field: FieldDefinition; reason: HeaderReason }> {
  const index = new Map<string, { field: FieldDefinition; reason: HeaderReason }>();
  const learn = (wording: string, field: FieldDefinition, reason: HeaderReason): void => {
    const key = compact(wording);
    if (!index.has(key)) index.set(key, { field, reason });
  };
  // A label beats a key and a key a wording, whichever field comes first.
  for (const field of clientFields()) learn(field.label, field, 'same as label');
  for (const field of clientFields()) learn(field.key, field, 'same as key');
  for (const field of clientFields()) field.synonyms.forEach((wording) => learn(wording, field, 'known wording'));
  return index;
}

function singular(word: string): string {
  if (word.length <= 3 || !word.endsWith('s') || word.endsWith('ss') || word.endsWith('us')) return word;
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  return /(?:ss|x|ch|sh)es$/.test(word) ? word.slice(0, -2) : word.slice(0, -1);
}
