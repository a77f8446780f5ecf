import { illegalState, limit, refused, validation, type DomainError } from '@caseledger/errors';

/** What users call what a list is made of. */
const LABELS: ReadonlyMap<string, string> = new Map([
  ['name', 'List name'],
  ['description', 'Description'],
  ['visibility', 'Visibility'],
]);

function labelOf(field: string): string {
  return LABELS.get(field) ?? field;
}

/** The errors of the rules of lists, in their own words. */
export const refuse = {
  nameTaken(): DomainError {
    return refused('LIST_NAME_TAKEN');
  },
  requiredMissing(field: string): DomainError {
    return validation('REQUIRED_MISSING', { field: labelOf(field) }, field);
  },
  textTooLong(field: string, n: number, most: number): DomainError {
    return validation('TEXT_TOO_LONG', { n, field: labelOf(field), limit: most }, field);
  },
  valueNotAllowed(field: string, text: string): DomainError {
    return validation('VALUE_NOT_ALLOWED', { field: labelOf(field), text }, field);
  },
  limitReached(most: number): DomainError {
    return limit('LIMIT_REACHED', { limit: most, things: 'lists' });
  },
  stateNotAllowed(state: string): DomainError {
    return illegalState(state);
  },
} as const;
