import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import { settledWithin } from '../backoff.js';
import { RETRY } from './kafka-client.js';

export interface GroupTimes {
  /** How long a member that fell silent keeps its partitions. */
  readonly sessionMs: number;
  readonly heartbeatMs: number;
}

export interface GroupReaderOptions extends GroupTimes {
  readonly kafka: Pick<Kafka, 'consumer'>;
  readonly group: string;
  readonly topic: string;
  readonly concurrency: number;
  /** Told of each assignment. */
  readonly assigned: (partitions: readonly number[]) => void;
  /** Told whenever the group's coordinator has answered. */
  readonly alive: () => void;
  /** Told whenever the brokers were asked for more, and had it or not. */
  readonly asked: () => void;
  /** Works one partition's messages off; must not reject but for what `heartbeat` throws. */
  readonly onBatch: (payload: EachBatchPayload) => Promise<void>;
}

/**
 * One fetch brings at most about this many bytes, over all partitions: no more than 500 of our messages, each of which
 * has some 450 bytes of headers. They are all that waits in memory.
 */
const FETCH_BYTES = 200_000;
const FETCH_WAIT_MS = 250;
const METADATA_AGE_MS = 60_000;
const DISCONNECT_MS = 2_000;

/** One life of a kafkajs consumer, from joining its group until it crashed or was ended. */
export class GroupReader {
  private readonly consumer: Consumer;
  private readonly crashed: Promise<Error>;

  constructor(private readonly options: GroupReaderOptions) {
    const { kafka, group, topic, sessionMs, heartbeatMs, assigned, alive, asked } = options;
    this.consumer = kafka.consumer({
      groupId: group,
      sessionTimeout: sessionMs,
      rebalanceTimeout: sessionMs,
      heartbeatInterval: heartbeatMs,
      // An idle member leaves within this time; with the default of 5 s in more than four.
      maxWaitTimeInMs: FETCH_WAIT_MS,
      maxBytes: FETCH_BYTES,
      maxBytesPerPartition: FETCH_BYTES,
      metadataMaxAge: METADATA_AGE_MS,
      allowAutoTopicCreation: false,
      // It never restarts by itself: whether it would, depends on the kind of error, and some ended it in silence.
      retry: { ...RETRY, restartOnFailure: () => Promise.resolve(false) },
    });
    const { CRASH, FETCH, GROUP_JOIN, HEARTBEAT } = this.consumer.events;
    this.crashed = new Promise((resolve) => this.consumer.on(CRASH, ({ payload }) => resolve(payload.error)));
    this.consumer.on(GROUP_JOIN, ({ payload }) => {
      alive();
      assigned(payload.memberAssignment[topic] ?? []);
    });
    this.consumer.on(HEARTBEAT, alive);
    this.consumer.on(FETCH, asked);
  }

  /** Joins the group and reads until it crashes or the signal fires. @throws whatever it crashed with */
  async run(signal: AbortSignal): Promise<void> {
    const { topic, concurrency, onBatch } = this.options;
    await this.consumer.connect();
    // Where nothing is committed, or what was is gone, it begins at the start: repeats are dropped, nothing is skipped.
    await this.consumer.subscribe({ topics: [topic], fromBeginning: true });
    await this.consumer.run({ autoCommit: false, eachBatchAutoResolve: false, partitionsConsumedConcurrently: concurrency, eachBatch: onBatch });
    const ended = new Promise<undefined>((resolve) => {
      if (signal.aborted) resolve(undefined);
      signal.addEventListener('abort', () => resolve(undefined), { once: true });
    });
    const fault = await Promise.race([this.crashed, ended]);
    if (fault !== undefined) throw fault;
  }

  /** Leaves the group after the batches at work, within the time. Never rejects. */
  async leave(deadlineMs = DISCONNECT_MS): Promise<void> {
    await settledWithin(this.consumer.disconnect(), deadlineMs);
  }
}
