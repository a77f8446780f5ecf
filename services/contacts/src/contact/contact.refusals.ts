import { concurrency, illegalState, validation, validationOf, type DomainError } from '@caseledger/errors';
import { labelOf } from '@caseledger/fields';

/** What one value is called of a list, or of a part of its elements. */
const LISTED: ReadonlyMap<string, string> = new Map([
  ['phones', 'phone'],
  ['emails', 'email'],
  ['addresses', 'address'],
  ['tags', 'tag'],
  ['phones.label', 'phone label'],
  ['emails.label', 'email label'],
  ['addresses.label', 'address label'],
]);

/** What users call a field or a value of a list. */
export function wordsFor(field: string): string {
  return LISTED.get(field) ?? labelOf(field);
}

/** The errors of the contact's rules, in their own words: the decider stays free of imports (STYLE §6). */
export const refuse = {
  requiredMissing(fields: readonly [string, ...string[]]): DomainError {
    const [first, ...rest] = fields;
    const detail = (field: string) => ({
      field,
      code: 'REQUIRED_MISSING' as const,
      params: { field: labelOf(field) },
    });
    return validationOf([detail(first), ...rest.map(detail)]);
  },
  duplicateValue(field: string, value: string): DomainError {
    return validation('DUPLICATE_VALUE', { value }, field);
  },
  tooManyValues(field: string, limit: number): DomainError {
    return validation('TOO_MANY_VALUES', { limit, field: wordsFor(field) }, field);
  },
  valueNotAllowed(field: string, text: string): DomainError {
    return validation('VALUE_NOT_ALLOWED', { field: wordsFor(field), text }, field);
  },
  externalIdTaken(id: string, record: string): DomainError {
    return validation('EXTERNAL_ID_TAKEN', { id, record }, 'externalId');
  },
  optOutKept(person: string, channel: string): DomainError {
    return validation('OPT_OUT_KEPT', { person, channel }, `${channel.toLowerCase()}OptIn`);
  },
  versionConflict(fields: readonly string[], user: string): DomainError {
    return concurrency('VERSION_CONFLICT', { user, fields: fields.join(', ') });
  },
  stateNotAllowed(state: string): DomainError {
    return illegalState(state);
  },
} as const;
