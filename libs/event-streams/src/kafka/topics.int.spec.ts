import { randomUUID } from 'node:crypto';
import type { KafkaCluster } from '@caseledger/kafka';
import { testBrokers, whereKafkaRuns } from '../contract/test-brokers.js';
import { kafkaClient } from './kafka-client.js';
import { applyTopics, checkTopics, createLed, planTopics } from './topics.js';

const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };

whereKafkaRuns()('the topics of an installation', () => {
  let cluster: KafkaCluster;
  beforeAll(async () => (cluster = await testBrokers()));
  afterAll(() => cluster.destroy());

  const setting = () => ({ brokers: cluster.brokers, replication: 1 });

  it('are made once, and are then as they have to be', async () => {
    const topics = [{ topic: `a.${randomUUID()}`, partitions: 12 }, { topic: `b.${randomUUID()}`, partitions: 64 }];
    expect(await planTopics(setting(), topics, SILENT)).toEqual({ missing: topics, faults: [] });
    await expect(checkTopics(setting(), topics, SILENT)).rejects.toThrow(/a\..* does not exist .*b\..* does not exist/);
    expect(await applyTopics(setting(), topics, SILENT)).toEqual(topics);
    expect(await applyTopics(setting(), topics, SILENT)).toEqual([]);
    await checkTopics(setting(), topics, SILENT);
  });

  it('are named with everything that is wrong, and never changed', async () => {
    const [wrong, missing] = [{ topic: `wrong.${randomUUID()}`, partitions: 12 }, { topic: `missing.${randomUUID()}`, partitions: 12 }];
    const admin = kafkaClient(cluster, SILENT).admin();
    await admin.connect();
    const config = { 'retention.ms': '3600000', 'cleanup.policy': 'compact', 'unclean.leader.election.enable': 'true', 'max.message.bytes': '1000' };
    const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
    await createLed(admin, [{ topic: wrong.topic, numPartitions: 6, configEntries }]);
    const faults = [
      '6 partitions instead of 12',
      '1 replicas instead of 3',
      'retention.ms=3600000 and retention.bytes=-1, which keep messages less than 7 days',
      'cleanup.policy=compact instead of delete',
      'min.insync.replicas=1 instead of 2',
      'unclean.leader.election.enable, by which acknowledged messages can be lost',
      'max.message.bytes=1000 instead of 1048588',
    ].map((fault) => `${wrong.topic} has ${fault}`);
    const strict = { ...setting(), replication: 3 };
    expect(await planTopics(strict, [wrong, missing], SILENT)).toEqual({ missing: [missing], faults });
    await expect(applyTopics(strict, [wrong, missing], SILENT)).rejects.toMatchObject({ faults });
    await expect(checkTopics(strict, [wrong, missing], SILENT)).rejects.toMatchObject({ faults: [expect.stringContaining('does not exist'), ...faults] });
    expect(await admin.listTopics()).not.toContain(missing.topic);
    await admin.disconnect();
  });

  it('cannot be compared when no broker answers, which is said clearly', async () => {
    await expect(planTopics({ brokers: ['127.0.0.1:1'], replication: 1 }, [], SILENT)).rejects.toThrow('No Kafka broker can be used at 127.0.0.1:1');
  });
});
