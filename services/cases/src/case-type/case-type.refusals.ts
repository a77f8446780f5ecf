import { concurrency, illegalState, limit, validation, type DomainError } from '@caseledger/errors';

/** What users call what a case type is made of. */
const LABELS: ReadonlyMap<string, string> = new Map([
  ['name', 'Name'],
  ['description', 'Description'],
  ['practiceArea', 'Practice area'],
  ['colour', 'Colour'],
  ['caseType', 'Case type'],
  ['caseStatus', 'Case status'],
  ['statuses', 'Status'],
  ['statuses.name', 'Status name'],
  ['statuses.description', 'Status description'],
  ['statuses.clientWording', 'Client wording'],
  ['statuses.next', 'Following status'],
  ['replacements', 'Replacing status'],
]);

function labelOf(field: string): string {
  return LABELS.get(field) ?? field;
}

/** The errors of the rules of case types, in their own words. */
export const refuse = {
  requiredMissing(field: string): DomainError {
    return validation('REQUIRED_MISSING', { field: labelOf(field) }, field);
  },
  textTooLong(field: string, n: number, most: number): DomainError {
    return validation('TEXT_TOO_LONG', { n, field: labelOf(field), limit: most }, field);
  },
  duplicateValue(field: string, value: string): DomainError {
    return validation('DUPLICATE_VALUE', { value }, field);
  },
  valueNotAllowed(field: string, text: string): DomainError {
    return validation('VALUE_NOT_ALLOWED', { field: labelOf(field), text }, field);
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
