import { validation, validationOf } from '@caseledger/errors';
import { userErrorsOf } from './user-errors.js';

describe('the errors of a payload (API-003)', () => {
  it('each have their own message and suggestion', () => {
    const long = { field: 'firstName', code: 'TEXT_TOO_LONG' as const, params: { n: 120, field: 'First name', limit: 100 } };
    const typo = { field: 'status', code: 'VALUE_NOT_ALLOWED' as const, params: { text: 'ACTVE', field: 'status', suggestion: 'ACTIVE' } };
    expect(userErrorsOf(validationOf([long, typo]))).toEqual([
      { code: 'TEXT_TOO_LONG', message: '120 characters; First name takes 100.', field: 'firstName', suggestion: null },
      { code: 'VALUE_NOT_ALLOWED', message: 'ACTVE is not an allowed status. Did you mean ACTIVE?', field: 'status', suggestion: 'ACTIVE' },
    ]);
  });

  it('are one where there are no details', () => {
    expect(userErrorsOf(validation('REQUIRED_MISSING', { field: 'name' }, 'name'))).toEqual([
      { code: 'REQUIRED_MISSING', message: 'name is required.', field: 'name', suggestion: null },
    ]);
  });
});
