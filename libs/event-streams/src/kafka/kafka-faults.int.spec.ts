import { readdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { KafkaCluster } from '@caseledger/kafka';
import { eventually, tcpProxy, type TcpProxy } from '@caseledger/testing';
import type { Kafka } from 'kafkajs';
import { kafkaHarness, type KafkaHarness } from '../contract/kafka-harness.js';
import { Scene, statsOf, type Player } from '../contract/scene.js';
import { expectedOf, furtherEvents, mixedEvents } from '../contract/tally.js';
import { itOnKafka, testBrokers } from '../contract/test-brokers.js';
import type { PublishedEvent } from '../contract/stream-harness.js';
import { kafkaClient } from './kafka-client.js';
import { createLed } from './topics.js';

jest.setTimeout(180_000);

const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };

describe('over real brokers nothing is lost and nothing counts twice', () => {
  let cluster: KafkaCluster;
  let proxy: TcpProxy;
  let kafka: Kafka;
  let scene: Scene;
  let harness: KafkaHarness;
  let events: PublishedEvent[];
  beforeAll(async () => {
    cluster = await testBrokers();
    proxy = await tcpProxy({ port: cluster.nodes[0]?.port ?? 0 });
    kafka = kafkaClient(cluster, SILENT);
  });
  afterAll(async () => {
    await proxy.close();
    await cluster.destroy();
  });
  beforeEach(async () => {
    // The relay alone speaks through the proxy.
    const sockets = ({ onConnect }: { onConnect: () => void }) => connect({ host: '127.0.0.1', port: proxy.port }, onConnect);
    scene = await Scene.open(async () => (harness = await kafkaHarness(cluster.brokers, { sockets, times: { requestMs: 1_000, retries: 2 } })));
    events = mixedEvents(20, 10);
    await harness.publish(events);
  });
  afterEach(() => scene.close());

  async function publishMore(each = 5): Promise<void> {
    const more = furtherEvents(events, each);
    events.push(...more);
    await harness.publish(more);
  }

  async function expectAll(player: Player): Promise<void> {
    await scene.caughtUp(player, 60_000);
    expect(await scene.tally(player)).toEqual(expectedOf(events));
  }

  async function withAdmin<T>(work: (admin: ReturnType<Kafka['admin']>) => Promise<T>): Promise<T> {
    const admin = kafka.admin();
    await admin.connect();
    try {
      return await work(admin);
    } finally {
      await admin.disconnect();
    }
  }

  itOnKafka('K3: when the brokers store and their answers never arrive', async () => {
    const player = await scene.join('a');
    await expectAll(player);
    proxy.dropResponses(true);
    const publishing = publishMore();
    await eventually(() => harness.relay.fault !== undefined, { deadlineMs: 60_000 });
    proxy.dropResponses(false);
    proxy.cutAll();
    await publishing;
    await expectAll(player);
    expect(harness.relay.fault).toBeUndefined();
    expect(statsOf(player).duplicates).toBeGreaterThan(0);
  });

  itOnKafka('K4: when the broker is killed in between, and comes back without a part of its log', async () => {
    const player = await scene.join('a');
    await expectAll(player);
    await player.runner.stop();
    await publishMore();
    const [node] = cluster.nodes;
    await node?.kill();
    const folders = readdirSync(node?.dataDir ?? '').filter((name) => name.startsWith(harness.topic));
    for (const folder of folders.slice(0, 3)) rmSync(join(node?.dataDir ?? '', folder), { recursive: true });
    await node?.start();
    await publishMore();
    const heir = await scene.join('b');
    await expectAll(heir);
    expect(statsOf(heir).refilled).toBeGreaterThan(0);
  });

  itOnKafka('K5: when the broker is away while members read and events are written', async () => {
    const player = await scene.join('a');
    await expectAll(player);
    const [node] = cluster.nodes;
    await node?.kill();
    const publishing = publishMore();
    await eventually(() => harness.relay.fault !== undefined, { deadlineMs: 60_000 });
    await node?.start();
    await publishing;
    await expectAll(player);
    expect(statsOf(player)).toMatchObject({ handled: events.length });
  });

  itOnKafka('K6: when the offsets of a group are set to the end, or are gone', async () => {
    const player = await scene.join('a');
    await expectAll(player);
    await player.runner.stop();
    await publishMore();
    await withAdmin(async (admin) => {
      const ends = (await admin.fetchTopicOffsets(harness.topic)).map(({ partition, high }) => ({ partition, offset: high }));
      await admin.setOffsets({ groupId: `${harness.topic}.tally`, topic: harness.topic, partitions: ends });
    });
    const heir = await scene.join('b');
    await expectAll(heir);
    expect(statsOf(heir).refilled).toBe(100);
    await heir.runner.stop();
    await publishMore();
    await withAdmin((admin) => admin.deleteGroups([`${harness.topic}.tally`]));
    await expectAll(await scene.join('c'));
  });

  itOnKafka('K7: when the topic is made anew: it is filled again', async () => {
    const player = await scene.join('a');
    await expectAll(player);
    await player.runner.stop();
    await withAdmin(async (admin) => {
      await admin.deleteTopics({ topics: [harness.topic] });
      await eventually(async () => !(await admin.listTopics()).includes(harness.topic));
      await createLed(admin, [{ topic: harness.topic, numPartitions: harness.partitions }]);
    });
    harness.reopenRelay();
    await publishMore();
    await expectAll(await scene.join('b'));
    const late = await scene.join('c', { consumer: 'late' });
    await scene.caughtUp(late);
    expect(await scene.tally(late, 'late')).toEqual(expectedOf(events));
    expect(statsOf(late)).toMatchObject({ handled: events.length, refilled: 0 });
  });

  itOnKafka('K8: when messages of nobody and of another log lie between', async () => {
    const player = await scene.join('a');
    const producer = kafka.producer();
    await producer.connect();
    const position = { shard: '0', position: '1000', prevposition: '0', logepoch: '1', ce_id: 'x', ce_type: 'Counted', ce_subject: 's', tenantid: 't', ce_time: new Date(0).toISOString() };
    for (let partition = 0; partition < harness.partitions; partition += 1) {
      const foreign = { partition, value: '{"n":1}', headers: { ...position, ce_source: '/svc/counting/another-log' } };
      await producer.send({ topic: harness.topic, messages: [{ partition, value: Buffer.from([0xff, 0x00]) }, foreign] });
    }
    await producer.disconnect();
    await publishMore();
    await expectAll(player);
    expect(statsOf(player)).toMatchObject({ parked: 0, gaps: 0 });
  });

  itOnKafka('K2: when a relay was thought dead and wakes up beside the one that took over', async () => {
    const player = await scene.join('a');
    await expectAll(player);
    const hold = harness.holdRelay();
    const publishing = publishMore();
    await hold.reached;
    await harness.replaceRelay();
    await publishing;
    hold.release();
    await publishMore();
    await expectAll(player);
    expect(statsOf(player)).toMatchObject({ gaps: 0 });
  });

  itOnKafka('EVT-006: when a consumer is restored from an older backup', async () => {
    const player = await scene.join('a');
    await expectAll(player);
    await player.runner.stop();
    await harness.admin.query('truncate app.tally');
    await harness.admin.query(`delete from es.checkpoint where consumer = 'tally'`);
    const heir = await scene.join('b');
    await expectAll(heir);
    expect(statsOf(heir)).toMatchObject({ refilled: events.length });
  });
});
