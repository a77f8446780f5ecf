import { randomUUID } from 'node:crypto';
import type { ApolloDriverConfig } from '@nestjs/apollo';
import { httpStatus, isDomainError, unauthenticated, validation } from '@caseledger/errors';
import type { Request } from 'express';
import { GraphQLError } from 'graphql';
import type { Admission } from '../admission.js';
import type { Caller } from '../authenticator.js';
import type { GatewayConfig } from '../config.js';
import type { GatewayLog } from '../gateway-log.js';
import { schemaText } from '../gen/schema.js';
import { callerOf } from '../rest/caller.js';
import { formatError } from './format-error.js';
import type { GraphqlContext } from './graphql-context.js';
import { makeLoaders } from './loaders.js';
import { assertNesting } from './query-nesting.js';
import { queryLimits } from './query-limits.js';
import { resolvers } from './resolvers.js';

/** What graphql-ws hands over: the parameters of connection_init, and the socket's request for the address. */
interface SocketContext {
  readonly connectionParams?: Readonly<Record<string, unknown>> | null;
  readonly extra?: { readonly request?: { readonly socket: { readonly remoteAddress?: string } } };
}

/** The GraphQL server: schema first, one context per request, errors as PRODUCT §5 says. */
export function graphqlOptions(config: GatewayConfig, admission: Admission, log: GatewayLog): ApolloDriverConfig {
  const contextOf = async (asked: Promise<Caller>): Promise<GraphqlContext> => {
    const { viewer, services, stillSignedIn } = await asked;
    return { requestId: randomUUID(), viewer, services, loaders: makeLoaders(services), stillSignedIn };
  };
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
    context: (from: { req: Request } | SocketContext) =>
      'req' in from
        ? asGraphqlError(async () => {
            assertNesting(queryOf(from.req));
            return contextOf(callerOf(from.req));
          })
        : contextOf(admission.admitLasting(bearerOf(from), from.extra?.request?.socket.remoteAddress)),
    subscriptions: {
      'graphql-ws': {
        path: '/graphql',
        connectionInitWaitTimeout: 10_000,
      },
    },
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

function bearerOf({ connectionParams }: SocketContext): string {
  const given = connectionParams?.['authorization'] ?? connectionParams?.['Authorization'];
  if (typeof given !== 'string') throw unauthenticated();
  return given;
}
