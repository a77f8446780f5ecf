import type { DataSource } from 'typeorm';
import type { ShardHead, StreamName, StreamTransport } from '../index.js';

/** An event for the owner's log; `n` counts the events of its stream from 1. */
export interface PublishedEvent {
  readonly stream: string;
  readonly n: number;
  readonly type?: string;
  /** Instead of the JSON of `n`. */
  readonly payload?: Uint8Array;
}

/** One process of a group: its own connections and its own end of the transport. */
export interface HarnessMember {
  readonly name: string;
  readonly database: DataSource;
  readonly transport: StreamTransport;
  /** Messages that have reached this process. */
  fetched(): number;
  /** As kill -9 would: every connection is cut, nothing is given back, nothing can be reached any more. */
  kill(): Promise<void>;
}

/** What the contract needs of a transport and its owner: one topic with its log, and ways to harm the delivery. */
export interface StreamHarness extends Omit<StreamName, 'consumer'> {
  readonly partitions: number;
  member(name: string): Promise<HarnessMember>;
  /** Appends to the owner's log and hands over to whatever carries the topic. @returns the ids of the events */
  publish(events: readonly PublishedEvent[]): Promise<string[]>;
  /** Appends events that the topic does not carry. */
  publishElsewhere(count: number): Promise<void>;
  heads(): Promise<ShardHead[]>;
  /** The transport will not deliver these; the owner's log has them. Called before they are published. */
  loseNext(count: number): void;
  /** Everything that the transport has delivered so far arrives again. */
  redeliver(): void;
  /** The owner's log is restored from a backup: a new epoch, the newest events are gone. */
  restore(): Promise<void>;
  /** The group takes a living member for dead: others get its partitions, it does not know. */
  evict(member: string): Promise<void>;
  dispose(): Promise<void>;
}

export type MakeHarness = () => Promise<StreamHarness>;
