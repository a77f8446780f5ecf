import type { Code } from './catalogue.js';
import { messageFor, UNSURE, type Params } from './message.js';

/** The kinds of error a rule throws; each edge translates them by one table (see `edges.ts`). */
export type ErrorKind = 'validation' | 'illegal-state' | 'not-found' | 'concurrency' | 'access' | 'limit';

/** One fault of one field of a request (RST-001 `errors[]`, GraphQL user errors). */
export interface FieldError {
  readonly field: string;
  readonly code: Code;
  readonly params?: Params;
}

/** An error a caller can cause and is told about: its message comes from the catalogue and holds nothing internal. */
export class DomainError extends Error {
  constructor(
    readonly kind: ErrorKind,
    readonly code: Code,
    readonly params: Params = {},
    readonly field?: string,
    readonly details?: readonly FieldError[],
  ) {
    super(messageFor(code, params));
    this.name = 'DomainError';
  }
}

/** A value that breaks a rule. `field` is the key of the field, if one field is at fault. */
export function validation(code: Code, params?: Params, field?: string): DomainError {
  return new DomainError('validation', code, params, field);
}

/** Several faults of one request, reported together; the first one names the error as a whole. */
export function validationOf(details: readonly [FieldError, ...FieldError[]]): DomainError {
  const [first] = details;
  return new DomainError('validation', first.code, first.params, first.field, details);
}

/** The thing asked for is not possible in this state (`STATE_NOT_ALLOWED`); `state` is shown to the user. */
export function illegalState(state: string): DomainError {
  return new DomainError('illegal-state', 'STATE_NOT_ALLOWED', { state });
}

/** A request refused as things stand, by one of the codes of kind A, such as `PLAN_STALE`. */
export function refused(code: Code, params?: Params): DomainError {
  return new DomainError('illegal-state', code, params);
}

/** The thing does not exist, or not for this caller: the two are never told apart. */
export function notFound(): DomainError {
  return new DomainError('not-found', 'NOT_FOUND');
}

/** Someone else was faster, such as `VERSION_CONFLICT`. */
export function concurrency(code: Code, params?: Params): DomainError {
  return new DomainError('concurrency', code, params);
}

/** Signed in, but not allowed. */
export function denied(code: Code = 'FORBIDDEN'): DomainError {
  return new DomainError('access', code);
}

/** Not signed in, or no longer. */
export function unauthenticated(): DomainError {
  return new DomainError('access', 'UNAUTHENTICATED');
}

/** Over a limit of PRODUCT §6. */
export function limit(code: Code, params?: Params): DomainError {
  return new DomainError('limit', code, params);
}

/**
 * The answer to a request that was stored or not, nobody knows: whoever repeats it without a key may do it twice.
 * @param ref what the cause is logged under
 */
export function outcomeUnknown(ref: string): DomainError {
  return new DomainError('illegal-state', 'INTERNAL_ERROR', { ref, [UNSURE]: 1 });
}

/** Whether an error says of itself that what it ended may have been done all the same. */
export function isOutcomeUnknown(thrown: unknown): boolean {
  return thrown instanceof Error && 'outcome' in thrown && thrown.outcome === 'UNKNOWN';
}

/** Whether something thrown is a DomainError; works for one made by another copy of this package too. */
export function isDomainError(thrown: unknown): thrown is DomainError {
  return (
    thrown instanceof DomainError || (thrown instanceof Error && thrown.name === 'DomainError' && 'code' in thrown)
  );
}
