import { askedOf, codeOf, pageOf, rowCursorOf, wordOf } from './query.values.js';

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

  it.each([
    ['0', 'VALUE_NOT_ALLOWED'],
    ['-1', 'VALUE_NOT_ALLOWED'],
    ['many', 'VALUE_NOT_ALLOWED'],
    ['501', 'PAGE_SIZE_EXCEEDED'],
  ])('refuses a page of %s', (text, code) => {
    expect(() => pageOf(text)).toThrow(expect.objectContaining({ code }));
  });

  it('refuses parameters that a list does not have, by their names, and those given twice', () => {
    expect(askedOf({ search: 'a' }, ['search', 'limit'])).toEqual({ search: 'a' });
    expect(() => askedOf({ search: 'a', serch: 'b', state: 'c' }, ['search'])).toThrow(expect.objectContaining({ code: 'FIELD_UNKNOWN', field: 'serch', details: [expect.objectContaining({ field: 'serch' }), expect.objectContaining({ field: 'state' })] }));
    expect(() => askedOf({ search: ['a', 'b'] }, ['search'])).toThrow(expect.objectContaining({ code: 'VALUE_NOT_ALLOWED', field: 'search' }));
  });
});
