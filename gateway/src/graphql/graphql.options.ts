import { randomUUID } from 'node:crypto';
import type { ApolloDriverConfig } from '@nestjs/apollo';
import { httpStatus, isDomainError, validation } from '@caseledger/errors';
import type { Request } from 'express';
import { GraphQLError } from 'graphql';
import type { GatewayConfig } from '../config.js';
import type { GatewayLog } from '../gateway-log.js';
import { schemaText } from '../gen/schema.js';
import { callerOf } from '../rest/caller.js';
import { formatError } from './format-error.js';
import { makeContext } from './make-context.js';
import { assertNesting } from './query-nesting.js';
import { queryLimits } from './query-limits.js';
import { resolvers } from './resolvers.js';

/** GraphQL over requests: schema first, one context for each, errors as PRODUCT §5 says. Sockets are served beside it. */
export function graphqlOptions(config: GatewayConfig, log: GatewayLog): ApolloDriverConfig {
  return {
    path: '/graphql',
    typeDefs: schemaText,
    // The map is typed by the generated Resolvers; Apollo's own type is looser than both.
    resolvers: resolvers as ApolloDriverConfig['resolvers'] & object,
    introspection: config.introspection,
    playground: false,
    graphiql: false,
    csrfPrevention: true,
    includeStacktraceInErrorResponses: false,
    validationRules: [queryLimits],
    plugins: [{ requestDidStart: () => Promise.resolve({ didResolveOperation: ({ operation }) => assertNoSubscription(operation?.operation) }) }],
    formatError: formatError((cause, requestId) => log.unexpected(cause, requestId), randomUUID),
    context: ({ req }: { req: Request }) =>
      asGraphqlError(async () => {
        assertNesting(queryOf(req));
        return makeContext(await callerOf(req));
      }),
  };
}

/** Subscriptions come by graphql-ws; a POST has one answer only. @throws GraphQLError VALUE_NOT_ALLOWED */
function assertNoSubscription(operation: string | undefined): Promise<void> {
  return asGraphqlError(async () => {
    if (operation !== 'subscription') return;
    throw validation('VALUE_NOT_ALLOWED', { text: 'A subscription', field: 'operation of a single request', suggestion: 'graphql-ws on the same path' }, 'query');
  });
}

/** What is refused before anything runs has the HTTP status of its code; the server would answer 500. */
async function asGraphqlError<Result>(act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    if (!isDomainError(error)) throw error;
    throw new GraphQLError(error.message, { originalError: error, extensions: { code: error.code, http: { status: httpStatus(error.code, error.kind), headers: new Map() } } });
  }
}

/** The query of a request by POST or GET, as long as it is a text. */
function queryOf({ body, query }: Request): string {
  const given: unknown = typeof body === 'object' && body !== null && 'query' in body ? body.query : query['query'];
  return typeof given === 'string' ? given : '';
}
