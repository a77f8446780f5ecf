import {
  concurrency,
  illegalState,
  refused,
  validation,
  validationOf,
  type DomainError,
} from '@caseledger/errors';
import { labelOf } from '@caseledger/fields';

/** What one value is called of a list, or of a part of its elements. */
const LISTED: ReadonlyMap<string, string> = new Map([
  ['tags', 'tag'],
  ['keyDates', 'key date'],
  ['keyDates.kind', 'kind of key date'],
  ['keyDates.reminderDays', 'number of reminder days'],
]);

/** What users call a field or a value of a list. */
export function wordsFor(field: string): string {
  return LISTED.get(field) ?? labelOf(field, 'CASES');
}

/** The errors of the case's rules, in their own words: the decider stays free of imports (STYLE §6). */
export const refuse = {
  requiredMissing(field: string): DomainError {
    return validationOf([{ field, code: 'REQUIRED_MISSING', params: { field: wordsFor(field) } }]);
  },
  needsClient(): DomainError {
    return refused('CASE_NEEDS_CLIENT');
  },
  archived(): DomainError {
    return refused('CASE_ARCHIVED');
  },
  alreadyLinked(role: string): DomainError {
    return refused('ALREADY_LINKED', { role });
  },
  roleUnknown(text: string): DomainError {
    return validation('ROLE_UNKNOWN', { text }, 'role');
  },
  valueNotAllowed(field: string, text: string): DomainError {
    return validation('VALUE_NOT_ALLOWED', { field: wordsFor(field), text }, field);
  },
  tooManyValues(field: string, limit: number): DomainError {
    return validation('TOO_MANY_VALUES', { limit, field: wordsFor(field) }, field);
  },
  externalIdTaken(id: string, record: string): DomainError {
    return validation('EXTERNAL_ID_TAKEN', { id, record }, 'externalId');
  },
  linkNotFound(type: string, value: string): DomainError {
    return validation('LINK_NOT_FOUND', { type, value }, type);
  },
  listTypeMismatch(listType: string, type: string): DomainError {
    return validation('LIST_CASE_TYPE_MISMATCH', { listType, type }, 'lists');
  },
  versionConflict(fields: readonly string[], user: string): DomainError {
    return concurrency('VERSION_CONFLICT', { user, fields: fields.join(', ') });
  },
  stateNotAllowed(state: string): DomainError {
    return illegalState(state);
  },
} as const;
