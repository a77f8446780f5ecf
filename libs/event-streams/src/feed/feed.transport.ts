import type { Feed } from '@caseledger/event-store';
import { poolQueries } from '../pool-queries.js';
import type { Refill, RefillRequest, StreamSession, StreamTransport, Subscription } from '../transport.js';
import { FeedSession } from './feed-session.js';

export interface FeedTransportOptions {
  /** How long a member that fell silent keeps its partitions; default 10,000. */
  readonly leaseMs?: number;
  /** How long the owner waits for a first event before it answers with nothing; default 20,000. What is new, and how far a quiet partition was searched, it tells at once. */
  readonly waitMs?: number;
  /** How long an owner may be away before each failed read is logged; default 5,000. A fault that stays is logged at once. */
  readonly graceMs?: number;
}

/**
 * The transport without a broker (DESIGN 10): each member reads the owners' feeds itself; a consumer's partitions are
 * leased in its own database, by that database's clock.
 * @param feedOf the feed of a source, such as a `feedClient` of the service of that name
 */
export function feedTransport(feedOf: (source: string) => Feed, options: FeedTransportOptions = {}): StreamTransport {
  const { leaseMs = 10_000, waitMs = 20_000, graceMs = 5_000 } = options;
  return {
    async subscribe(subscription: Subscription): Promise<StreamSession> {
      const session = new FeedSession(feedOf(subscription.source), subscription, poolQueries(subscription.database), { leaseMs, waitMs, graceMs });
      session.start();
      return session;
    },
    async refill({ source, topic, after, limit, signal }: RefillRequest): Promise<Refill> {
      const reply = await feedOf(source).read({ topic, after: [after], limit, waitMs: 0, signal });
      const searched = reply.lookedUpTo.find(({ shard, partition }) => shard === after.shard && partition === after.partition);
      return { messages: reply.events, lookedUpTo: searched?.position ?? after.position, epoch: reply.epoch };
    },
  };
}
