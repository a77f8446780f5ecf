import { concurrency, illegalState, limit, validation, type DomainError } from '@caseledger/errors';

/** The errors of the rules of case types, in their own words. */
export const refuse = {
  requiredMissing(field: string): DomainError {
    return validation('REQUIRED_MISSING', { field }, field);
  },
  textTooLong(field: string, n: number, most: number): DomainError {
    return validation('TEXT_TOO_LONG', { n, field, limit: most }, field);
  },
  duplicateValue(field: string, value: string): DomainError {
    return validation('DUPLICATE_VALUE', { value }, field);
  },
  valueNotAllowed(field: string, text: string): DomainError {
    return validation('VALUE_NOT_ALLOWED', { field, text }, field);
  },
  limitReached(most: number, things: string): DomainError {
    return limit('LIMIT_REACHED', { limit: most, things });
  },
  versionConflict(user: string): DomainError {
    return concurrency('VERSION_CONFLICT', { user, fields: 'the case type' });
  },
  stateNotAllowed(state: string): DomainError {
    return illegalState(state);
  },
} as const;
