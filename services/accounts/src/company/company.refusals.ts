import { denied, illegalState, notFound, type DomainError } from '@caseledger/errors';

/** The errors of the company's rules; the decider itself imports nothing (STYLE §6). */
export const refuse = {
  exists: (): DomainError => illegalState('the company exists already'),
  unknown: (): DomainError => notFound(),
  suspended: (): DomainError => illegalState('the company is suspended'),
  needsOwner: (): DomainError => denied(),
} as const;
