import { relayMigrations, type Feed } from '@caseledger/event-store';
import { eventually, testDatabase, type TestDatabase } from '@caseledger/testing';
import type { EachBatchPayload, Kafka } from 'kafkajs';
import type { DataSource } from 'typeorm';
import { poolQueries } from '../pool-queries.js';
import type { Delivery, Slice, Subscription } from '../transport.js';
import { KafkaSession } from './kafka-session.js';
import { toWire } from './wire.js';

const TIMES = { sessionMs: 1_000, heartbeatMs: 20, quietMs: 50, lostMs: 50 };
const LOG = { source: 's', logId: 'l' };
const FEED: Feed = {
  head: () => Promise.resolve({ logId: 'l', epoch: 1, head: [{ shard: 0, position: 9 }] }),
  read: () => Promise.resolve({ logId: 'l', epoch: 1, events: [], lookedUpTo: [], head: [] }),
};

type Listener = (event: { payload: object }) => void;

/** A client whose consumers do nothing but what a test says. */
class FakeClient {
  readonly lives: { listeners: Map<string, Listener>; batch?: (payload: EachBatchPayload) => Promise<void>; left: boolean; subscribed?: object }[] = [];

  readonly kafka = {
    consumer: () => {
      const life: FakeClient['lives'][number] = { listeners: new Map(), left: false };
      this.lives.push(life);
      return {
        events: { CRASH: 'crash', FETCH: 'fetch', GROUP_JOIN: 'join', HEARTBEAT: 'heartbeat' },
        on: (name: string, listener: Listener) => void life.listeners.set(name, listener),
        connect: () => Promise.resolve(),
        subscribe: (to: object) => Promise.resolve(void (life.subscribed = to)),
        run: ({ eachBatch }: { eachBatch: (payload: EachBatchPayload) => Promise<void> }) => {
          life.batch = eachBatch;
          life.listeners.get('join')?.({ payload: { memberAssignment: { t: [0, 1] } } });
          return Promise.resolve();
        },
        disconnect: () => Promise.resolve(void (life.left = true)),
      };
    },
  } as unknown as Pick<Kafka, 'consumer'>;
}

/** One batch of one partition, and what became of it. */
function batchOf(positions: readonly number[], over: Partial<EachBatchPayload> = {}): { payload: EachBatchPayload; did: string[] } {
  const did: string[] = [];
  const messages = positions.map((position) => {
    const event = { shard: 0, partition: 0, position, prevPosition: position - 1, epoch: 1, eventId: 'e', type: 'T', schemaVersion: 1, tenant: 't', stream: 's', streamVersion: 1, origin: 'user' as const, at: new Date(0), payload: Buffer.alloc(0) };
    return { ...toWire(event, LOG, 't', position - 1), offset: String(position) };
  });
  const payload = {
    batch: { topic: 't', partition: 0, messages },
    heartbeat: () => Promise.resolve(void did.push('heartbeat')),
    resolveOffset: (offset: string) => void did.push(`resolve ${offset}`),
    commitOffsetsIfNecessary: () => Promise.resolve(void did.push('commit')),
    isRunning: () => true,
    isStale: () => false,
    ...over,
  } as unknown as EachBatchPayload;
  return { payload, did };
}

describe('a member of a consumer group', () => {
  let database: TestDatabase;
  let pool: DataSource;
  let session: KafkaSession;
  let client: FakeClient;
  let deliver: (slice: Slice) => Promise<Delivery>;
  const heads: unknown[] = [];
  beforeAll(async () => {
    database = await testDatabase('kafka_session', relayMigrations);
    pool = (await database.open()).app;
  });
  afterAll(() => database.drop());
  beforeEach(() => {
    client = new FakeClient();
    deliver = () => Promise.resolve('stored');
    const subscription: Subscription = {
      consumer: 'c', source: 's', topic: 't', partitions: 2, concurrency: 1, batchMax: 2, member: 'm', database: pool,
      logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
      deliver: (slice) => deliver(slice),
      observed: (of) => void heads.push(of),
      halt: () => undefined,
    };
    session = new KafkaSession(client.kafka, FEED, subscription, poolQueries(pool), TIMES);
    session.start();
  });
  afterEach(() => session.close(1_000));

  const life = (index: number) => eventually(() => (client.lives[index]?.batch === undefined ? undefined : client.lives[index]));

  it('is built anew when its consumer crashed for good, and is not reading meanwhile', async () => {
    const first = await life(0);
    expect(first.subscribed).toEqual({ topics: ['t'], fromBeginning: true });
    await eventually(() => session.isReading());
    expect(session.partitions()).toEqual([0, 1]);
    first.listeners.get('crash')?.({ payload: { error: new TypeError('for good'), restart: false } });
    await eventually(() => !session.isReading());
    await life(1);
    expect(first.left).toBe(true);
    await eventually(() => session.isReading());
  });

  it('is not reading once its coordinator has been silent for two sessions', async () => {
    await life(0);
    await eventually(() => session.isReading());
    await eventually(() => !session.isReading());
    client.lives[0]?.listeners.get('heartbeat')?.({ payload: {} });
    expect(session.isReading()).toBe(true);
  });

  it('sends its heartbeat before each commit, which moves past what is stored alone', async () => {
    const { batch } = await life(0);
    const { payload, did } = batchOf([1, 2, 3]);
    await batch?.(payload);
    expect(did).toEqual(['heartbeat', 'resolve 2', 'commit', 'heartbeat', 'resolve 3', 'commit', 'heartbeat']);

    deliver = () => Promise.resolve('fenced');
    const refused = batchOf([4]);
    await batch?.(refused.payload);
    expect(refused.did).toEqual(['heartbeat']);
  });

  it('survives a refused commit', async () => {
    const { batch } = await life(0);
    const { payload, did } = batchOf([1], { commitOffsetsIfNecessary: () => Promise.reject(new Error('rebalancing')) });
    await batch?.(payload);
    expect(did).toEqual(['heartbeat', 'resolve 1', 'heartbeat']);
  });

  it('keeps its place in the group while a handler takes long', async () => {
    const { batch } = await life(0);
    let release: (delivery: Delivery) => void = () => undefined;
    deliver = () => new Promise((resolve) => (release = resolve));
    const { payload, did } = batchOf([1]);
    const working = batch?.(payload);
    await eventually(() => did.length >= 3);
    expect(new Set(did)).toEqual(new Set(['heartbeat']));
    release('stored');
    await working;
  });

  it('leaves the group once its consumer has halted', async () => {
    const { batch } = await life(0);
    deliver = () => Promise.resolve('halted');
    await batch?.(batchOf([1]).payload);
    await eventually(() => client.lives[0]?.left);
    expect(session.partitions()).toEqual([]);
  });
});
