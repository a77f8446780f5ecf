import { streamsV1 } from '@caseledger/contracts';
import { grpcStatus, isDomainError } from '@caseledger/errors';
import type { Feed, TopicDefinition } from '@caseledger/event-store';
import type { RawService } from '@caseledger/service-kit';
import { status, type Metadata, type ServerUnaryCall, type ServiceError, type sendUnaryData } from '@grpc/grpc-js';
import { FeedEdge, type FeedReach } from './feed-edge.js';

/**
 * Refuses a caller by throwing a DomainError, and says whose events he gets: a topic holds those of every company, which
 * are for services of the installation alone.
 */
export type FeedGuard = (metadata: Metadata, topic: string) => Promise<FeedReach>;

/** An owner's feed as a service of its gRPC server; `guard` is the service kit's `serviceGuard`. */
export function feedService(feed: Feed, topics: readonly Pick<TopicDefinition, 'topic'>[], guard: FeedGuard): RawService {
  const edge = new FeedEdge(feed, topics);
  const waits = new Set<AbortController>();
  const implementation: streamsV1.FeedServiceServer = {
    read: (call, callback) => {
      // A reader whose partitions changed hangs up; the search for it then ends as well.
      const gone = new AbortController();
      call.on('cancelled', () => gone.abort());
      waits.add(gone);
      answer(call, callback, guard, (request, reach) => edge.read(request, gone.signal, reach).finally(() => waits.delete(gone)));
    },
    head: (call, callback) => answer(call, callback, guard, () => edge.head()),
  };
  const closing = (): void => {
    for (const wait of waits) wait.abort();
  };
  return { definition: streamsV1.FeedServiceService, implementation, closing };
}

function answer<Request extends { readonly topic: string }, Reply>(
  call: ServerUnaryCall<Request, Reply>,
  callback: sendUnaryData<Reply>,
  guard: FeedGuard,
  work: (request: Request, reach: FeedReach) => Promise<Reply>,
): void {
  Promise.resolve()
    .then(() => guard(call.metadata, call.request.topic))
    .then((reach) => work(call.request, reach))
    .then(
      (reply) => callback(null, reply),
      (thrown: unknown) => callback(refusal(thrown)),
    );
}

/** What a caller is told: the message of a domain error, and of anything else only that it may try again. */
function refusal(thrown: unknown): Partial<ServiceError> {
  if (isDomainError(thrown)) return { code: grpcStatus(thrown.kind, thrown.code), details: thrown.message };
  return { code: status.UNAVAILABLE, details: 'The feed cannot be read now' };
}
