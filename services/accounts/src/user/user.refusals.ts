import { denied, illegalState, notFound, refused, validationOf, type DomainError } from '@caseledger/errors';

/** The errors of the user's rules; the decider itself imports nothing (STYLE §6). */
export const refuse = {
  required(fields: readonly [string, ...string[]]): DomainError {
    const [first, ...rest] = fields;
    const missing = (field: string) => ({ field, code: 'REQUIRED_MISSING' as const, params: { field } });
    return validationOf([missing(first), ...rest.map(missing)]);
  },
  unknown: (): DomainError => notFound(),
  emailTaken: (email: string): DomainError => refused('DUPLICATE_VALUE', { value: email }),
  ownersOnly: (): DomainError => denied(),
  lastOwner: (): DomainError => illegalState('this is the only active owner'),
} as const;
