import type { DataSource } from 'typeorm';
import { asJsonObject } from './event-catalog.js';
import { HeadWatch, readHead, type LogHead } from './head-watch.js';
import type { Feed, FeedEvent, FeedReply, FeedRequest, PartitionPosition, RawEvent, TopicDefinition } from './feed.types.js';
import { readLogPage, type LogEventRow } from './log-page.js';
import { partitionOf } from './murmur2.js';
import type { WakeUps } from './wake-ups.js';

const LIMIT_MAX = 5_000;
const WAIT_MS_MAX = 30_000;
const ANSWER_BYTES_MAX = 4_000_000;
/** When the log has grown by nothing that was asked for, the answer says so after this time. */
const QUIET_MS = 500;

/** What one look through the log has gathered. */
interface Gathered {
  readonly events: FeedEvent[];
  /** By shard, up to where the log was searched. */
  readonly searched: Map<number, number>;
  bytes: number;
}

/** The feed of one service's log, read as the tail role (DESIGN 7). */
export class LogFeed implements Feed {
  private readonly topics: ReadonlyMap<string, TopicDefinition>;
  private readonly watch: HeadWatch;
  private turn = 0;

  constructor(
    private readonly tail: DataSource,
    topics: readonly TopicDefinition[],
    wakeUps: WakeUps,
  ) {
    this.topics = new Map(topics.map((topic) => [topic.topic, topic]));
    this.watch = new HeadWatch(tail, wakeUps);
  }

  head(): Promise<LogHead> {
    return readHead(this.tail);
  }

  /**
   * Answers with the events after the positions asked from, in position order within each shard, and with how far it
   * looked. Waits for a first event up to `waitMs`, or until it has searched something without finding one: then the
   * reader hears within half a second how far. Throws for an unknown topic, partition or limit.
   */
  async read(request: FeedRequest): Promise<FeedReply> {
    const topic = this.check(request);
    let until = performance.now() + request.waitMs;
    const asked = byShard(request.after);
    const gathered: Gathered = { events: [], searched: new Map([...asked].map(([shard, of]) => [shard, Math.min(...of.values())])), bytes: 0 };
    let hasSearched = false;
    for (;;) {
      const head = await this.head();
      const behind = await this.gather(topic, asked, gathered, request.limit);
      if (behind && !hasSearched) until = Math.min(until, performance.now() + QUIET_MS);
      hasSearched ||= behind;
      const waitMs = until - performance.now();
      if (gathered.events.length > 0 || waitMs <= 0 || request.signal?.aborted === true) {
        return { ...head, events: gathered.events, lookedUpTo: lookedUpTo(request.after, gathered.searched) };
      }
      if (!behind) await this.watch.wait(gathered.searched, waitMs, request.signal);
    }
  }

  /** Looks at one page of each shard, beginning with another one each time; tells whether a shard has more to look at. */
  private async gather(topic: TopicDefinition, asked: ShardPartitions, gathered: Gathered, limit: number): Promise<boolean> {
    const shards = [...asked.keys()];
    const first = this.turn++ % Math.max(1, shards.length);
    let behind = false;
    for (const shard of [...shards.slice(first), ...shards.slice(0, first)]) {
      if (gathered.events.length >= limit || gathered.bytes >= ANSWER_BYTES_MAX) break;
      const from = gathered.searched.get(shard) ?? 0;
      const page = await readLogPage(this.tail, shard, from, topic.categories);
      gathered.searched.set(shard, page.searchedTo);
      behind ||= page.searchedTo > from;
      take(topic, shard, page.rows, asked.get(shard) ?? new Map(), gathered, limit);
    }
    return behind;
  }

  private check({ topic: name, after, limit, waitMs }: FeedRequest): TopicDefinition {
    const topic = this.topics.get(name);
    if (topic === undefined) throw new Error(`There is no topic ${name}`);
    if (after.length === 0) throw new Error('A feed is read for at least one partition');
    if (after.some(({ partition }) => partition < 0 || partition >= topic.partitions)) throw new Error(`${name} has ${topic.partitions} partitions`);
    if (!Number.isInteger(limit) || limit < 1 || limit > LIMIT_MAX) throw new Error(`The limit is 1 to ${LIMIT_MAX}`);
    if (waitMs < 0 || waitMs > WAIT_MS_MAX) throw new Error(`A feed waits at most ${WAIT_MS_MAX} ms`);
    return topic;
  }
}

/** Per shard the position asked from, by partition. */
type ShardPartitions = Map<number, Map<number, number>>;

function byShard(after: readonly PartitionPosition[]): ShardPartitions {
  const shards: ShardPartitions = new Map();
  for (const { shard, partition, position } of after) {
    const partitions = shards.get(shard) ?? new Map<number, number>();
    shards.set(shard, partitions.set(partition, position));
  }
  return shards;
}

/** Adds the rows of asked partitions until the answer is full; then the search ended at the last one added. */
function take(
  topic: TopicDefinition,
  shard: number,
  rows: readonly LogEventRow[],
  asked: ReadonlyMap<number, number>,
  gathered: Gathered,
  limit: number,
): void {
  const before = new Map(asked);
  for (const row of rows) {
    const partition = partitionFor(topic, row);
    const previous = before.get(partition);
    if (previous === undefined || row.position <= previous) continue;
    before.set(partition, row.position);
    const event = feedEvent(topic, shard, partition, previous, row);
    gathered.events.push(event);
    gathered.bytes += event.payload.length;
    if (gathered.events.length >= limit || gathered.bytes >= ANSWER_BYTES_MAX) {
      gathered.searched.set(shard, row.position);
      return;
    }
  }
}

function partitionFor(topic: TopicDefinition, row: LogEventRow): number {
  if (topic.partitionOf === undefined) return partitionOf(row.stream, topic.partitions);
  const partition = topic.partitionOf({ stream: row.stream, data: asJsonObject(row.data) });
  if (!Number.isInteger(partition) || partition < 0 || partition >= topic.partitions) throw new Error(`${topic.topic} has no partition ${partition}`);
  return partition;
}

function feedEvent(topic: TopicDefinition, shard: number, partition: number, prevPosition: number, row: LogEventRow): FeedEvent {
  const raw: RawEvent = {
    id: row.event_id,
    type: row.type,
    schemaVersion: row.schema_version,
    tenant: row.tenant,
    stream: row.stream,
    category: row.category,
    version: row.version,
    data: asJsonObject(row.data),
    meta: asJsonObject(row.meta),
    at: row.at,
  };
  return {
    shard,
    partition,
    position: row.position,
    prevPosition,
    epoch: row.epoch,
    eventId: row.event_id,
    type: row.type,
    schemaVersion: row.schema_version,
    tenant: row.tenant,
    stream: row.stream,
    streamVersion: row.version,
    origin: row.source_kind,
    ...(row.source_id === null ? {} : { originId: row.source_id }),
    ...(row.actor === null ? {} : { actor: row.actor }),
    at: row.at,
    ...(row.traceparent === null ? {} : { traceparent: row.traceparent }),
    payload: topic.encode(raw),
  };
}

function lookedUpTo(after: readonly PartitionPosition[], searched: ReadonlyMap<number, number>): PartitionPosition[] {
  return after.map(({ shard, partition, position }) => ({ shard, partition, position: Math.max(position, searched.get(shard) ?? 0) }));
}
