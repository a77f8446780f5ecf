import type { OriginKind } from './event.types.js';
import type { JsonObject } from './json.types.js';

/** An event as a topic's encoder sees it: the clear data only, as written, not brought to the present version. */
export interface RawEvent {
  readonly id: string;
  readonly type: string;
  readonly schemaVersion: number;
  readonly tenant: string;
  readonly stream: string;
  readonly category: string;
  readonly version: number;
  readonly data: JsonObject;
  readonly meta: JsonObject;
  readonly at: Date;
}

/** What of a service's log others may follow, and how it looks outside. */
export interface TopicDefinition {
  /** Such as `caseledger.contacts.v1`. */
  readonly topic: string;
  readonly partitions: number;
  /** Categories of the streams whose events it carries. */
  readonly categories: readonly string[];
  /** Default: murmur2 of the stream, mod partitions. */
  partitionOf?(event: { readonly stream: string; readonly data: JsonObject }): number;
  /** The protobuf message of the event; never personal data in clear. */
  encode(event: RawEvent): Uint8Array;
}

export interface PartitionPosition {
  readonly shard: number;
  readonly partition: number;
  readonly position: number;
}

export interface FeedRequest {
  readonly topic: string;
  /** Events after each position are answered; one entry per shard and partition asked for. */
  readonly after: readonly PartitionPosition[];
  /** At most this many events, 1 to 5,000; an answer also ends near 4 MB. */
  readonly limit: number;
  /** How long to wait for a first event, at most 30,000. */
  readonly waitMs: number;
  readonly signal?: AbortSignal;
}

export interface FeedEvent {
  readonly shard: number;
  readonly partition: number;
  readonly position: number;
  /**
   * Position of the event before this one in the same shard and partition. Where none lies between, it is the
   * position asked from, so a reader that has read up to there never sees a gap.
   */
  readonly prevPosition: number;
  readonly epoch: number;
  readonly eventId: string;
  readonly type: string;
  readonly schemaVersion: number;
  readonly tenant: string;
  readonly stream: string;
  readonly streamVersion: number;
  readonly origin: OriginKind;
  readonly originId?: string;
  readonly actor?: string;
  readonly at: Date;
  readonly traceparent?: string;
  readonly payload: Uint8Array;
}

export interface FeedReply {
  /** Identifies the log; another one means another database. */
  readonly logId: string;
  /** Grows when the log was restored from a backup (DESIGN 10, CORRECTNESS §1.6). */
  readonly epoch: number;
  /** In position order within each shard. */
  readonly events: readonly FeedEvent[];
  /** How far each asked partition was searched: a quiet partition's checkpoint moves on to here. */
  readonly lookedUpTo: readonly PartitionPosition[];
  readonly head: readonly { readonly shard: number; readonly position: number }[];
}

/** The service's log as others read it (DESIGN 7). */
export interface Feed {
  read(request: FeedRequest): Promise<FeedReply>;
  head(): Promise<{
    readonly logId: string;
    readonly epoch: number;
    readonly head: readonly { readonly shard: number; readonly position: number }[];
  }>;
}
