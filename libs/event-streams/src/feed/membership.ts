import { pause } from '../backoff.js';
import { nameOf, type Queries } from '../checkpoint.js';
import { describeFault } from '../faults.js';
import type { Subscription } from '../transport.js';
import { fairShare } from './fair-share.js';
import * as table from './leases.js';

/** A partition this member works on. */
export interface Holding extends table.Lease {
  /** Being given up: nothing more is read for it, and it is released once what is at work is stored. */
  draining: boolean;
  /** By this process's clock, counted from before the question was sent: later the lease may be another member's. */
  validUntilMs: number;
}

/** How often the membership is looked after within one lease time. */
const ROUNDS_PER_LEASE = 4;
/** A member that has fewer partitions than its share looks for released ones this often. */
const HUNGRY_MS = 100;

/** Keeps a member in its group: alive, with its fair share of the partitions, and told when that changes. */
export class Membership {
  private readonly held = new Map<number, Holding>();
  private share = 0;
  private rounds = 0;

  /** @param changed is called whenever holdings came or went */
  constructor(
    private readonly subscription: Subscription,
    private readonly db: Queries,
    private readonly leaseMs: number,
    private readonly changed: () => void,
  ) {}

  /** What this member may read for: held, not being given up, and in time. */
  holdings(): Holding[] {
    const now = performance.now();
    return [...this.held.values()].filter(({ draining, validUntilMs }) => !draining && now < validUntilMs);
  }

  /** Whether a holding is still the one that something was read for. */
  holds(holding: Holding): boolean {
    return this.held.get(holding.partition) === holding && performance.now() < holding.validUntilMs;
  }

  /** Looks after the membership until the signal fires. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    let known = false;
    while (!signal.aborted) {
      try {
        if (!known) await table.ensureLeases(this.db, this.subscription, this.subscription.partitions);
        known = true;
        await this.round();
      } catch (thrown) {
        this.warn(thrown, 'The membership of a group could not be kept up');
      }
      const hungry = this.holdings().length < this.share;
      await pause(hungry ? Math.min(HUNGRY_MS, this.leaseMs / ROUNDS_PER_LEASE) : this.leaseMs / ROUNDS_PER_LEASE, signal);
    }
  }

  /** Gives up holdings at once, after another member was found ahead; what is still this member's is free for all. */
  async giveUp(holdings: readonly Holding[]): Promise<void> {
    this.lose(holdings);
    await this.release(holdings);
  }

  /** Gives back what is being given up; called by whoever works on these partitions when nothing is at work. */
  async releaseDrained(of: (partition: number) => boolean): Promise<void> {
    const drained = [...this.held.values()].filter(({ partition, draining }) => draining && of(partition));
    if (drained.length === 0) return;
    for (const { partition } of drained) this.held.delete(partition);
    await this.release(drained);
  }

  /** Gives everything back and leaves. Never rejects: what cannot be given back runs out by itself. */
  async leave(): Promise<void> {
    const held = [...this.held.values()];
    this.held.clear();
    await this.release(held);
    await table.removeMember(this.db, this.subscription, this.subscription.member).catch((thrown: unknown) => this.warn(thrown, 'A group was not left'));
  }

  private async release(holdings: readonly Holding[]): Promise<void> {
    if (holdings.length === 0) return;
    await table
      .releaseLeases(this.db, this.subscription, this.subscription.member, holdings)
      .catch((thrown: unknown) => this.warn(thrown, 'Partitions were not given back'));
  }

  private async round(): Promise<void> {
    const { subscription, db, leaseMs } = this;
    const members = await table.seenMembers(db, subscription, subscription.member, leaseMs);
    this.share = fairShare(members, subscription.member, subscription.partitions);
    await this.renew();
    const kept = [...this.held.values()].filter(({ draining }) => !draining);
    if (kept.length > this.share) this.drain(kept.slice(this.share));
    if (kept.length < this.share) await this.claim(this.share - kept.length);
    this.rounds += 1;
    if (this.rounds % ROUNDS_PER_LEASE === 0) await table.forgetMembers(db, subscription, leaseMs);
  }

  private async renew(): Promise<void> {
    if (this.held.size === 0) return;
    const { subscription, db, leaseMs } = this;
    const validUntilMs = performance.now() + leaseMs;
    const held = [...this.held.values()];
    const renewed = await table.renewLeases(db, subscription, subscription.member, held, leaseMs);
    for (const holding of held) if (renewed.has(holding.partition)) holding.validUntilMs = validUntilMs;
    this.lose(held.filter(({ partition }) => !renewed.has(partition)));
  }

  private lose(holdings: readonly Holding[]): void {
    for (const { partition } of holdings) this.held.delete(partition);
    if (holdings.length > 0) this.changed();
  }

  private drain(surplus: readonly Holding[]): void {
    for (const holding of surplus) holding.draining = true;
    this.changed();
  }

  private async claim(count: number): Promise<void> {
    const validUntilMs = performance.now() + this.leaseMs;
    const leases = await table.claimLeases(this.db, this.subscription, this.subscription.member, count, this.leaseMs);
    for (const lease of leases) this.held.set(lease.partition, { ...lease, draining: false, validUntilMs });
    if (leases.length > 0) this.changed();
  }

  private warn(thrown: unknown, message: string): void {
    const [consumer, source, topic] = nameOf(this.subscription);
    this.subscription.logger.warn({ consumer, source, topic, fault: describeFault(thrown) }, message);
  }
}
