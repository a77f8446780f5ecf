import type { streamsV1 } from '@caseledger/contracts';
import { notFound } from '@caseledger/errors';
import type { Feed, FeedEvent, FeedReply, TopicDefinition } from '@caseledger/event-store';
import { BATCH_MESSAGES_MAX, batchLength } from '../message.js';
import { toProto } from './feed-message.js';

const WAIT_MS_MAX = 30_000;

/** A feed as other services may ask it (DESIGN 7): bounded in events, bytes and time. */
export class FeedEdge {
  private readonly topics: ReadonlySet<string>;

  constructor(
    private readonly feed: Feed,
    topics: readonly Pick<TopicDefinition, 'topic'>[],
  ) {
    this.topics = new Set(topics.map(({ topic }) => topic));
  }

  /** At most 500 events and about 1 MB at a time. @throws DomainError NOT_FOUND for a topic that is not served. */
  async read(request: streamsV1.ReadFeedRequest, signal?: AbortSignal): Promise<streamsV1.ReadFeedReply> {
    if (!this.topics.has(request.topic)) throw notFound();
    const reply = await this.feed.read({
      topic: request.topic,
      after: request.after,
      limit: clamp(request.limit, 1, BATCH_MESSAGES_MAX),
      waitMs: clamp(request.waitMs, 0, WAIT_MS_MAX),
      ...(signal === undefined ? {} : { signal }),
    });
    const { events, lookedUpTo } = cutToSize(reply);
    return { logId: reply.logId, epoch: reply.epoch, events: events.map(toProto), lookedUpTo, heads: [...reply.head] };
  }

  /** The owner's present positions. */
  async head(): Promise<streamsV1.FeedHeadReply> {
    const { logId, epoch, head } = await this.feed.head();
    return { logId, epoch, heads: [...head] };
  }
}

/** Ends the answer at about 1 MB; what is left out is not counted as searched. */
function cutToSize(reply: FeedReply): { events: readonly FeedEvent[]; lookedUpTo: { shard: number; partition: number; position: number }[] } {
  const length = batchLength(reply.events);
  const leftOut = new Map<number, number>();
  for (const { shard, position } of reply.events.slice(length)) leftOut.set(shard, Math.min(position, leftOut.get(shard) ?? position));
  const lookedUpTo = reply.lookedUpTo.map(({ shard, partition, position }) => {
    return { shard, partition, position: Math.min(position, (leftOut.get(shard) ?? position + 1) - 1) };
  });
  return { events: reply.events.slice(0, length), lookedUpTo };
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value));
}
