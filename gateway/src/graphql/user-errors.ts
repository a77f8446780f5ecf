import { isDomainError, messageFor, type DomainError, type Params } from '@caseledger/errors';
import type { UserError } from '../gen/resolvers.js';

/** A domain error as the data that a payload carries (API-003). */
export function userErrorsOf(error: DomainError): UserError[] {
  const { code, message, field, params, details = [] } = error;
  if (details.length === 0) return [{ code, message, field, suggestion: suggestionOf(params) }];
  return details.map((one) => ({ code: one.code, message: messageFor(one.code, one.params), field: one.field, suggestion: suggestionOf(one.params) }));
}

function suggestionOf(params: Params = {}): string | null {
  const suggestion = params['suggestion'];
  return suggestion === undefined ? null : String(suggestion);
}

/**
 * Runs a mutation. What a user can cause becomes `userErrors`; being signed out, and anything unexpected, stays an
 * error of the request.
 */
export async function asPayload<Payload extends { userErrors: UserError[] }>(
  refused: (userErrors: UserError[]) => Payload,
  act: () => Promise<Payload>,
): Promise<Payload> {
  try {
    return await act();
  } catch (error) {
    if (isDomainError(error) && error.code !== 'UNAUTHENTICATED') return refused(userErrorsOf(error));
    throw error;
  }
}
