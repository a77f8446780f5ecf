import { denied, notFound, validation, type DomainError } from '@caseledger/errors';

/** The errors of the key's rules; the decider itself imports nothing (STYLE §6). */
export const refuse = {
  unknown: (): DomainError => notFound(),
  required: (field: string): DomainError => validation('REQUIRED_MISSING', { field }, field),
  scopeBeyondUser: (): DomainError => denied(),
  expiresInThePast: (): DomainError => validation('DATE_OUT_OF_RANGE', { date: 'the expiry', min: 'now', max: 'later' }, 'expiresAt'),
} as const;
