import { codeOf, pageOf, rowCursorOf, wordOf } from './query.values.js';

describe('values of a query string', () => {
  it('takes a word in any case and with a hyphen, and nothing for nothing', () => {
    expect(wordOf('partially-worked', 'status')).toBe('PARTIALLY_WORKED');
    expect(wordOf('running', 'state')).toBe('RUNNING');
    expect(wordOf(undefined, 'state')).toBe('');
  });

  it.each([
    ['state', 'BOGUS'],
    ['outcome', 'constructor'],
    ['format', 'pdf'],
    ['of', '__proto__'],
  ] as const)('refuses %s=%s instead of finding nothing', (field, text) => {
    expect(() => wordOf(text, field)).toThrow(expect.objectContaining({ code: 'VALUE_NOT_ALLOWED', field }));
  });

  it('refuses a repeated parameter, which arrives as a list', () => {
    expect(() => wordOf(['RUNNING', 'PAUSED'], 'state')).toThrow(expect.objectContaining({ code: 'VALUE_NOT_ALLOWED' }));
  });

  it('filters by codes of the catalogue only', () => {
    expect(codeOf('EMAIL_INVALID', 'code')).toBe('EMAIL_INVALID');
    expect(() => codeOf('EMAIL', 'code')).toThrow(expect.objectContaining({ code: 'VALUE_NOT_ALLOWED', field: 'code' }));
  });

  it('refuses a cursor that is no row number, so that a page is never read twice', () => {
    expect(rowCursorOf('12')).toBe(12);
    expect(() => rowCursorOf('x')).toThrow(expect.objectContaining({ code: 'VALUE_NOT_ALLOWED', field: 'cursor' }));
    expect(() => rowCursorOf('-1')).toThrow(expect.objectContaining({ code: 'VALUE_NOT_ALLOWED' }));
  });

  it.each(['0', '501', 'many'])('refuses a page of %s', (text) => {
    expect(() => pageOf(text)).toThrow(expect.objectContaining({ code: 'PAGE_SIZE_EXCEEDED' }));
  });
});
