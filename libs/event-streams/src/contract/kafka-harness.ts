import { randomUUID } from 'node:crypto';
import { eventStoreMigrations, relayMigrations, uuid7, type Feed } from '@caseledger/event-store';
import { eventually, testDatabase, type TestDatabase } from '@caseledger/testing';
import type { ISocketFactory } from 'kafkajs';
import { DataSource } from 'typeorm';
import { readCheckpoints } from '../checkpoint.js';
import { kafkaTransport, type KafkaTransportOptions } from '../kafka/kafka.transport.js';
import { kafkaClient, type ClientTimes } from '../kafka/kafka-client.js';
import { RELAY, TopicRelay } from '../kafka/topic-relay.js';
import { TopicWriter } from '../kafka/topic-writer.js';
import { createLed } from '../kafka/topics.js';
import { poolQueries } from '../pool-queries.js';
import type { Slice, StreamTransport, Subscription } from '../transport.js';
import { CountingLog } from './counting-log.js';
import { CutSockets } from './cut-sockets.js';
import { cutOff } from './feed-harness.js';
import { LossyWriter } from './lossy-writer.js';
import { Gate } from './scene.js';
import type { HarnessMember, StreamHarness } from './stream-harness.js';
import { Tally1763700009001 } from './tally.js';

const SOURCE = 'counting';
const PARTITIONS = 6;
const RELAY_LEASE_MS = 2_000;
const RELAY_MEMBER = 'relay';
const TIMES: KafkaTransportOptions = { sessionMs: 2_000, heartbeatMs: 200, quietMs: 300, lostMs: 8_000 };
const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** How the relay reaches the brokers. */
export interface RelayNetwork {
  readonly sockets?: ISocketFactory;
  readonly times?: ClientTimes;
}

/** What a fault test of the brokers reaches beside the contract. */
export interface KafkaHarness extends StreamHarness {
  readonly relay: TopicRelay;
  readonly admin: DataSource;
  /** As a relay that finds its connection gone. */
  reopenRelay(): void;
  /** The relay is taken for dead, which it does not know, and another one takes over. */
  replaceRelay(): Promise<void>;
  /** The relay stands still with its next messages in hand. */
  holdRelay(): Gate;
}

/** The relays of one topic, all on the first one's writer but those that replace it. */
class Relays {
  readonly all: TopicRelay[] = [];
  private repeating = false;

  constructor(
    private readonly topic: string,
    private readonly log: CountingLog,
    private readonly database: DataSource,
    private readonly admin: DataSource,
    readonly writer: LossyWriter,
  ) {}

  get first(): TopicRelay {
    return this.all.at(-1) ?? this.start();
  }

  start(member = RELAY_MEMBER, writer: TopicWriter = this.writer): TopicRelay {
    const { topic, log, database } = this;
    const relay = new TopicRelay({ source: SOURCE, topic, partitions: PARTITIONS, feed: log.store.feed, database, writer, logger: SILENT, member, leaseMs: RELAY_LEASE_MS });
    relay.start();
    this.all.push(relay);
    return relay;
  }

  redeliver(): void {
    this.repeating = true;
  }

  /** As a relay that dies after each acknowledgement, before its place is stored. */
  async repeat(): Promise<void> {
    if (!this.repeating) return;
    this.repeating = false;
    await this.first.close(5_000);
    await this.admin.query('delete from es.relayed');
    await this.admin.query('update es.checkpoint set pos = 0 where consumer = $1', [RELAY]);
    this.start();
  }

  async relayed(): Promise<void> {
    const heads = await this.log.heads();
    const name = { consumer: RELAY, source: SOURCE, topic: this.topic };
    await eventually(
      async () => {
        const places = [...(await readCheckpoints(poolQueries(this.database), name)).values()];
        return heads.every(({ shard, position }) => position === 0 || places.filter((place) => place.shard === shard && place.position >= position).length === PARTITIONS);
      },
      { deadlineMs: 30_000 },
    );
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map((relay) => relay.close(5_000)));
  }
}

/** Brokers between an event store's log and its members: a topic, a relay and a real database for each test. */
export async function kafkaHarness(brokers: readonly string[], { sockets, times }: RelayNetwork = {}): Promise<KafkaHarness> {
  const topic = `counted.${randomUUID()}`;
  const kafka = kafkaClient({ brokers }, SILENT);
  const kafkaAdmin = kafka.admin();
  await kafkaAdmin.connect();
  await createLed(kafkaAdmin, [{ topic, numPartitions: PARTITIONS }]);
  const database = await testDatabase('event_streams', [...eventStoreMigrations, ...relayMigrations, Tally1763700009001]);
  const admin = await connect(database.superuserUrl, 'harness');
  const pools = await database.open();
  const log = await CountingLog.open(pools, admin, PARTITIONS, topic);
  const writer = new LossyWriter(kafkaClient({ brokers, ...(sockets === undefined ? {} : { sockets }) }, SILENT, times), topic);
  const relays = new Relays(topic, log, pools.app, admin, writer);
  const relay = relays.start();
  const members: { readonly name: string; readonly sockets: CutSockets; end(): Promise<void> }[] = [];
  return {
    ...faultsOf(relays, admin, new TopicWriter(kafka, topic)),
    source: SOURCE,
    topic,
    partitions: PARTITIONS,
    relay,
    admin,
    heads: () => log.heads(),
    publishElsewhere: (count) => log.publishElsewhere(count),
    loseNext: (count) => writer.loseNext(count),
    redeliver: () => relays.redeliver(),
    restore: () => log.restore(),
    async publish(events) {
      await relays.repeat();
      const ids = events.map(() => uuid7());
      writer.published(ids);
      await log.append(events, ids);
      await relays.relayed();
      return ids;
    },
    async member(name) {
      const own = new CutSockets();
      const member = await makeMember(name, { database, brokers, sockets: own, feed: log.store.feed, admin });
      members.push({ name, sockets: own, end: member.end });
      return member;
    },
    evict(name) {
      for (const member of members) if (member.name === name) member.sockets.cut();
      return Promise.resolve();
    },
    async dispose() {
      await relays.close();
      await Promise.all(members.map((member) => member.end()));
      await kafkaAdmin.deleteTopics({ topics: [topic] });
      await kafkaAdmin.disconnect();
      await admin.destroy();
      await database.drop();
    },
  };
}

/** What is done to the relay alone. */
function faultsOf(relays: Relays, admin: DataSource, second: TopicWriter): Pick<KafkaHarness, 'reopenRelay' | 'replaceRelay' | 'holdRelay'> {
  return {
    reopenRelay: () => relays.writer.failOnce(),
    holdRelay: () => (relays.writer.gate = new Gate()),
    async replaceRelay() {
      await cutOff(admin, RELAY_MEMBER);
      relays.start('second relay', second);
    },
  };
}

interface MemberSetting {
  readonly database: TestDatabase;
  readonly brokers: readonly string[];
  readonly sockets: CutSockets;
  readonly feed: Feed;
  readonly admin: DataSource;
}

async function makeMember(name: string, { database, brokers, sockets, feed, admin }: MemberSetting): Promise<HarnessMember & { end(): Promise<void> }> {
  const pool = await connect(database.urls.appUrl, name);
  let killed = false;
  const reachable = (): Feed => {
    if (killed) throw Object.assign(new Error('unreachable'), { code: 'ECONNREFUSED' });
    return feed;
  };
  const own: Feed = { read: async (request) => reachable().read(request), head: async () => reachable().head() };
  const transport = new CountingTransport(kafkaTransport({ brokers, sockets: sockets.factory }, () => own, SILENT, TIMES));
  const end = async (): Promise<void> => {
    sockets.cut();
    if (pool.isInitialized) await pool.destroy();
  };
  return {
    name,
    database: pool,
    transport,
    fetched: () => transport.fetched,
    async kill() {
      killed = true;
      const ended = end();
      await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1', [name]);
      await ended;
    },
    end,
  };
}

/** Counts what is handed over. What one fetch brings beside that is bounded in bytes (FETCH_BYTES of the group's reader). */
class CountingTransport implements StreamTransport {
  fetched = 0;

  constructor(private readonly transport: StreamTransport) {}

  subscribe(subscription: Subscription): ReturnType<StreamTransport['subscribe']> {
    const deliver = (slice: Slice): ReturnType<Subscription['deliver']> => {
      this.fetched += slice.messages.length;
      return subscription.deliver(slice);
    };
    return this.transport.subscribe({ ...subscription, deliver });
  }

  refill(request: Parameters<StreamTransport['refill']>[0]): ReturnType<StreamTransport['refill']> {
    return this.transport.refill(request);
  }
}

function connect(url: string, applicationName: string): Promise<DataSource> {
  const source = new DataSource({ type: 'postgres', url, applicationName, installExtensions: false, connectTimeoutMS: 5_000, extra: { max: 8 }, poolErrorHandler: () => undefined });
  return source.initialize();
}
