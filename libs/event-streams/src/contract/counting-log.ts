import { EventCatalog, EventStore, partitionOf, uuid7, type JsonObject, type NewEvent, type StreamAppend, type TopicDefinition } from '@caseledger/event-store';
import type { Database } from '@caseledger/service-kit';
import type { DataSource } from 'typeorm';
import type { PublishedEvent, StreamHarness } from './stream-harness.js';

export const COUNTING_TOPIC = 'caseledger.counted.v1';
const SHARDS = 2;
const EVENTS_PER_APPEND_MAX = 1_000;

/** One company per shard, so that both shards are at work. */
const TENANTS = Array.from({ length: SHARDS }, (_, shard) => tenantOf(shard));

function tenantOf(shard: number): string {
  for (;;) {
    const tenant = uuid7();
    if (partitionOf(tenant, SHARDS) === shard) return tenant;
  }
}

const catalog = new EventCatalog([
  { type: 'Counted', schemaVersion: 1 },
  { type: 'Invented', schemaVersion: 1 },
]);

/** An owner's log: a real event store whose events count, and may say anything else as well. */
export class CountingLog implements Pick<StreamHarness, 'publishElsewhere' | 'heads' | 'restore'> {
  readonly store: EventStore;

  private constructor(
    database: Database,
    private readonly superuser: DataSource,
    partitions: number,
    topic: string,
  ) {
    this.store = new EventStore({
      dataSource: database.app,
      tail: database.tail,
      // No event of this log holds personal data, so nobody asks for a salt.
      vault: { ensure: () => Promise.resolve(new Map()), find: () => Promise.resolve(new Map()), erase: () => Promise.resolve() },
      masterKey: Buffer.alloc(32, 7),
      catalog,
      projections: [],
      topics: [topicOf(topic, partitions)],
      shards: SHARDS,
    });
  }

  /** @param superuser a pool on the same database, for what no service may do */
  static async open(database: Database, superuser: DataSource, partitions: number, topic = COUNTING_TOPIC): Promise<CountingLog> {
    await superuser.query('insert into es.head (shard) select generate_series(1, $1::int - 1)', [SHARDS]);
    return new CountingLog(database, superuser, partitions, topic);
  }

  /** Appends in transactions of at most 1,000 events; `ids` are the events' ids, in their order. */
  async append(events: readonly PublishedEvent[], ids: readonly string[], category = 'counting'): Promise<void> {
    for (let from = 0; from < events.length; from += EVENTS_PER_APPEND_MAX) {
      const part = events.slice(from, from + EVENTS_PER_APPEND_MAX).map((event, index) => ({ event, id: ids[from + index] ?? uuid7() }));
      for (const [shard, tenant] of TENANTS.entries()) {
        const appends = appendsOf(part.filter(({ event }) => shardOf(event) === shard), category);
        if (appends.length === 0) continue;
        await this.store.transaction(tenant, (tx) => tx.append({ tenant, origin: { kind: 'user' } }, appends));
      }
    }
  }

  publishElsewhere(count: number): Promise<void> {
    const events = Array.from({ length: count }, () => ({ stream: uuid7(), n: 1 }));
    return this.append(events, [], 'elsewhere');
  }

  heads(): ReturnType<StreamHarness['heads']> {
    return this.store.head();
  }

  async restore(): Promise<void> {
    await this.superuser.query('update es.log_id set epoch = epoch + 1');
  }
}

function shardOf({ stream }: PublishedEvent): number {
  return Number.parseInt(stream.slice(-1), 16) % SHARDS;
}

function appendsOf(events: readonly { event: PublishedEvent; id: string }[], category: string): StreamAppend[] {
  const byStream = new Map<string, NewEvent[]>();
  for (const { event, id } of events) {
    const { stream, n, type = 'Counted', payload } = event;
    const data = payload === undefined ? { n } : { base64: Buffer.from(payload).toString('base64') };
    byStream.set(stream, [...(byStream.get(stream) ?? []), { id, type, data }]);
  }
  return [...byStream].map(([stream, streamEvents]) => ({ stream, category, expected: 'any', events: streamEvents }));
}

function topicOf(topic: string, partitions: number): TopicDefinition {
  return { topic, partitions, categories: ['counting'], encode: ({ data }) => payloadOf(data) };
}

function payloadOf(data: JsonObject): Uint8Array {
  const { base64 } = data;
  return typeof base64 === 'string' ? Buffer.from(base64, 'base64') : Buffer.from(JSON.stringify(data));
}
