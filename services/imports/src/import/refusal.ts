import { illegalState, isCode, refused, type DomainError } from '@caseledger/errors';
import type { Reason } from './import.events.js';

/**
 * What the rules of this folder refuse with. Deciders import only their own folder, so the codes reach them through
 * here.
 */

/** Not one of the moves of PRODUCT §4. */
export function notWhile(state: string): DomainError {
  return illegalState(state);
}

/** The analysis asks for a choice that has not been made yet, under its own code (HEADER_NOT_FOUND). */
export function stillAsked({ code, params }: Reason): DomainError {
  return isCode(code) ? refused(code, params) : illegalState(code);
}

export function confirmationRequired(): DomainError {
  return refused('CONFIRMATION_REQUIRED');
}

/** Without `records` the plan was made again for another cause: another hash than the one confirmed. */
export function planStale(records?: number): DomainError {
  return refused('PLAN_STALE', records === undefined ? {} : { n: records });
}

/** The rows of the file are gone, and with them whatever would read them again (FIL-006). */
export function fileExpired(removedOn: string): DomainError {
  return refused('FILE_EXPIRED', { date: removedOn });
}

/** There is nothing that a retry could try again. */
export function nothingToRetry(): DomainError {
  return illegalState('nothing is left to try again');
}
