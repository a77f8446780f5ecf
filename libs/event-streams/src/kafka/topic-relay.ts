import type { Feed } from '@caseledger/event-store';
import type { DataSource } from 'typeorm';
import { Backoff, pause } from '../backoff.js';
import { advanceCheckpoints, lockCheckpoints, readCheckpoints, type Queries } from '../checkpoint.js';
import { inTransaction } from '../consumer-transaction.js';
import { Fenced, describeFault } from '../faults.js';
import { FeedSession } from '../feed/feed-session.js';
import { admit, placeOf, placesOf, type Checkpoint } from '../intake.js';
import { BATCH_MESSAGES_MAX, MESSAGE_BYTES_MAX, messageBytes, type StreamMessage } from '../message.js';
import { poolQueries } from '../pool-queries.js';
import type { StreamLogger } from '../stream-logger.js';
import type { Delivery, ShardHead, Slice, StreamName, Subscription } from '../transport.js';
import { forgetRelayed, readRelayed, storeRelayed, type RelayedPosition } from './relayed.js';
import type { TopicWriter } from './topic-writer.js';
import { toWire, type WireMessage } from './wire.js';

/** The name under which a relay keeps its place in its owner's database. */
export const RELAY = 'kafka-relay';

const STORE_MS = 30_000;

export interface TopicRelayOptions {
  readonly source: string;
  readonly topic: string;
  readonly partitions: number;
  /** The owner's own feed and database. */
  readonly feed: Feed;
  readonly database: DataSource;
  readonly writer: TopicWriter;
  readonly logger: StreamLogger;
  /** Unique among the relays of the owner. */
  readonly member: string;
  readonly leaseMs: number;
}

/**
 * Pumps an owner's feed into its topic, in order per partition. Its place moves, under the lease's fence, once the
 * brokers have acknowledged; a relay that dies in between, or was thought dead, sends again what consumers drop by
 * position. It waits for brokers for ever and passes over nothing.
 */
export class TopicRelay {
  /** The owner's newest positions, as last seen. */
  heads: readonly ShardHead[] = [];
  /** Why the last try failed; undefined while it goes on. */
  fault: string | undefined;
  private readonly name: StreamName;
  private readonly db: Queries;
  private readonly session: FeedSession;
  private readonly closing = new AbortController();
  private logId: string | undefined;
  /** Whether the topic was looked at since the last failure: another one may stand in its place. */
  private isKnown = false;

  constructor(private readonly options: TopicRelayOptions) {
    const { source, topic, partitions, member, database, logger, leaseMs, feed } = options;
    this.name = { consumer: RELAY, source, topic };
    this.db = poolQueries(database);
    const subscription: Subscription = {
      ...this.name,
      partitions,
      member,
      database,
      logger,
      concurrency: 1,
      batchMax: BATCH_MESSAGES_MAX,
      deliver: (slice) => this.deliver(slice),
      observed: (heads) => void (this.heads = heads),
      halt: (reason) => {
        this.fault = reason.message;
        logger.error({ ...this.name, reason: reason.message }, 'A relay stopped and needs someone to act');
      },
    };
    this.session = new FeedSession(feed, subscription, this.db, { leaseMs, waitMs: 20_000, graceMs: 5_000 });
  }

  start(): void {
    this.session.start();
  }

  partitions(): readonly number[] {
    return this.session.partitions();
  }

  /** Ends after what is at work, within the deadline. Never rejects. */
  async close(deadlineMs: number): Promise<void> {
    this.closing.abort();
    await this.session.close(deadlineMs);
    await this.options.writer.drop();
  }

  private async deliver(slice: Slice): Promise<Delivery> {
    const backoff = new Backoff(100, 5_000);
    this.heads = slice.heads;
    while (!this.closing.signal.aborted) {
      try {
        await this.pump(slice);
        this.fault = undefined;
        return 'stored';
      } catch (thrown) {
        if (thrown instanceof Fenced) return 'fenced';
        this.isKnown = false;
        this.fault = describeFault(thrown);
        this.options.logger.warn({ ...this.name, fault: this.fault }, 'Events could not be put into their topic');
        await pause(backoff.nextMs(), this.closing.signal);
      }
    }
    return 'stopped';
  }

  private async pump(slice: Slice): Promise<void> {
    const { database, writer } = this.options;
    if (slice.messages.length > 0) await this.lookAtTopic(slice);
    const places = placesOf(slice);
    const stored = await readCheckpoints(this.db, this.name);
    // The place is in the database of the log itself: after a restore both went back together, so every epoch is right.
    const from = places.map((place): [string, Checkpoint] => [placeOf(place), { ...place, position: stored.get(placeOf(place))?.position ?? 0, logEpoch: slice.epoch }]);
    const intake = admit(new Map(from), slice);
    if (intake.kind !== 'admitted') throw new Fenced(`relay of ${this.name.topic}`);
    const { messages, relayed } = await this.chain(intake.fresh);
    await writer.write(messages);
    await inTransaction(database, STORE_MS, async (tx) => {
      await lockCheckpoints(tx, this.name, places);
      await slice.fence?.(tx);
      await storeRelayed(tx, this.name.topic, relayed);
      await advanceCheckpoints(tx, this.name, intake.moved);
    });
  }

  /** Each message names the one before it in the topic, which is not where the search for it began. */
  private async chain(events: readonly StreamMessage[]): Promise<{ messages: WireMessage[]; relayed: RelayedPosition[] }> {
    const { source, topic, feed, logger } = this.options;
    this.logId ??= (await feed.head()).logId;
    const before = events.length === 0 ? new Map<string, number>() : await readRelayed(this.db, topic);
    const messages: WireMessage[] = [];
    const relayed = new Map<string, RelayedPosition>();
    for (const event of events) {
      const place = placeOf(event);
      const { shard, partition, position } = event;
      // A gap in the topic, by which consumers notice it: its owner gives it to whoever asks.
      const isTooLarge = messageBytes(event) > MESSAGE_BYTES_MAX;
      if (isTooLarge) logger.error({ ...this.name, stream: event.stream, position }, 'An event is too large for its topic');
      else messages.push(toWire(event, { source, logId: this.logId }, topic, before.get(place) ?? 0));
      before.set(place, position);
      relayed.set(place, { shard, partition, position });
    }
    return { messages, relayed: [...relayed.values()] };
  }

  /** A topic that was made anew is filled from the start of the log. */
  private async lookAtTopic(slice: Slice): Promise<void> {
    if (this.isKnown) return;
    const { database, writer, logger } = this.options;
    const empty = await writer.emptyPartitions();
    const relayed = await readRelayed(this.db, this.name.topic);
    const filled = new Set([...relayed.keys()].map((place) => Number(place.split('/')[1])));
    const lost = this.session.partitions().filter((partition) => empty.has(partition) && filled.has(partition));
    if (lost.length === 0) {
      this.isKnown = true;
      return;
    }
    logger.warn({ ...this.name, partitions: lost }, 'A topic is empty that was filled before: it is filled again');
    await inTransaction(database, STORE_MS, async (tx) => {
      await slice.fence?.(tx);
      await forgetRelayed(tx, RELAY, this.name.source, this.name.topic, lost);
    });
    throw new Fenced(`topic ${this.name.topic} made anew`);
  }
}
