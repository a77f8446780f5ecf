import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { unauthenticated } from '@caseledger/errors';
import { getOperationAST, GraphQLError, NoSchemaIntrospectionCustomRule, parse, specifiedRules, validate, type ExecutionArgs, type GraphQLFormattedError, type GraphQLSchema } from 'graphql';
import type { Context, SubscribePayload } from 'graphql-ws';
import { useServer, type Extra } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import type { Admission } from '../admission.js';
import { makeContext } from './make-context.js';
import { queryLimits } from './query-limits.js';
import { assertNesting } from './query-nesting.js';

const PATH = '/graphql';
const INIT_MS = 10_000;

type Socket = Context<Record<string, unknown>, Extra & Partial<Record<PropertyKey, never>>>;

export interface SocketServerOptions {
  readonly schema: GraphQLSchema;
  readonly introspection: boolean;
  /** Bytes of one message, as of the body of a request. */
  readonly messageBytesMax: number;
  readonly admission: Admission;
  /** The error as it may be told; see `formatError`. */
  readonly format: (formatted: GraphQLFormattedError, thrown: unknown) => GraphQLFormattedError;
}

/** GraphQL over sockets (graphql-ws), under the same limits and codes as over requests. */
export function serveSockets(http: Server, options: SocketServerOptions): { stop(): Promise<void> } {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: options.messageBytesMax });
  const told = (error: GraphQLError): GraphQLFormattedError => options.format(error.toJSON(), error);
  const server = useServer<Record<string, unknown>>(
    {
      connectionInitWaitTimeout: INIT_MS,
      onSubscribe: (socket, _id, payload) => admitted(socket, payload, options),
      onNext: (_socket, _id, _payload, _args, result) => (result.errors === undefined ? undefined : { ...result, errors: result.errors.map((error) => told(asFault(error))) }),
      onError: (_socket, _id, _payload, errors) => errors.map(told),
    },
    sockets,
  );
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    // Nobody else listens for upgrades: what is not ours would stay open without an answer.
    if (new URL(request.url ?? '', 'http://gateway').pathname !== PATH) socket.destroy();
    else sockets.handleUpgrade(request, socket, head, (opened) => sockets.emit('connection', opened, request));
  };
  http.on('upgrade', upgrade);
  return {
    stop: async () => {
      http.off('upgrade', upgrade);
      await server.dispose();
    },
  };
}

/** What is to be executed, or why it is not. Whoever is not signed in is told so before anything is read. */
async function admitted(socket: Socket, { query, operationName, variables }: SubscribePayload, { schema, introspection, admission }: SocketServerOptions): Promise<ExecutionArgs | readonly GraphQLError[]> {
  try {
    assertNesting(query);
    const contextValue = makeContext(await admission.admitLasting(bearerOf(socket), socket.extra.request.socket.remoteAddress));
    const document = parse(query);
    const faults = validate(schema, document, [...specifiedRules, queryLimits, ...(introspection ? [] : [NoSchemaIntrospectionCustomRule])]);
    if (faults.length > 0) return faults.map(asFault);
    if (!getOperationAST(document, operationName)) return [asFault(new GraphQLError('Which operation is meant was not provided.'))];
    return { schema, document, contextValue, operationName: operationName ?? null, variableValues: variables ?? null };
  } catch (error) {
    return [error instanceof GraphQLError ? asFault(error) : new GraphQLError('', { originalError: error instanceof Error ? error : new Error(String(error)) })];
  }
}

/** An error without place and cause is one of the request itself, which the library leaves without a code. */
function asFault(error: GraphQLError): GraphQLError {
  if (error.originalError !== undefined || error.path !== undefined || error.extensions['code'] !== undefined) return error;
  return new GraphQLError(error.message, { nodes: error.nodes ?? null, source: error.source ?? null, positions: error.positions ?? null, extensions: { code: 'BAD_USER_INPUT' } });
}

function bearerOf({ connectionParams }: Socket): string {
  const given = connectionParams?.['authorization'] ?? connectionParams?.['Authorization'];
  if (typeof given !== 'string') throw unauthenticated();
  return given;
}
