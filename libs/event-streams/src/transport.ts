import type { PartitionPosition } from '@caseledger/event-store';
import type { DataSource } from 'typeorm';
import type { ConsumerTransaction } from './consumer-transaction.js';
import type { ConsumerHalted } from './faults.js';
import type { StreamMessage } from './message.js';
import type { StreamLogger } from './stream-logger.js';

/** Who reads what: the checkpoints, leases and parked messages of a consumer are kept under these three names. */
export interface StreamName {
  readonly consumer: string;
  /** The service that owns the log, such as `contacts`. */
  readonly source: string;
  readonly topic: string;
}

export interface ShardHead {
  readonly shard: number;
  readonly position: number;
}

/** How far the owner's log was searched for one partition. Holds only for who has worked off everything up to `from`. */
export interface Searched extends PartitionPosition {
  readonly from: number;
}

/** What a transport hands over at a time: messages of some partitions, in position order within each. */
export interface Slice {
  readonly messages: readonly StreamMessage[];
  /** How far the owner's log was searched for each partition; empty when the transport cannot know. */
  readonly lookedUpTo: readonly Searched[];
  /** The log's epoch when the slice was read. */
  readonly epoch: number;
  /** The owner's newest positions, as far as known. */
  readonly heads: readonly ShardHead[];
  /**
   * Throws Fenced, inside the transaction that stores the checkpoint, when this member no longer holds one of the
   * slice's partitions. Absent where the transport has no lease (a broker): the checkpoint's compare-and-set holds.
   */
  readonly fence?: (tx: ConsumerTransaction) => Promise<void>;
}

/**
 * What became of a slice. `stored`: effects and checkpoint are durable. `fenced`: another member took over, nothing
 * was stored. `stopped`: the subscription is closing. `halted`: the consumer stopped for good until someone acts.
 */
export type Delivery = 'stored' | 'fenced' | 'stopped' | 'halted';

export interface Subscription extends StreamName {
  readonly partitions: number;
  /** How many slices may be worked on at the same time, each of other partitions. */
  readonly concurrency: number;
  /** Messages of a slice at most, 1 to 500. */
  readonly batchMax: number;
  /** Unique among the members of the group. */
  readonly member: string;
  /** The consumer's own database: checkpoints, and leases where the transport needs them. */
  readonly database: DataSource;
  readonly logger: StreamLogger;
  /** Never rejects. The transport acknowledges a slice only after `stored`, and reads at most one slice ahead. */
  deliver(slice: Slice): Promise<Delivery>;
  /** Told whenever the owner was asked, so that lag is known while nothing arrives. */
  observed(heads: readonly ShardHead[]): void;
  /** Told when the transport finds that the consumer cannot go on; it closes its session itself. */
  halt(reason: ConsumerHalted): void;
}

export interface StreamSession {
  /** Partitions this member holds now. */
  partitions(): readonly number[];
  /** Ends delivery after the slices at work, then leaves the group. Never rejects; ends within the deadline. */
  close(deadlineMs: number): Promise<void>;
}

export interface RefillRequest {
  readonly source: string;
  readonly topic: string;
  readonly after: PartitionPosition;
  readonly limit: number;
  readonly signal: AbortSignal;
}

/** What the owner's log holds after a position of one partition. */
export interface Refill {
  readonly messages: readonly StreamMessage[];
  readonly lookedUpTo: number;
  readonly epoch: number;
}

/**
 * The port to whatever carries events. A transport must deliver at least once and in order per partition, must begin
 * at the start of the log for a consumer it does not know, and must make a quiet partition's loss visible by
 * `lookedUpTo` or by asking the owner at least every 30 s.
 */
export interface StreamTransport {
  /** Joins the consumer's group. Rejects only when the subscription can never work. */
  subscribe(subscription: Subscription): Promise<StreamSession>;
  /** Reads one partition from the owner's log itself; for gaps. Rejects when the owner does not answer in time. */
  refill(request: RefillRequest): Promise<Refill>;
}
