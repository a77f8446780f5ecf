import { refused } from '@caseledger/errors';
import { GraphQLError } from 'graphql';
import { formatError } from './format-error.js';

const reported: unknown[] = [];
const format = formatError((cause) => reported.push(cause), () => 'ref-1');

describe('API-003 errors of GraphQL', () => {
  it('keeps the code of a fault found by validation, whatever code the server wraps it in', () => {
    const ours = new GraphQLError('Over the limit.', { originalError: refused('QUERY_TOO_COMPLEX', { limit: 'depth 12' }) });
    const wrapped = new GraphQLError(ours.message, { originalError: ours.originalError ?? ours, extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } });
    expect(format(wrapped.toJSON(), wrapped).extensions).toEqual({ code: 'QUERY_TOO_COMPLEX', requestId: 'ref-1' });
  });

  it.each([
    ['GRAPHQL_VALIDATION_FAILED', 'Cannot query field "nme" on type "Case". Did you mean "name"?', 'FIELD_UNKNOWN'],
    ['BAD_USER_INPUT', 'Variable "$input" got invalid value {}; Field "nick" is not defined by type "ContactInput".', 'FIELD_UNKNOWN'],
    ['BAD_USER_INPUT', 'Variable "$id" of required type "ID!" was not provided.', 'REQUIRED_MISSING'],
    ['GRAPHQL_PARSE_FAILED', 'Syntax Error: Expected Name, found "}".', 'VALUE_NOT_ALLOWED'],
    ['BAD_REQUEST', 'This operation has been blocked as a potential Cross-Site Request Forgery (CSRF).', 'VALUE_NOT_ALLOWED'],
  ])('tells a fault of the request (%s) in its words, under a code of the catalogue', (given, message, code) => {
    const thrown = new GraphQLError(message, { extensions: { code: given } });
    expect(format(thrown.toJSON(), thrown)).toEqual({ message, extensions: { code, requestId: 'ref-1' } });
  });

  it('tells nothing of what nobody expected but a reference, and reports it', () => {
    const cause = new Error('select secret from people');
    const wrapped = new GraphQLError(cause.message, { originalError: cause });
    const told = format(wrapped.toJSON(), wrapped);
    expect(JSON.stringify(told)).not.toContain('select');
    expect(told.extensions).toEqual({ code: 'INTERNAL_ERROR', requestId: 'ref-1' });
    expect(reported).toEqual([cause]);
  });
});
