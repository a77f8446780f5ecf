import { randomUUID } from 'node:crypto';
import { eventStoreMigrations, relayMigrations, uuid7 } from '@caseledger/event-store';
import { eventually, testDatabase, type TestDatabase } from '@caseledger/testing';
import type { DataSource } from 'typeorm';
import { readCheckpoints } from '../checkpoint.js';
import { COUNTING_TOPIC, CountingLog } from '../contract/counting-log.js';
import { mixedEvents } from '../contract/tally.js';
import { MESSAGE_BYTES_MAX } from '../message.js';
import { poolQueries } from '../pool-queries.js';
import { RELAY, TopicRelay } from './topic-relay.js';
import type { TopicWriter } from './topic-writer.js';
import type { WireMessage } from './wire.js';

const PARTITIONS = 3;
const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** A topic in memory, whose acknowledgements a test holds back or refuses. */
class FakeTopic implements Pick<TopicWriter, 'write' | 'drop' | 'emptyPartitions'> {
  stored: WireMessage[] = [];
  refusing = false;
  /** Awaited before each acknowledgement, after storing. */
  held: Promise<void> | undefined;

  async write(messages: readonly WireMessage[]): Promise<void> {
    if (this.refusing && messages.length > 0) throw new Error('no broker');
    this.stored.push(...messages);
    if (messages.length > 0) await this.held;
  }

  drop(): Promise<void> {
    return Promise.resolve();
  }

  emptyPartitions(): Promise<Set<number>> {
    const filled = new Set(this.stored.map(({ partition }) => partition));
    return Promise.resolve(new Set(Array.from({ length: PARTITIONS }, (_, partition) => partition).filter((partition) => !filled.has(partition))));
  }

  /** Each place with its positions, and with what each message names as the one before. */
  chains(): Record<string, { position: number; before: number }[]> {
    const chains: Record<string, { position: number; before: number }[]> = {};
    for (const { partition, headers } of this.stored) {
      (chains[`${headers['shard']}/${partition}`] ??= []).push({ position: Number(headers['position']), before: Number(headers['prevposition']) });
    }
    return chains;
  }
}

describe('the relay of a topic', () => {
  let database: TestDatabase;
  let pool: DataSource;
  let log: CountingLog;
  let topic: FakeTopic;
  let relays: TopicRelay[];
  beforeEach(async () => {
    database = await testDatabase('topic_relay', [...eventStoreMigrations, ...relayMigrations]);
    const pools = await database.open();
    pool = pools.app;
    const { DataSource: Source } = await import('typeorm');
    const superuser = await new Source({ type: 'postgres', url: database.superuserUrl, installExtensions: false, extra: { max: 1 } }).initialize();
    log = await CountingLog.open(pools, superuser, PARTITIONS);
    await superuser.destroy();
    topic = new FakeTopic();
    relays = [];
  });
  afterEach(async () => {
    await Promise.all(relays.map((relay) => relay.close(2_000)));
    await database.drop();
  });

  function start(leaseMs = 2_000, into = topic): TopicRelay {
    const relay = new TopicRelay({ source: 'counting', topic: COUNTING_TOPIC, partitions: PARTITIONS, feed: log.store.feed, database: pool, writer: into as unknown as TopicWriter, logger: SILENT, member: randomUUID(), leaseMs });
    relay.start();
    relays.push(relay);
    return relay;
  }

  async function publish(streams: number, each: number): Promise<number> {
    const events = mixedEvents(streams, each);
    await log.append(events, events.map(() => uuid7()));
    return events.length;
  }

  const places = async () => [...(await readCheckpoints(poolQueries(pool), { consumer: RELAY, source: 'counting', topic: COUNTING_TOPIC })).values()];

  async function relayed(): Promise<void> {
    const heads = await log.heads();
    await eventually(async () => {
      const at = await places();
      return heads.every(({ shard, position }) => position === 0 || at.filter((place) => place.shard === shard && place.position >= position).length === PARTITIONS);
    });
  }

  it('names in each message the one before it in its place, however far it has searched meanwhile', async () => {
    start();
    await publish(9, 3);
    await log.publishElsewhere(20);
    await relayed();
    await publish(9, 3);
    await relayed();
    for (const chain of Object.values(topic.chains())) expect(chain.map(({ before }) => before)).toEqual([0, ...chain.slice(0, -1).map(({ position }) => position)]);
    expect(topic.stored).toHaveLength(54);
  });

  it('K1: moves its place only once the brokers have acknowledged, and sends again what they had not', async () => {
    let release: () => void = () => undefined;
    topic.held = new Promise((resolve) => (release = resolve));
    const relay = start();
    const count = await publish(6, 5);
    await eventually(() => topic.stored.length > 0);
    expect((await places()).every(({ position }) => position === 0)).toBe(true);
    // It dies before its place is stored: the next one sends the same again, under the same positions.
    await relay.close(50);
    topic.held = undefined;
    start();
    await relayed();
    release();
    const sent = new Set(topic.stored.map(({ headers }) => `${headers['shard']}/${headers['position']}`));
    expect(sent.size).toBe(count);
    expect(topic.stored.length).toBeGreaterThan(count);
  });

  it('K3: passes over nothing while no broker takes it', async () => {
    topic.refusing = true;
    const relay = start();
    const count = await publish(6, 5);
    await eventually(() => relay.fault !== undefined);
    topic.refusing = false;
    await relayed();
    expect(topic.stored).toHaveLength(count);
    expect(relay.fault).toBeUndefined();
  });

  it('K2: stores no place once another relay holds the lease', async () => {
    let release: () => void = () => undefined;
    topic.held = new Promise((resolve) => (release = resolve));
    start();
    await publish(6, 5);
    await eventually(() => topic.stored.length > 0);
    await pool.query(`update es.lease set owner = 'another', lease_epoch = lease_epoch + 1, lease_until = clock_timestamp() + interval '1 hour'`);
    topic.held = undefined;
    release();
    await eventually(() => relays[0]?.partitions().length === 0);
    expect((await places()).every(({ position }) => position === 0)).toBe(true);
  });

  it('K7: fills a topic again that was made anew', async () => {
    start();
    const before = await publish(12, 5);
    await relayed();
    await relays[0]?.close(2_000);
    topic = new FakeTopic();
    start();
    const after = await publish(12, 5);
    await eventually(() => topic.stored.length === before + after);
    for (const [first] of Object.values(topic.chains())) expect(first?.before).toBe(0);
  });

  it('leaves out what is too large, so that the next message shows the gap', async () => {
    start();
    const stream = uuid7();
    await log.append([{ stream, n: 1, payload: Buffer.alloc(MESSAGE_BYTES_MAX, 32) }, { stream, n: 2 }], [uuid7(), uuid7()]);
    await relayed();
    const [[only] = []] = Object.values(topic.chains());
    expect(topic.stored).toHaveLength(1);
    expect(only?.before).toBeGreaterThan(0);
  });
});
