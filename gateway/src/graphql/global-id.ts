import { notFound } from '@caseledger/errors';

const TYPES = ['Company', 'User', 'ApiKey', 'Contact', 'Case', 'CaseType', 'CaseList', 'Import', 'Revert'] as const;

export type NodeType = (typeof TYPES)[number];

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The Relay id of an object: base64url of `Type:id` (API-002). */
export function globalId(type: NodeType, id: string): string {
  return Buffer.from(`${type}:${id}`).toString('base64url');
}

export interface NodeRef {
  readonly type: NodeType;
  readonly id: string;
}

/** The object a global id names; undefined when the text is none. */
export function parseGlobalId(text: string): NodeRef | undefined {
  const [type, id, ...rest] = Buffer.from(text, 'base64url').toString('utf8').split(':');
  const known = TYPES.find((name) => name === type);
  if (known === undefined || id === undefined || rest.length > 0 || !UUID.test(id)) return undefined;
  return { type: known, id };
}

/**
 * The service's id behind a global id of this type. A bare UUID is taken too, so that ids from the command line, REST
 * and events work everywhere. An id of another type behaves as not existing (SEC-001).
 */
export function localId(type: NodeType, text: string): string {
  if (UUID.test(text)) return text;
  const ref = parseGlobalId(text);
  if (ref?.type !== type) throw notFound();
  return ref.id;
}

/** What an effect wrote, by its kind: CASE_CREATED and LIST_MEMBER_ADDED are a case's, everything else is a contact's. */
export function effectRecord(kind: string): RecordType {
  return kind.startsWith('CASE_') || kind.startsWith('LIST_') ? 'Case' : 'Contact';
}

/** The types of what an import writes and a history tells of. */
export type RecordType = 'Contact' | 'Case';

/** What a text names that may be either kind of record; the type is unknown where it is a bare UUID. */
export function recordRef(text: string): { readonly type: RecordType | undefined; readonly id: string } {
  if (UUID.test(text)) return { type: undefined, id: text };
  const ref = parseGlobalId(text);
  if (ref?.type !== 'Contact' && ref?.type !== 'Case') throw notFound();
  return { type: ref.type, id: ref.id };
}
