import { illegalState, type DomainError } from '@caseledger/errors';

/** The errors of a run's rules, in their own words. */
export const refuseRun = {
  stateNotAllowed(state: string): DomainError {
    return illegalState(state);
  },
} as const;
