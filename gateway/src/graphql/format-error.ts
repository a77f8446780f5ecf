import { isCode, isDomainError, messageFor } from '@caseledger/errors';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';

/** Codes Apollo gives to faults of the request itself: they are told as they are. */
const REQUEST_FAULTS: ReadonlySet<unknown> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'BAD_REQUEST',
  'PERSISTED_QUERY_NOT_FOUND',
  'OPERATION_RESOLUTION_FAILURE',
]);

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
    if (typeof code === 'string' && (isCode(code) || REQUEST_FAULTS.has(code)) && code !== 'INTERNAL_ERROR') {
      return { message: formatted.message, ...place, extensions: { code, requestId } };
    }
    report(cause, requestId);
    return { message: messageFor('INTERNAL_ERROR', { ref: requestId }), ...place, extensions: { code: 'INTERNAL_ERROR', requestId } };
  };
}
