import { denied, notFound, validation, type DomainError } from '@caseledger/errors';

/** The errors of the key's rules; the decider itself imports nothing (STYLE §6). */
export const refuse = {
  unknown: (): DomainError => notFound(),
  required: (field: string): DomainError => validation('REQUIRED_MISSING', { field }, field),
  scopeBeyondUser: (): DomainError => denied(),
  expiresInThePast: (expiresAtMs: number, nowMs: number): DomainError => {
    const params = { date: instantOf(expiresAtMs), min: instantOf(nowMs), max: LAST_INSTANT };
    return validation('DATE_OUT_OF_RANGE', params, 'expiresAt');
  },
} as const;

/** A key may be for ever; this is the end of the years that a date is written with. */
const LAST_INSTANT = '9999-12-31T23:59:59Z';

function instantOf(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
