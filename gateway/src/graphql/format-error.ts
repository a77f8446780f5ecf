import { isCode, isDomainError, messageFor, type Code } from '@caseledger/errors';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';

/** Codes the server gives to faults of the request itself: its words are told, under a code of the catalogue. */
const REQUEST_FAULTS: ReadonlySet<unknown> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'BAD_REQUEST',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
  'OPERATION_RESOLUTION_FAILURE',
]);

/** How the library begins or ends what it says of names that the schema does not have, and of what is missing. */
const UNKNOWN_NAME = /^(?:Cannot query field|Unknown (?:argument|type|directive|fragment))|is not defined by type/;
const MISSING = /was not provided|must not be null|non-null type .* not to be null/;

function faultCode(message: string): Code {
  if (UNKNOWN_NAME.test(message)) return 'FIELD_UNKNOWN';
  return MISSING.test(message) ? 'REQUIRED_MISSING' : 'VALUE_NOT_ALLOWED';
}

/** Called for what nobody expected; it writes the cause to the log under the reference that the user sees. */
export type ReportUnexpected = (cause: unknown, requestId: string) => void;

/** An error of a request with our code and the request's id; never a stack, a query of the database or a cause (API-003). */
export function formatError(report: ReportUnexpected, newId: () => string): (formatted: GraphQLFormattedError, thrown: unknown) => GraphQLFormattedError {
  return (formatted, thrown) => {
    const requestId = newId();
    const cause = thrown instanceof GraphQLError ? (thrown.originalError ?? thrown) : thrown;
    const place = { ...(formatted.path === undefined ? {} : { path: formatted.path }), ...(formatted.locations === undefined ? {} : { locations: formatted.locations }) };
    if (isDomainError(cause)) return { message: cause.message, ...place, extensions: { code: cause.code, requestId } };
    const code = formatted.extensions?.['code'];
    if (REQUEST_FAULTS.has(code)) return { message: formatted.message, ...place, extensions: { code: faultCode(formatted.message), requestId } };
    if (typeof code === 'string' && isCode(code) && code !== 'INTERNAL_ERROR') return { message: formatted.message, ...place, extensions: { code, requestId } };
    report(cause, requestId);
    return { message: messageFor('INTERNAL_ERROR', { ref: requestId }), ...place, extensions: { code: 'INTERNAL_ERROR', requestId } };
  };
}
