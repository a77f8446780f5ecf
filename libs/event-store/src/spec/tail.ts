import type { EventStore } from '../event-store.js';
import type { FeedEvent, PartitionPosition } from '../feed.types.js';
import { peopleTopic } from './people.js';

/** A reader that follows the feed of people as a consumer does, and keeps what it saw. */
export class Tail {
  readonly seen: FeedEvent[] = [];
  /** Events whose predecessor this reader had not seen. */
  gaps = 0;
  private after: PartitionPosition[] = Array.from({ length: peopleTopic.partitions }, (_, partition) => ({ shard: 0, partition, position: 0 }));
  private running: Promise<void> | undefined;
  private readonly stopped = new AbortController();

  constructor(private readonly store: EventStore) {}

  start(): this {
    this.running = this.follow();
    return this;
  }

  /** Reads on until everything up to the present head is seen, then ends. */
  async finish(): Promise<void> {
    this.stopped.abort();
    await this.running;
    const head = (await this.store.head())[0]?.position ?? 0;
    while (this.after.some(({ position }) => position < head)) await this.read(0);
  }

  async read(waitMs: number): Promise<number> {
    const { signal } = this.stopped;
    const reply = await this.store.feed.read({ topic: peopleTopic.topic, after: this.after, limit: 200, waitMs, signal });
    const last = new Map(this.after.map(({ partition, position }) => [partition, position]));
    for (const event of reply.events) {
      if (event.prevPosition > (last.get(event.partition) ?? 0)) this.gaps += 1;
      last.set(event.partition, event.position);
      this.seen.push(event);
    }
    this.after = [...reply.lookedUpTo];
    return reply.events.length;
  }

  private async follow(): Promise<void> {
    while (!this.stopped.signal.aborted) await this.read(1_000);
  }
}
