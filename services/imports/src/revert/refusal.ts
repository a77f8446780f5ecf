import { illegalState, refused, type DomainError } from '@caseledger/errors';

/** What the rules of this folder refuse with; deciders import only their own folder. */
export function notWhile(state: string): DomainError {
  return illegalState(state);
}

export function previewStale(): DomainError {
  return refused('REVERT_PREVIEW_STALE');
}

/** Why a revert is not available (REV-001). */
export function unavailable(code: 'REVERT_IMPORT_RUNNING' | 'REVERT_ALREADY_RUNNING' | 'REVERT_NOTHING_TO_DO'): DomainError {
  return refused(code);
}
