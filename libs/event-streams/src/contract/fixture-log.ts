import { partitionOf, uuid7, type Feed, type FeedEvent, type FeedReply, type FeedRequest, type PartitionPosition } from '@caseledger/event-store';
import type { PublishedEvent } from './stream-harness.js';

const TENANT_OF_SHARD = ['0198c000-0000-7000-8000-000000000000', '0198c000-0000-7000-8000-000000000001'];

/** The shard of a stream: that of its company, which its last digit chooses. */
function shardOf(stream: string): number {
  return Number.parseInt(stream.slice(-1), 16) % TENANT_OF_SHARD.length;
}

/** An owner's log of two shards with one topic, kept by the spec itself so that it can hold what no owner would write. */
export class FixtureLog implements Feed {
  private readonly logs: (FeedEvent | undefined)[][] = TENANT_OF_SHARD.map(() => []);
  private readonly waiting = new Set<() => void>();
  private epoch = 1;

  constructor(private readonly partitions: number) {}

  append(events: readonly PublishedEvent[]): string[] {
    const ids = events.map((event) => this.write(event));
    this.wake();
    return ids;
  }

  /** Events of other categories take positions in the log, but do not travel on the topic. */
  appendElsewhere(count: number): void {
    for (let n = 0; n < count; n += 1) this.logs[n % this.logs.length]?.push(undefined);
    this.wake();
  }

  /** Back to an older backup: the newest half is gone, the epoch grows. */
  restore(): void {
    for (const log of this.logs) log.splice(Math.floor(log.length / 2));
    this.epoch += 1;
    this.wake();
  }

  head(): Promise<{ logId: string; epoch: number; head: { shard: number; position: number }[] }> {
    return Promise.resolve({ logId: 'fixture', epoch: this.epoch, head: this.logs.map((log, shard) => ({ shard, position: log.length })) });
  }

  async read(request: FeedRequest): Promise<FeedReply> {
    const found = await this.search(request);
    if (found.events.length > 0 || request.waitMs === 0) return found;
    await this.news(request);
    return this.search(request);
  }

  private write({ stream, n, type = 'Counted', payload }: PublishedEvent): string {
    const shard = shardOf(stream);
    const log = this.logs[shard] ?? [];
    const partition = partitionOf(stream, this.partitions);
    const previous = log.findLast((event) => event?.partition === partition);
    const event: FeedEvent = {
      shard,
      partition,
      position: log.length + 1,
      prevPosition: previous?.position ?? 0,
      epoch: this.epoch,
      eventId: uuid7(),
      type,
      schemaVersion: 1,
      tenant: TENANT_OF_SHARD[shard] ?? '',
      stream,
      streamVersion: n,
      origin: 'user',
      at: new Date(),
      payload: payload ?? Buffer.from(JSON.stringify({ n })),
    };
    log.push(event);
    return event.eventId;
  }

  private async search({ after, limit }: FeedRequest): Promise<FeedReply> {
    const { head, ...log } = await this.head();
    const events = this.logs.flatMap((shardLog, shard) => {
      const asked = new Map(after.filter((place) => place.shard === shard).map(({ partition, position }) => [partition, position]));
      return shardLog.filter((event) => event !== undefined).filter(({ partition, position }) => position > (asked.get(partition) ?? Infinity));
    });
    const answered = events.slice(0, limit);
    const leftOut = events[limit];
    const lookedUpTo = after.map((place) => ({ ...place, position: lookedUpToOf(place, head[place.shard]?.position ?? 0, leftOut) }));
    return { ...log, head, events: answered, lookedUpTo };
  }

  private news({ waitMs, signal }: FeedRequest): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, waitMs);
      this.waiting.add(done);
      signal?.addEventListener('abort', done, { once: true });
    });
  }

  private wake(): void {
    for (const done of [...this.waiting]) done();
  }
}

function lookedUpToOf(place: PartitionPosition, head: number, leftOut: FeedEvent | undefined): number {
  if (leftOut === undefined || place.shard < leftOut.shard) return Math.max(place.position, head);
  return place.shard === leftOut.shard ? Math.max(place.position, leftOut.position - 1) : place.position;
}
