import type { streamsV1 } from '@caseledger/contracts';
import { notFound } from '@caseledger/errors';
import type { Feed, FeedEvent, FeedReply, PartitionPosition, TopicDefinition } from '@caseledger/event-store';
import { BATCH_MESSAGES_MAX, batchLength } from '../message.js';
import { toProto } from './feed-message.js';

const WAIT_MS_MAX = 30_000;

/** Whose events a reader gets: those of one company, or every company's where none is named. */
export interface FeedReach {
  readonly tenant?: string;
}

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
  async read(request: streamsV1.ReadFeedRequest, signal?: AbortSignal, { tenant }: FeedReach = {}): Promise<streamsV1.ReadFeedReply> {
    if (!this.topics.has(request.topic)) throw notFound();
    const reply = await this.feed.read({
      topic: request.topic,
      after: request.after,
      limit: clamp(request.limit, 1, BATCH_MESSAGES_MAX),
      waitMs: clamp(request.waitMs, 0, WAIT_MS_MAX),
      ...(signal === undefined ? {} : { signal }),
    });
    const { events, lookedUpTo } = cutToSize(reply);
    const shown = tenant === undefined ? events : ofTenant(tenant, events, request.after);
    return { logId: reply.logId, epoch: reply.epoch, events: shown.map(toProto), lookedUpTo, heads: [...reply.head] };
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

/**
 * The events of one company, as if there were no other: each follows the one before of the same company, or the position
 * asked from, so that its reader sees no gap where events of others lie.
 */
function ofTenant(tenant: string, events: readonly FeedEvent[], after: readonly PartitionPosition[]): FeedEvent[] {
  const place = ({ shard, partition }: { readonly shard: number; readonly partition: number }): string => `${shard}/${partition}`;
  const last = new Map(after.map((from) => [place(from), from.position]));
  return events.flatMap((event) => {
    if (event.tenant !== tenant) return [];
    const prevPosition = last.get(place(event)) ?? event.prevPosition;
    last.set(place(event), event.position);
    return [{ ...event, prevPosition }];
  });
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value));
}
