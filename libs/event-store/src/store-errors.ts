import { DomainError } from '@caseledger/errors';
import type { ExpectedVersion } from './event.types.js';

/** A stream has another version than the writer counted on; nothing was appended. */
export class WrongExpectedVersion extends DomainError {
  constructor(
    readonly stream: string,
    readonly expected: ExpectedVersion,
    /** 0 when the stream does not exist. */
    readonly actual: number,
  ) {
    super('concurrency', 'VERSION_CONFLICT');
  }
}

export type Resource = 'disk' | 'memory' | 'connections' | 'limit';

/** The database has run out of something (SQLSTATE class 53): a reason to pause, never a fault of what was written. */
export class ResourceExhausted extends Error {
  override readonly name = 'ResourceExhausted';

  constructor(
    readonly resource: Resource,
    options: ErrorOptions,
  ) {
    super(`The database has no ${resource} left`, options);
  }
}

/** The database could not be reached, or asked to retry more often than was allowed. Trying later is right. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}

/** The deadline passed; whether by waiting or by working, nothing was committed. */
export class DeadlineExceeded extends Error {
  override readonly name = 'DeadlineExceeded';

  constructor(deadlineMs: number, options?: ErrorOptions) {
    super(`Not done within ${deadlineMs} ms`, options);
  }
}

/**
 * The connection was lost while COMMIT was under way: the transaction may be stored or not. Only work with an
 * idempotency key can be repeated (DESIGN 4).
 */
export class CommitUnknown extends Error {
  override readonly name = 'CommitUnknown';
  /** Read by the edges, which tell users to look before they repeat. */
  readonly outcome = 'UNKNOWN';
}

/** Personal data were to be written for someone who has been erased. */
export class SubjectErased extends Error {
  override readonly name = 'SubjectErased';

  constructor(readonly subjects: readonly string[]) {
    super(`Erased: ${subjects.slice(0, 5).join(', ')}`);
  }
}

/** Streams that were not there when they were looked for were created by somebody else: the whole starts over. */
export class StreamsAppeared extends Error {
  override readonly name = 'StreamsAppeared';

  constructor(streams: readonly string[]) {
    super(`Created meanwhile: ${streams.slice(0, 5).join(', ')}`);
  }
}

/** The catalogue does not know the type, or the event is of a later version than this program. */
export class UnknownEvent extends Error {
  override readonly name = 'UnknownEvent';
}

const RESOURCES: ReadonlyMap<string, Resource> = new Map([
  ['53000', 'limit'],
  ['53100', 'disk'],
  ['53200', 'memory'],
  ['53300', 'connections'],
  ['53400', 'limit'],
]);

/** Serialisation, deadlock, lock timeout, a session the server ended or could not start. */
const RETRY = new Set(['40001', '40P01', '55P03', '57P01', '57P02', '57P03', '25P03']);

/** Errors of the connection itself; node-postgres gives some of them no code. */
const CONNECTION_CODES = new Set(['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT', 'ENOENT', 'ECONNABORTED']);
const CONNECTION_TEXT = /^(Connection terminated|Client has encountered a connection error|timeout expired|Client was closed)/;

/** The SQLSTATE of an error the server answered with. */
export function sqlStateOf(thrown: unknown): string | undefined {
  const code = textOf(thrown, 'code');
  return /^[0-9A-Z]{5}$/.test(code) && !CONNECTION_CODES.has(code) ? code : undefined;
}

export function resourceOf(thrown: unknown): Resource | undefined {
  return RESOURCES.get(sqlStateOf(thrown) ?? '');
}

/** Whether the connection was lost or ended, so that what it was doing is not known. */
export function isConnectionLost(thrown: unknown): boolean {
  const state = sqlStateOf(thrown);
  if (state !== undefined) return state.startsWith('08') || state.startsWith('57P') || state === '25P03';
  return CONNECTION_CODES.has(textOf(thrown, 'code')) || CONNECTION_TEXT.test(textOf(thrown, 'message'));
}

/** Errors of sockets may come from another realm, so they are known by what they hold and not by their class. */
function textOf(thrown: unknown, key: 'code' | 'message'): string {
  if (typeof thrown !== 'object' || thrown === null) return '';
  const held: { readonly code?: unknown; readonly message?: unknown } = thrown;
  const text = held[key];
  return typeof text === 'string' ? text : '';
}

/** Whether the whole transaction is to be tried again: the database asks for it, or a stream appeared (DESIGN §6). */
export function isTransient(thrown: unknown): boolean {
  // The vault is another database: what it could not do within its own retries is tried again with the whole.
  if (thrown instanceof StreamsAppeared || thrown instanceof StoreUnavailable) return true;
  return RETRY.has(sqlStateOf(thrown) ?? '') || isConnectionLost(thrown);
}
