import type { Code } from './catalogue.js';
import type { ErrorKind } from './domain-error.js';

const HTTP_OF_KIND: Readonly<Record<ErrorKind, number>> = {
  validation: 422,
  'illegal-state': 409,
  'not-found': 404,
  concurrency: 409,
  access: 403,
  limit: 422,
};

/** Codes whose HTTP status says more than their kind does. */
const HTTP_OF_CODE: ReadonlyMap<Code, number> = new Map([
  ['UNAUTHENTICATED', 401],
  ['FIELD_UNKNOWN', 422],
  ['IDEMPOTENCY_KEY_REUSED', 422],
  ['IDEMPOTENCY_IN_PROGRESS', 409],
  ['BODY_TOO_LARGE', 413],
  ['FILE_TOO_LARGE', 413],
  ['DOCUMENT_TOO_LARGE', 413],
  ['RATE_LIMITED', 429],
  ['PAGE_SIZE_EXCEEDED', 400],
  ['QUERY_TOO_COMPLEX', 400],
  ['FILE_EXPIRED', 410],
  ['LINK_EXPIRED', 410],
  ['PORTAL_LINK_EXPIRED', 410],
  ['PORTAL_LINK_REVOKED', 410],
  ['INTERNAL_ERROR', 500],
]);

/** Numbers of the gRPC status codes; written out so that rules need no gRPC library. */
const GRPC_OF_KIND: Readonly<Record<ErrorKind, number>> = {
  validation: 3, // INVALID_ARGUMENT
  'illegal-state': 9, // FAILED_PRECONDITION
  'not-found': 5, // NOT_FOUND
  concurrency: 10, // ABORTED
  access: 7, // PERMISSION_DENIED
  limit: 8, // RESOURCE_EXHAUSTED
};

const GRPC_UNAUTHENTICATED = 16;

/** The HTTP status of an error at the REST and GraphQL edge (RST-001). */
export function httpStatus(code: Code, kind: ErrorKind): number {
  return HTTP_OF_CODE.get(code) ?? HTTP_OF_KIND[kind];
}

/** The gRPC status number of an error between services. */
export function grpcStatus(kind: ErrorKind, code?: Code): number {
  return code === 'UNAUTHENTICATED' ? GRPC_UNAUTHENTICATED : GRPC_OF_KIND[kind];
}
