import type { Feed, FeedReply, PartitionPosition } from '@caseledger/event-store';
import { Backoff, pause, settledWithin } from '../backoff.js';
import { readCheckpoints, type Queries } from '../checkpoint.js';
import { ConsumerHalted, describeFault, isTransient } from '../faults.js';
import { placeOf } from '../intake.js';
import type { Slice, StreamSession, Subscription } from '../transport.js';
import { assertLeases } from './leases.js';
import { Membership, type Holding } from './membership.js';

export interface FeedSessionOptions {
  readonly leaseMs: number;
  readonly waitMs: number;
  readonly graceMs: number;
}

/** An answer of the owner and the holdings it was asked for. */
interface Reading {
  readonly holdings: readonly Holding[];
  readonly reply: FeedReply;
}

/** One member reading one topic: each group of partitions has a loop of its own that reads one slice ahead. */
export class FeedSession implements StreamSession {
  private readonly membership: Membership;
  private readonly closing = new AbortController();
  /** Reads and idle waits, cut short when the holdings change. */
  private readonly waits = new Set<AbortController>();
  /** Where to read on, by shard. */
  private readonly positions = new WeakMap<Holding, Map<number, number>>();
  private work: Promise<unknown> = Promise.resolve();
  private epoch = 0;
  /** When the owner last answered, or this member began; by this process's clock. */
  private answeredAtMs = performance.now();

  constructor(
    private readonly feed: Feed,
    private readonly subscription: Subscription,
    private readonly db: Queries,
    private readonly options: FeedSessionOptions,
  ) {
    this.membership = new Membership(subscription, db, options.leaseMs, () => this.interrupt());
  }

  start(): void {
    const groups = Array.from({ length: this.subscription.concurrency }, (_, group) => this.runGroup(group));
    this.work = Promise.all([this.membership.run(this.closing.signal), ...groups]);
  }

  partitions(): readonly number[] {
    return this.membership.holdings().map(({ partition }) => partition);
  }

  async close(deadlineMs: number): Promise<void> {
    this.end();
    await settledWithin(this.work, deadlineMs);
    await settledWithin(this.membership.leave(), deadlineMs);
  }

  private async runGroup(group: number): Promise<void> {
    const mine = (partition: number): boolean => partition % this.subscription.concurrency === group;
    const backoff = new Backoff();
    let ahead: Promise<Reading | undefined> | undefined;
    while (!this.closing.signal.aborted) {
      const reading = await (ahead ?? this.read(mine, backoff));
      ahead = undefined;
      // Nothing of this group is at work here, so what is to be given up can be.
      await this.membership.releaseDrained(mine);
      const slice = reading === undefined ? undefined : this.take(reading);
      if (slice === undefined) continue;
      ahead = this.read(mine, backoff);
      await this.hand(slice);
    }
    await ahead;
  }

  private async hand({ slice, holdings }: { slice: Slice; holdings: readonly Holding[] }): Promise<void> {
    const delivery = await this.subscription.deliver(slice);
    if (delivery === 'fenced') await this.membership.giveUp(holdings);
    if (delivery === 'halted') this.retire();
  }

  /** Leaves the group for good, so that nobody waits for a consumer that has stopped. */
  private retire(): void {
    this.end();
    void this.membership.leave();
  }

  private end(): void {
    this.closing.abort();
    this.interrupt();
  }

  private interrupt(): void {
    for (const wait of this.waits) wait.abort();
  }

  /** Asks the owner for what follows; nothing when the holdings changed meanwhile or it did not answer. Never rejects. */
  private async read(mine: (partition: number) => boolean, backoff: Backoff): Promise<Reading | undefined> {
    const wait = new AbortController();
    this.waits.add(wait);
    try {
      const holdings = this.membership.holdings().filter(({ partition }) => mine(partition));
      if (holdings.length === 0) {
        await pause(this.options.waitMs, wait.signal);
        return undefined;
      }
      await this.begin(holdings);
      const { topic, batchMax } = this.subscription;
      const after = holdings.flatMap((holding) => this.after(holding));
      const reply = await this.feed.read({ topic, after, limit: batchMax, waitMs: this.options.waitMs, signal: wait.signal });
      this.subscription.observed(reply.head);
      backoff.reset();
      this.answeredAtMs = performance.now();
      return { holdings, reply };
    } catch (thrown) {
      if (!wait.signal.aborted) await this.failed(thrown, backoff);
      return undefined;
    } finally {
      this.waits.delete(wait);
    }
  }

  private async failed(thrown: unknown, backoff: Backoff): Promise<void> {
    const { consumer, source, topic, logger } = this.subscription;
    if (thrown instanceof ConsumerHalted) {
      this.subscription.halt(thrown);
      return this.retire();
    }
    // Processes start in any order, and an owner that is replaced is soon back.
    const isSoon = isTransient(thrown) && performance.now() - this.answeredAtMs < this.options.graceMs;
    if (!isSoon) logger.warn({ consumer, source, topic, fault: describeFault(thrown) }, 'A feed could not be read');
    await pause(backoff.nextMs(), this.closing.signal);
  }

  /** Looks up where new holdings go on; a log that ends before a checkpoint is not the log that was read. */
  private async begin(holdings: readonly Holding[]): Promise<void> {
    const unknown = holdings.filter((holding) => !this.positions.has(holding));
    if (unknown.length === 0) return;
    const checkpoints = await readCheckpoints(this.db, this.subscription);
    const { head } = await this.feed.head();
    for (const { shard, position } of head) {
      const ahead = [...checkpoints.values()].find((checkpoint) => checkpoint.shard === shard && checkpoint.position > position);
      if (ahead !== undefined) throw new ConsumerHalted('LOG_EPOCH_MISMATCH', `${this.subscription.source} ends at ${position}, the checkpoint is at ${ahead.position}`);
    }
    for (const holding of unknown) {
      const { partition } = holding;
      const starts = head.map(({ shard }): [number, number] => [shard, checkpoints.get(placeOf({ shard, partition }))?.position ?? 0]);
      this.positions.set(holding, new Map(starts));
    }
  }

  private after(holding: Holding): PartitionPosition[] {
    return [...(this.positions.get(holding) ?? [])].map(([shard, position]) => ({ shard, partition: holding.partition, position }));
  }

  /** Makes a slice of what is still held, and moves the reading on past it; nothing when there is nothing to store. */
  private take({ holdings, reply }: Reading): { slice: Slice; holdings: readonly Holding[] } | undefined {
    const held = holdings.filter((holding) => this.membership.holds(holding));
    const partitions = new Set(held.map(({ partition }) => partition));
    const messages = reply.events.filter(({ partition }) => partitions.has(partition));
    const lookedUpTo = reply.lookedUpTo
      .filter(({ partition }) => partitions.has(partition))
      .map((place) => ({ ...place, from: this.searchedFrom(held, place) }));
    const moved = held.filter((holding) => this.move(holding, [...messages, ...lookedUpTo])).length > 0;
    const otherEpoch = reply.epoch !== this.epoch;
    if (held.length === 0 || (!moved && !otherEpoch)) return undefined;
    this.epoch = reply.epoch;
    const { subscription } = this;
    const slice: Slice = {
      messages,
      lookedUpTo,
      epoch: reply.epoch,
      heads: reply.head,
      fence: (tx) => assertLeases(tx, subscription, subscription.member, held),
    };
    return { slice, holdings: held };
  }

  private searchedFrom(held: readonly Holding[], { shard, partition }: PartitionPosition): number {
    const holding = held.find((one) => one.partition === partition);
    return (holding === undefined ? undefined : this.positions.get(holding)?.get(shard)) ?? 0;
  }

  private move(holding: Holding, places: readonly PartitionPosition[]): boolean {
    const positions = this.positions.get(holding);
    const further = places.filter(({ shard, partition, position }) => partition === holding.partition && position > (positions?.get(shard) ?? 0));
    for (const { shard, position } of further) positions?.set(shard, Math.max(position, positions.get(shard) ?? 0));
    return further.length > 0;
  }
}
