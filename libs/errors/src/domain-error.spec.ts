import {
  type DomainError,
  concurrency,
  denied,
  fromWire,
  grpcStatus,
  httpStatus,
  illegalState,
  isDomainError,
  issueMessage,
  limit,
  notFound,
  refused,
  severityOf,
  toWire,
  unauthenticated,
  validation,
  validationOf,
  type FieldError,
} from './index.js';

describe('a domain error at the edges', () => {
  const table: [DomainError, number, number][] = [
    [validation('REQUIRED_MISSING', { field: 'Last name' }, 'lastName'), 422, 3],
    [illegalState('RUNNING'), 409, 9],
    [refused('PLAN_STALE', { n: 2 }), 409, 9],
    [notFound(), 404, 5],
    [concurrency('VERSION_CONFLICT', { user: 'Dana', fields: 'city' }), 409, 10],
    [denied(), 403, 7],
    [unauthenticated(), 401, 16],
    [limit('RATE_LIMITED', { seconds: 4 }), 429, 8],
    [limit('BODY_TOO_LARGE', { limit: '5 MB' }), 413, 8],
    [limit('LIMIT_REACHED', { limit: 10, things: 'phones' }), 422, 8],
    [refused('IDEMPOTENCY_KEY_REUSED'), 422, 9],
    [refused('FILE_EXPIRED', { date: '2024-02-01' }), 410, 9],
  ];

  it.each(table)('%s is HTTP %d and gRPC %d', (error, http, grpc) => {
    expect(httpStatus(error.code, error.kind)).toBe(http);
    expect(grpcStatus(error.kind, error.code)).toBe(grpc);
  });

  it('is told from any other error', () => {
    expect(isDomainError(notFound())).toBe(true);
    expect(isDomainError(new Error('syntax error at or near'))).toBe(false);
    expect(isDomainError('NOT_FOUND')).toBe(false);
  });

  it('shows the message of its code', () => {
    expect(validation('REQUIRED_MISSING', { field: 'Last name' }, 'lastName').message).toBe('Last name is required.');
  });
});

describe('the wire form', () => {
  it('brings an error through unchanged', () => {
    const error = validationOf([
      { field: 'lastName', code: 'REQUIRED_MISSING', params: { field: 'Last name' } },
      { field: 'email', code: 'EMAIL_INVALID', params: { text: 'ana@müller' } },
    ]);
    const read = fromWire(toWire(error));
    expect(read).toEqual(error);
    expect(read?.details).toEqual(error.details);
    expect(read?.message).toBe('Last name is required.');
  });

  it('is ASCII, so that it may travel as a header', () => {
    expect(toWire(validation('EMAIL_INVALID', { text: 'józef@ünï\n😀' }))).toMatch(/^[\x20-\x7e]+$/);
  });

  it('stays within its bound, however much there is to say', () => {
    const faults = Array.from({ length: 500 }, (_, n): FieldError => {
      return { field: `items[${n}].email`, code: 'EMAIL_INVALID', params: { text: 'é'.repeat(10_000) } };
    });
    const [first = { field: '', code: 'EMAIL_INVALID' }, ...rest] = faults;
    const line = toWire(validationOf([first, ...rest]));
    expect(line.length).toBeLessThanOrEqual(6_000);
    expect(fromWire(line)?.code).toBe('EMAIL_INVALID');
  });

  it.each([
    '',
    '{',
    '[]',
    'null',
    '{"kind":"access"}',
    '{"kind":"access","code":"constructor"}',
    '{"kind":"x","code":"NOT_FOUND"}',
    'x'.repeat(7_000),
  ])('does not make an error of %p', (line) => {
    expect(fromWire(line)).toBeUndefined();
  });
});

describe('a row issue', () => {
  it('fills its message from text, field and suggestion', () => {
    expect(
      issueMessage({
        code: 'VALUE_NOT_ALLOWED',
        severity: 'ERROR',
        text: 'Activ',
        field: 'status',
        suggestion: 'ACTIVE',
        params: { field: 'Status' },
      }),
    ).toBe('Activ is not an allowed Status. Did you mean ACTIVE?');
  });

  it('has the severity of its code', () => {
    expect(severityOf('PARTS_DIFFER')).toBe('WARNING');
    expect(severityOf('PHONE_INVALID')).toBe('ERROR');
  });
});
