import type { Feed } from '@caseledger/event-store';
import { feedTransport } from '../feed/feed.transport.js';
import { poolQueries } from '../pool-queries.js';
import type { StreamLogger } from '../stream-logger.js';
import type { StreamTransport } from '../transport.js';
import { kafkaClient, type KafkaConnection } from './kafka-client.js';
import { KafkaSession } from './kafka-session.js';

export interface KafkaTransportOptions {
  /** How long a member that fell silent keeps its partitions; default 10,000. */
  readonly sessionMs?: number;
  /** Default 1,000. */
  readonly heartbeatMs?: number;
  /** How often partitions in which nothing arrives are compared with their owner; default 2,000. */
  readonly quietMs?: number;
  /** After how long events that the owner has and nobody delivers are fetched from it; default 30,000. */
  readonly lostMs?: number;
}

/** A transport over brokers, which knows whether it reads. */
export interface KafkaTransport extends StreamTransport {
  /** Whether every subscription of this process is in its group. */
  isReading(): boolean;
}

/**
 * The transport over Apache Kafka (DESIGN 9): the brokers carry and share out the partitions, the consumers' positions
 * stay beside their views. The owners' feeds are asked for what the brokers lost.
 */
export function kafkaTransport(connection: KafkaConnection, feedOf: (source: string) => Feed, logger: StreamLogger, options: KafkaTransportOptions = {}): KafkaTransport {
  const { sessionMs = 10_000, heartbeatMs = 1_000, quietMs = 2_000, lostMs = 30_000 } = options;
  const kafka = kafkaClient(connection, logger);
  const { refill } = feedTransport(feedOf);
  const sessions = new Set<KafkaSession>();
  return {
    refill,
    isReading: () => [...sessions].every((session) => session.isReading()),
    subscribe(subscription) {
      const session = new KafkaSession(kafka, feedOf(subscription.source), subscription, poolQueries(subscription.database), { sessionMs, heartbeatMs, quietMs, lostMs });
      sessions.add(session);
      session.start();
      return Promise.resolve(session);
    },
  };
}
