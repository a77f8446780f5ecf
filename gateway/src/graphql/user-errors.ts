import { isDomainError, type DomainError } from '@caseledger/errors';
import type { UserError } from '../gen/resolvers.js';

/** A domain error as the data that a payload carries (API-003). */
export function userErrorsOf(error: DomainError): UserError[] {
  const suggestion = error.params['suggestion'];
  const whole: UserError = {
    code: error.code,
    message: error.message,
    field: error.field,
    suggestion: suggestion === undefined ? null : String(suggestion),
  };
  if (error.details === undefined || error.details.length === 0) return [whole];
  return error.details.map((detail) => ({ code: detail.code, message: whole.message, field: detail.field }));
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
