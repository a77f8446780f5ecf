import type { DataSource } from 'typeorm';
import type { Consumption } from './consumer.js';
import { ConsumerHalted, describeFault } from './faults.js';
import { SliceWorker } from './slice-worker.js';
import { emptyStats, type ConsumerStats } from './stats.js';
import type { StreamLogger } from './stream-logger.js';
import type { Delivery, ShardHead, Slice, StreamSession, StreamTransport } from './transport.js';

export interface ConsumerRunOptions {
  readonly database: DataSource;
  readonly transport: StreamTransport;
  readonly logger: StreamLogger;
  readonly member: string;
  readonly backoff?: { readonly firstMs: number; readonly capMs: number };
}

/** One consumer of one member, from joining its group to leaving it. */
export class ConsumerRun {
  readonly stats: ConsumerStats = emptyStats();
  /** Why the consumer stopped for good, if it did. */
  halted: ConsumerHalted | undefined;
  private readonly stopping = new AbortController();
  private readonly working = new Set<Slice>();
  private readonly heads = new Map<number, number>();
  private session: StreamSession | undefined;

  constructor(
    readonly consumption: Consumption,
    private readonly options: ConsumerRunOptions,
  ) {}

  /** Joins the group; slices arrive from now on. */
  async start(): Promise<void> {
    const { database, transport, logger, member, backoff } = this.options;
    const { consumption, stats } = this;
    const worker = new SliceWorker({
      database,
      consumption,
      transport,
      stats,
      logger,
      signal: this.stopping.signal,
      ...(backoff === undefined ? {} : { backoff }),
    });
    this.session = await transport.subscribe({
      ...consumption,
      database,
      member,
      logger,
      deliver: (slice) => this.deliver(worker, slice),
      observed: (heads) => this.observe(heads),
      halt: (reason) => this.halt(reason),
    });
  }

  /** Leaves the group after the batches at work, within the deadline. */
  async stop(deadlineMs: number): Promise<void> {
    this.stopping.abort();
    await this.session?.close(deadlineMs);
  }

  /** Partitions this member holds. */
  partitions(): readonly number[] {
    return this.session?.partitions() ?? [];
  }

  /** The owner's newest positions when it last answered. */
  knownHeads(): ShardHead[] {
    return [...this.heads].map(([shard, position]) => ({ shard, position }));
  }

  /** Age of the oldest message at work, in ms by this machine's clock; 0 when nothing waits. */
  oldestAgeMs(): number {
    const times = [...this.working].flatMap(({ messages }) => messages.map(({ at }) => at.getTime()));
    return times.length === 0 ? 0 : Math.max(0, Date.now() - Math.min(...times));
  }

  private async deliver(worker: SliceWorker, slice: Slice): Promise<Delivery> {
    if (this.halted !== undefined) return 'halted';
    this.observe(slice.heads);
    this.working.add(slice);
    try {
      return await worker.process(slice);
    } catch (thrown) {
      this.halt(thrown);
      return 'halted';
    } finally {
      this.working.delete(slice);
    }
  }

  private halt(thrown: unknown): void {
    const { consumer, source, topic } = this.consumption;
    this.halted = thrown instanceof ConsumerHalted ? thrown : new ConsumerHalted('CHECKPOINT_NOT_STORED', describeFault(thrown));
    this.options.logger.error({ consumer, source, topic, reason: this.halted.message }, 'A consumer stopped and needs someone to act');
  }

  private observe(heads: readonly ShardHead[]): void {
    for (const { shard, position } of heads) this.heads.set(shard, position);
  }
}
