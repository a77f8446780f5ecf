import type { RowIssue } from '@caseledger/errors';
import { measuresOf, oneCauseEach } from './row-issues.js';

const error = (code: RowIssue['code'], field?: string): RowIssue => ({ code, severity: 'ERROR', ...(field === undefined ? {} : { field }) });

describe('errors of a record', () => {
  it('have one code for each cause: what was refused is not missing as well', () => {
    const [refused, ofOther, ofNone] = [error('CELL_INVALID_CHAR', 'firstName'), error('REQUIRED_MISSING', 'lastName'), error('REQUIRED_MISSING')];
    expect(oneCauseEach([refused, error('REQUIRED_MISSING', 'firstName'), ofOther, ofNone])).toEqual([refused, ofOther, ofNone]);
    expect(oneCauseEach([error('ROW_TOO_LONG'), ofNone])).toEqual([error('ROW_TOO_LONG'), ofNone]);
  });

  it('keep which field it is, how much it was and how much is allowed, never a value', () => {
    const params = { n: 5_000, limit: '100', field: 'First name', text: '555 0100', value: 'Ana' };
    expect(measuresOf({ params })).toEqual({ field: 'First name', n: '5000', limit: '100' });
    expect(measuresOf({})).toEqual({});
  });
});
