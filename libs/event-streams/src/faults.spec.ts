import { QueryFailedError } from 'typeorm';
import { DeadlineExceeded, NotRefilled, describeFault, isTransient } from './faults.js';

function withCode(code: unknown, more: object = {}): Error {
  return Object.assign(new Error('failed'), { code }, more);
}

describe('isTransient', () => {
  it.each(['40001', '40P01', '55P03', '57P01', '57014', '08006', '53100', '53300', '25P03', 'ECONNRESET', 'ECONNREFUSED', 'EAI_AGAIN'])('holds for %s', (code) => {
    expect(isTransient(withCode(code))).toBe(true);
    expect(isTransient(new QueryFailedError('select', [], withCode(code)))).toBe(true);
    expect(isTransient(new Error('outer', { cause: withCode(code) }))).toBe(true);
  });

  it.each([1, 4, 8, 10, 14, 16])('holds for the gRPC status %d', (code) => {
    expect(isTransient(withCode(code, { metadata: {} }))).toBe(true);
  });

  it('holds for deadlines, for a lost connection and for what says so of itself', () => {
    expect(isTransient(new DeadlineExceeded('A transaction', 5))).toBe(true);
    expect(isTransient(new Error('Connection terminated unexpectedly'))).toBe(true);
    expect(isTransient(new NotRefilled('caseledger.counted.v1'))).toBe(true);
  });

  it.each([
    new TypeError('x is undefined'),
    withCode('23505'),
    withCode('42P01'),
    withCode('25P02'),
    withCode(3, { metadata: {} }),
    withCode(14),
    'text',
    undefined,
  ])('does not hold for %p', (thrown) => {
    expect(isTransient(thrown)).toBe(false);
  });
});

describe('describeFault', () => {
  it('tells where something failed, never what its message quotes', () => {
    const described = describeFault(withCode('23505', { message: 'ana@example.test exists' }));
    expect(described).toMatch(/^Error 23505 at .*faults\.spec\.ts:\d+$/);
    expect(described).not.toContain('ana');
  });

  it('says the kind of what is no error', () => {
    expect(describeFault('secret')).toBe('string');
  });
});
