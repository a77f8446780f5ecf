import { httpStatus, isDomainError } from '@caseledger/errors';
import { domainErrorOf, refusalOf } from './grpc-errors.js';
import { createLogger } from './logger.js';

/** As the event store throws it when the connection is lost during COMMIT. */
class LostCommit extends Error {
  override readonly name = 'LostCommit';
  readonly outcome = 'UNKNOWN';
}

const lines: string[] = [];
const logger = createLogger({ service: 'errors', to: { write: (line: string) => void lines.push(line) } });

describe('the answer to a call that failed', () => {
  it('says when nobody knows whether it was done, so that nobody repeats it without looking', () => {
    const refusal = refusalOf(new LostCommit('The connection was lost during COMMIT'), logger, '/contacts/Create');
    const told = domainErrorOf(refusal);
    if (!isDomainError(told)) throw new Error('It does not reach the caller in words');
    expect(told.message).toMatch(/^This may have been done or not\. Look before you repeat it; reference [0-9a-f-]{36}\.$/);
    expect([told.code, httpStatus(told.code, told.kind)]).toEqual(['INTERNAL_ERROR', 500]);
    const [, reference = 'none'] = /reference ([0-9a-f-]{36})/.exec(told.message) ?? [];
    expect(lines.some((line) => line.includes(reference) && line.includes('LostCommit'))).toBe(true);
    expect(told.message).not.toContain('COMMIT');
  });

  it('is the reference alone for any other inner fault', () => {
    const refusal = refusalOf(new Error('away'), logger, '/contacts/Create');
    expect(domainErrorOf(refusal)).toBeUndefined();
    expect(refusal.details).toMatch(/^Could not be processed; reference/);
  });
});
