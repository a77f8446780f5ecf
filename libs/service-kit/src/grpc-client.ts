import {
  Client,
  Metadata,
  credentials,
  type ChannelCredentials,
  type handleUnaryCall,
  type ServiceDefinition,
  type ServiceError,
} from '@grpc/grpc-js';
import { CONTEXT_KEY, channelOptions } from './grpc-channel.js';
import { domainErrorOf } from './grpc-errors.js';

const DEADLINE_MS = 10_000;

/** A signed context, or what makes a fresh one for each call. */
export type ContextSource = string | (() => string | Promise<string>);

export interface CallOptions {
  /** Default 10 s. */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
}

/** The unary methods of a generated `…ServiceServer`, as a caller sees them. */
export type UnaryMethods<Server> = {
  readonly [K in keyof Server as string extends K ? never : Server[K] extends handleUnaryCall<infer _Q, infer _R> ? K : never]: Server[K] extends handleUnaryCall<infer Request, infer Reply>
    ? (request: Request, options?: CallOptions) => Promise<Reply>
    : never;
};

/** A lasting connection to one service; it connects when first needed and again by itself. */
export interface GrpcConnection {
  /** For streams: `makeServerStreamRequest`, `makeClientStreamRequest`. Give them `metadata(context)` and a deadline. */
  readonly client: Client;
  metadata(context: string): Metadata;
  /** @throws DomainError as the service refused, or a gRPC ServiceError when it was not reached or failed inside. */
  methods<Server>(context: ContextSource): UnaryMethods<Server>;
  close(): void;
}

/** Connects to a service by its generated definition; every unary call has a deadline. */
export function connectGrpc(service: ServiceDefinition, address: string, o: { channel?: ChannelCredentials } = {}): GrpcConnection {
  const client = new Client(address, o.channel ?? credentials.createInsecure(), channelOptions());
  return {
    client,
    metadata,
    methods: <Server>(context: ContextSource) => {
      const calls = Object.entries(service)
        .filter(([, method]) => !method.requestStream && !method.responseStream)
        .map(([name, method]) => [name, (request: unknown, options?: CallOptions) => callUnary(client, method, request, context, options)]);
      // The generated definition and the generated server type describe the same methods.
      return Object.fromEntries(calls) as UnaryMethods<Server>;
    },
    close: () => client.close(),
  };
}

function metadata(context: string): Metadata {
  const made = new Metadata();
  if (context !== '') made.set(CONTEXT_KEY, context);
  return made;
}

async function callUnary(client: Client, method: ServiceDefinition[string], request: unknown, context: ContextSource, options: CallOptions = {}): Promise<unknown> {
  const signed = typeof context === 'string' ? context : await context();
  options.signal?.throwIfAborted();
  return new Promise<unknown>((resolve, reject) => {
    const settle = (error: ServiceError | null, reply?: unknown): void => {
      options.signal?.removeEventListener('abort', cancel);
      if (error === null) resolve(reply);
      else reject(domainErrorOf(error) ?? error);
    };
    const deadline = Date.now() + (options.deadlineMs ?? DEADLINE_MS);
    const call = client.makeUnaryRequest(method.path, method.requestSerialize, method.responseDeserialize, request, metadata(signed), { deadline }, settle);
    const cancel = (): void => call.cancel();
    options.signal?.addEventListener('abort', cancel, { once: true });
  });
}
