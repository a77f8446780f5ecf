import { streamsV1 } from '@caseledger/contracts';
import type { Feed, FeedReply, FeedRequest } from '@caseledger/event-store';
import { Client, Metadata, credentials, type ChannelCredentials, type ServiceError } from '@grpc/grpc-js';
import { fromProto } from './feed-message.js';

const MESSAGE_BYTES_MAX = 16 * 1024 * 1024;
/** Beyond the time the owner may wait for a first event. */
const ANSWER_MS = 5_000;

export interface FeedClientOptions {
  /** Host and port of the owner's gRPC server. */
  readonly address: string;
  readonly channel?: ChannelCredentials;
  /** Proves which service asks; made for every call, because it lives for a minute. */
  readonly metadata?: () => Metadata | Promise<Metadata>;
}

/** Another service's feed over gRPC. Every call has a deadline; a failed one rejects with a gRPC ServiceError. */
export interface FeedClient extends Feed {
  close(): void;
}

type UnaryMethod<Request, Reply> = {
  readonly path: string;
  readonly requestSerialize: (value: Request) => Buffer;
  readonly responseDeserialize: (value: Buffer) => Reply;
};

/** Connects lazily, and again by itself when the owner comes back. */
export function feedClient(options: FeedClientOptions): FeedClient {
  const client = new Client(options.address, options.channel ?? credentials.createInsecure(), {
    'grpc.max_receive_message_length': MESSAGE_BYTES_MAX,
    'grpc.keepalive_time_ms': 30_000,
    'grpc.keepalive_timeout_ms': 5_000,
    'grpc.initial_reconnect_backoff_ms': 200,
    'grpc.max_reconnect_backoff_ms': 5_000,
  });
  const { read, head } = streamsV1.FeedServiceService;
  return {
    async read(request) {
      return toReply(await call(client, options, read, toRequest(request), request.waitMs, request.signal));
    },
    async head() {
      const { logId, epoch, heads } = await call(client, options, head, { topic: '' }, 0);
      return { logId, epoch, head: heads };
    },
    close: () => client.close(),
  };
}

async function call<Request, Reply>(
  client: Client,
  options: FeedClientOptions,
  method: UnaryMethod<Request, Reply>,
  request: Request,
  waitMs: number,
  signal?: AbortSignal,
): Promise<Reply> {
  const metadata = (await options.metadata?.()) ?? new Metadata();
  signal?.throwIfAborted();
  return new Promise<Reply>((resolve, reject) => {
    const settle = (error: ServiceError | null, reply?: Reply): void => {
      signal?.removeEventListener('abort', cancel);
      if (error !== null) reject(error);
      else if (reply === undefined) reject(new Error(`No reply from ${method.path}`));
      else resolve(reply);
    };
    const deadline = Date.now() + waitMs + ANSWER_MS;
    const { path, requestSerialize, responseDeserialize } = method;
    const running = client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, metadata, { deadline }, settle);
    const cancel = (): void => running.cancel();
    signal?.addEventListener('abort', cancel, { once: true });
  });
}

function toRequest({ topic, after, limit, waitMs }: FeedRequest): streamsV1.ReadFeedRequest {
  return { topic, after: [...after], limit, waitMs };
}

function toReply({ logId, epoch, events, lookedUpTo, heads }: streamsV1.ReadFeedReply): FeedReply {
  return { logId, epoch, events: events.map(fromProto), lookedUpTo, head: heads };
}
