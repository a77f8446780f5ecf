import { validation } from '@caseledger/errors';

/** Somebody's own words stay with the fact for ever, so they have an end. */
const REASON_CHARACTERS_MAX = 1_000;

/** Why something was done, as it was given. @throws DomainError TEXT_TOO_LONG */
export function reasonOf({ reason }: { readonly reason: string }): string {
  if (reason.length > REASON_CHARACTERS_MAX) throw validation('TEXT_TOO_LONG', { n: reason.length, field: 'reason', limit: REASON_CHARACTERS_MAX }, 'reason');
  return reason;
}
