import { streamsV1 } from '@caseledger/contracts';
import type { Feed, FeedReply, FeedRequest } from '@caseledger/event-store';
import { connectGrpc, type ContextSource } from '@caseledger/service-kit';
import { fromProto } from './feed-message.js';

/** Beyond the time the owner may wait for a first event. */
const ANSWER_MS = 5_000;

/** Another service's feed over gRPC. Every call has a deadline; one that fails rejects. */
export interface FeedClient extends Feed {
  close(): void;
}

/**
 * Connects to an owner's feed when it is first asked, and again by itself when the owner comes back.
 * @param address host and port of the owner's gRPC server
 * @param context the signed context of this service, made anew for each call because it lives for a minute
 */
export function feedClient(address: string, context: ContextSource): FeedClient {
  const connection = connectGrpc(streamsV1.FeedServiceService, address);
  const { read, head } = connection.methods<streamsV1.FeedServiceServer>(context);
  return {
    async read(request) {
      const { waitMs, signal } = request;
      return toReply(await read(toRequest(request), { deadlineMs: waitMs + ANSWER_MS, ...(signal === undefined ? {} : { signal }) }));
    },
    async head() {
      const { logId, epoch, heads } = await head({ topic: '' }, { deadlineMs: ANSWER_MS });
      return { logId, epoch, head: heads };
    },
    close: () => connection.close(),
  };
}

function toRequest({ topic, after, limit, waitMs }: FeedRequest): streamsV1.ReadFeedRequest {
  return { topic, after: [...after], limit, waitMs };
}

function toReply({ logId, epoch, events, lookedUpTo, heads }: streamsV1.ReadFeedReply): FeedReply {
  return { logId, epoch, events: events.map(fromProto), lookedUpTo, head: heads };
}
