import { randomUUID } from 'node:crypto';
import type { Feed, TopicDefinition } from '@caseledger/event-store';
import { Gauge, type Registry } from 'prom-client';
import type { DataSource } from 'typeorm';
import { readCheckpoints } from '../checkpoint.js';
import { poolQueries } from '../pool-queries.js';
import type { StreamLogger } from '../stream-logger.js';
import { kafkaClient } from './kafka-client.js';
import type { EventStreams } from './settings.js';
import { RELAY, TopicRelay } from './topic-relay.js';
import { TopicWriter } from './topic-writer.js';
import { checkTopics } from './topics.js';

export interface OwnerRelayOptions {
  /** The service that owns the log. */
  readonly source: string;
  readonly feed: Feed;
  /** Its own database, with `relayMigrations` applied; the app role. */
  readonly database: DataSource;
  readonly topics: readonly Pick<TopicDefinition, 'topic' | 'partitions'>[];
  readonly logger: StreamLogger;
  readonly registry?: Registry;
}

/** What puts an owner's events into their topics. */
export interface OwnerRelay {
  /** Ends within the deadline; what was not acknowledged is sent by the next one. */
  stop(deadlineMs: number): Promise<void>;
}

const LEASE_MS = 10_000;
const LABELS = ['source', 'topic'];

/**
 * Starts the relay of an owner, one for each of its topics; members of several processes share the partitions. Embedded
 * nothing is relayed: consumers read the feed itself.
 * @throws TopicFaults, or Error when no broker answers
 */
export async function openRelay(streams: EventStreams, { source, feed, database, topics, logger, registry }: OwnerRelayOptions): Promise<OwnerRelay> {
  if (streams.transport === 'embedded') return { stop: () => Promise.resolve() };
  await checkTopics(streams, topics, logger);
  const [kafka, member] = [kafkaClient(streams, logger), randomUUID()];
  const relays = topics.map(({ topic, partitions }) => {
    return { topic, relay: new TopicRelay({ source, topic, partitions, feed, database, writer: new TopicWriter(kafka, topic), logger, member, leaseMs: LEASE_MS }) };
  });
  if (registry !== undefined) registerLag(registry, { source, feed, database, topics });
  for (const { relay } of relays) relay.start();
  return {
    stop: async (deadlineMs) => {
      await Promise.all(relays.map(({ relay }) => relay.close(deadlineMs)));
    },
  };
}

/** How far the topics are behind their log, by any member's work (CORRECTNESS §10). */
function registerLag(registry: Registry, { source, feed, database, topics }: Pick<OwnerRelayOptions, 'source' | 'feed' | 'database' | 'topics'>): void {
  const gauge = new Gauge({
    name: 'es_relay_lag_events',
    help: 'Positions between the head of the log and the slowest partition of a topic',
    labelNames: LABELS,
    registers: [registry],
    collect: async () => {
      gauge.reset();
      const head = await feed.head().catch(() => undefined);
      for (const { topic, partitions } of head === undefined ? [] : topics) {
        const places = [...(await readCheckpoints(poolQueries(database), { consumer: RELAY, source, topic })).values()];
        const behind = (head?.head ?? []).map(({ shard, position }) => {
          const positions = places.filter((place) => place.shard === shard).map((place) => place.position);
          return position - (positions.length < partitions ? 0 : Math.min(...positions));
        });
        gauge.set({ source, topic }, behind.reduce((sum, events) => sum + events, 0));
      }
    },
  });
}
