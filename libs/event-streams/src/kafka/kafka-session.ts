import type { Feed } from '@caseledger/event-store';
import type { EachBatchPayload, Kafka } from 'kafkajs';
import { Backoff, pause, settledWithin } from '../backoff.js';
import type { Queries } from '../checkpoint.js';
import { ConsumerHalted, describeFault } from '../faults.js';
import type { Delivery, Slice, StreamSession, Subscription } from '../transport.js';
import { slicesOf, type ReadSlice } from './batch-slices.js';
import { GroupReader, type GroupTimes } from './group-reader.js';
import { PartitionLanes } from './partition-lanes.js';
import { QuietCheck } from './quiet-check.js';

export interface KafkaSessionOptions extends GroupTimes {
  /** How often partitions in which nothing arrives are compared with their owner. */
  readonly quietMs: number;
  /** How long events are waited for that the owner has and nobody delivers. */
  readonly lostMs: number;
}

/** How long after the coordinator's last answer a member still counts as reading, in sessions. */
const SESSIONS_SILENT = 2;

/** A partition counts as quiet only when the brokers were asked so often meanwhile: the first question may be from before. */
const ASKED_MIN = 2;

/** One member of a consumer group; what crashes is built anew for as long as the session is open. */
export class KafkaSession implements StreamSession {
  private readonly closing = new AbortController();
  private readonly lanes = new PartitionLanes();
  private readonly quiet: QuietCheck;
  private readonly backoff = new Backoff(100, 5_000);
  private assigned: readonly number[] = [];
  private aliveAtMs = Number.NEGATIVE_INFINITY;
  private closeMs = 0;
  /** How often the brokers were asked for more since the last comparison. */
  private asked = 0;
  private work: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly kafka: Pick<Kafka, 'consumer'>,
    private readonly feed: Feed,
    private readonly subscription: Subscription,
    db: Queries,
    private readonly options: KafkaSessionOptions,
  ) {
    this.quiet = new QuietCheck(feed, db, subscription, options.lostMs);
  }

  start(): void {
    this.work = Promise.all([this.keepReading(), this.keepComparing()]);
  }

  partitions(): readonly number[] {
    return this.assigned;
  }

  /** Whether this member is in its group, as far as the group's coordinator has said lately. */
  isReading(): boolean {
    return performance.now() - this.aliveAtMs < this.options.sessionMs * SESSIONS_SILENT;
  }

  async close(deadlineMs: number): Promise<void> {
    this.closeMs = deadlineMs;
    this.closing.abort();
    await settledWithin(this.work, deadlineMs);
  }

  private async keepReading(): Promise<void> {
    const { signal } = this.closing;
    const logId = await this.ownersLog();
    while (!signal.aborted) {
      const reader = this.reader(logId);
      try {
        await reader.run(signal);
      } catch (thrown) {
        this.warn(thrown, 'A consumer ended and is built anew');
      }
      this.assigned = [];
      this.aliveAtMs = Number.NEGATIVE_INFINITY;
      await reader.leave(signal.aborted ? Math.max(this.closeMs, 100) : undefined);
      await pause(this.backoff.nextMs(), signal);
    }
  }

  private reader(logId: string): GroupReader {
    const { kafka, subscription, options } = this;
    const { consumer, topic, concurrency } = subscription;
    return new GroupReader({
      kafka,
      group: `${topic}.${consumer}`,
      topic,
      concurrency,
      sessionMs: options.sessionMs,
      heartbeatMs: options.heartbeatMs,
      assigned: (partitions) => {
        this.assigned = partitions;
        this.backoff.reset();
      },
      asked: () => void (this.asked += 1),
      alive: () => void (this.aliveAtMs = performance.now()),
      onBatch: (payload) => this.workOff(payload, logId),
    });
  }

  /** Nothing is thrown out of here but a heartbeat's refusal, upon which kafkajs joins the group again. */
  private async workOff(payload: EachBatchPayload, logId: string): Promise<void> {
    const { topic, partition } = payload.batch;
    for (const read of slicesOf(payload.batch, { logId, heads: this.quiet.heads, messagesMax: this.subscription.batchMax })) {
      if (this.closing.signal.aborted || !payload.isRunning() || payload.isStale()) return;
      if ((await this.deliver(read, payload)) !== 'stored') break;
      // Before the commit: a refused heartbeat lets the member join again, a refused commit would end it.
      await payload.heartbeat();
      payload.resolveOffset(read.lastOffset);
      const next = String(BigInt(read.lastOffset) + 1n);
      // A hint where to go on; the checkpoint is stored beside the view.
      await payload.commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition, offset: next }] }] }).catch((thrown: unknown) => this.warn(thrown, 'An offset was not committed'));
    }
    await payload.heartbeat();
  }

  private async deliver({ slice, foreign }: ReadSlice, payload: EachBatchPayload): Promise<Delivery> {
    const { partition } = payload.batch;
    const { consumer, source, topic, logger } = this.subscription;
    if (foreign > 0) logger.error({ consumer, source, topic, partition, messages: foreign }, 'Messages of another log, or of nobody, lie in a topic and are passed over');
    if (slice.messages.length === 0) return 'stored';
    // A handler may take longer than a session, and there is no heartbeat in the background.
    const beat = setInterval(() => void payload.heartbeat().catch(() => undefined), this.options.heartbeatMs);
    try {
      return await this.handOver([partition], slice);
    } finally {
      clearInterval(beat);
    }
  }

  private async handOver(partitions: readonly number[], slice: Slice): Promise<Delivery> {
    const delivery = await this.lanes.run(partitions, () => this.subscription.deliver(slice));
    // Leaves the group for good, so that nobody waits for a consumer that has stopped.
    if (delivery === 'halted') this.closing.abort();
    return delivery;
  }

  private async keepComparing(): Promise<void> {
    const { signal } = this.closing;
    while (!signal.aborted) {
      try {
        const found = await this.quiet.look(this.idle());
        this.subscription.observed(this.quiet.heads);
        if (found !== undefined) await this.handOver(found.partitions, found.slice);
      } catch (thrown) {
        if (thrown instanceof ConsumerHalted) {
          this.subscription.halt(thrown);
          return this.closing.abort();
        }
        this.warn(thrown, 'Quiet partitions could not be compared with their owner');
      }
      await pause(this.options.quietMs, signal);
    }
  }

  /** Partitions in which something would have arrived by now, had it been there; undefined while that cannot be said. */
  private idle(): readonly number[] | undefined {
    if (this.asked < ASKED_MIN) return undefined;
    this.asked = 0;
    return this.assigned.filter((partition) => this.lanes.isFree(partition));
  }

  /** The owner is waited for: whose messages count must be known before the first one. */
  private async ownersLog(): Promise<string> {
    const { signal } = this.closing;
    while (!signal.aborted) {
      try {
        return (await this.feed.head()).logId;
      } catch (thrown) {
        this.warn(thrown, 'An owner did not answer');
        await pause(this.backoff.nextMs(), signal);
      }
    }
    return '';
  }

  private warn(thrown: unknown, message: string): void {
    const { consumer, source, topic, logger } = this.subscription;
    if (!this.closing.signal.aborted) logger.warn({ consumer, source, topic, fault: describeFault(thrown) }, message);
  }
}
