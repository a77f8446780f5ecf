import type { Admin, ITopicConfig, Kafka } from 'kafkajs';
import { settledWithin } from '../backoff.js';
import type { StreamLogger } from '../stream-logger.js';
import { RETRY, kafkaClient, type KafkaConnection } from './kafka-client.js';

/** A topic as it has to be (EVT-001). */
export interface TopicPlan {
  readonly topic: string;
  readonly partitions: number;
}

/** What stands between the brokers and what has to be. */
export interface TopicDifferences {
  readonly missing: readonly TopicPlan[];
  /** What is wrong with topics that exist, each with the topic's name; nobody changes these in silence. */
  readonly faults: readonly string[];
}

/** Thrown at start, and by whoever is asked to make topics, with everything that is wrong. */
export class TopicFaults extends Error {
  constructor(readonly faults: readonly string[]) {
    super(`The topics are not as they have to be: ${faults.join('; ')}.`);
    this.name = 'TopicFaults';
  }
}

/** Where brokers are, and how many of them are to hold each message. */
export interface TopicSetting extends KafkaConnection {
  readonly replication: number;
}

const RETENTION_MS = 7 * 86_400_000;
const MESSAGE_BYTES = 1_048_588;
const DISCONNECT_MS = 2_000;
const LEADERS_MS = 30_000;
const POLL_MS = 100;
/** Of kafkajs's ConfigResourceTypes, which its ESM import does not name. */
const TOPIC_RESOURCE = 2;

/** Compares topics with what the brokers have. @throws Error when no broker answers */
export async function planTopics(setting: TopicSetting, topics: readonly TopicPlan[], logger: StreamLogger): Promise<TopicDifferences> {
  return withAdmin(setting, logger, (admin) => differences(admin, setting, topics));
}

/** Makes the missing ones. @returns what was made @throws TopicFaults when one that exists is wrong: nothing is made then */
export async function applyTopics(setting: TopicSetting, topics: readonly TopicPlan[], logger: StreamLogger): Promise<readonly TopicPlan[]> {
  return withAdmin(setting, logger, async (admin) => {
    const { missing, faults } = await differences(admin, setting, topics);
    if (faults.length > 0) throw new TopicFaults(faults);
    if (missing.length > 0) await create(admin, setting, missing);
    return missing;
  });
}

/** For the start of a process. @throws TopicFaults naming all that are missing or wrong */
export async function checkTopics(setting: TopicSetting, topics: readonly TopicPlan[], logger: StreamLogger): Promise<void> {
  const { missing, faults } = await planTopics(setting, topics, logger);
  const all = [...missing.map(({ topic }) => `${topic} does not exist (caseledger topics apply makes it)`), ...faults];
  if (all.length > 0) throw new TopicFaults(all);
}

async function withAdmin<T>(setting: TopicSetting, logger: StreamLogger, work: (admin: Admin) => Promise<T>): Promise<T> {
  const kafka: Pick<Kafka, 'admin'> = kafkaClient(setting, logger);
  const admin = kafka.admin({ retry: { ...RETRY, retries: 4 } });
  try {
    await admin.connect().catch((cause: unknown) => {
      const why = cause instanceof Error ? ` (${cause.message})` : '';
      throw new Error(`No Kafka broker can be used at ${setting.brokers.join(', ')}${why}. EVENT_STREAMS=kafka needs one; without it the transport is embedded.`, { cause });
    });
    return await work(admin);
  } finally {
    await settledWithin(admin.disconnect(), DISCONNECT_MS);
  }
}

async function differences(admin: Admin, { replication }: TopicSetting, topics: readonly TopicPlan[]): Promise<TopicDifferences> {
  const there = new Set(await admin.listTopics());
  const [missing, existing] = [topics.filter(({ topic }) => !there.has(topic)), topics.filter(({ topic }) => there.has(topic))];
  if (existing.length === 0) return { missing, faults: [] };
  const { topics: found } = await admin.fetchTopicMetadata({ topics: existing.map(({ topic }) => topic) });
  const { resources } = await admin.describeConfigs({ includeSynonyms: false, resources: existing.map(({ topic }) => ({ type: TOPIC_RESOURCE, name: topic })) });
  const faults = existing.flatMap(({ topic, partitions }) => {
    const shape = found.find(({ name }) => name === topic)?.partitions ?? [];
    const entries = resources.find(({ resourceName }) => resourceName === topic)?.configEntries ?? [];
    const replicas = Math.min(...shape.map((partition) => partition.replicas.length));
    return [
      ...(shape.length === partitions ? [] : [`${shape.length} partitions instead of ${partitions}`]),
      ...(replicas >= replication ? [] : [`${replicas} replicas instead of ${replication}`]),
      ...configFaults(new Map(entries.map(({ configName, configValue }) => [configName, configValue])), replication),
    ].map((fault) => `${topic} has ${fault}`);
  });
  return { missing, faults };
}

function configFaults(config: ReadonlyMap<string, string>, replication: number): string[] {
  const number = (name: string): number => Number(config.get(name) ?? Number.NaN);
  const retentionMs = number('retention.ms');
  const isKept = (retentionMs === -1 || retentionMs >= RETENTION_MS) && number('retention.bytes') === -1;
  return [
    ...(isKept ? [] : [`retention.ms=${config.get('retention.ms')} and retention.bytes=${config.get('retention.bytes')}, which keep messages less than 7 days`]),
    ...(config.get('cleanup.policy') === 'delete' ? [] : [`cleanup.policy=${config.get('cleanup.policy')} instead of delete`]),
    ...(number('min.insync.replicas') >= inSync(replication) ? [] : [`min.insync.replicas=${config.get('min.insync.replicas')} instead of ${inSync(replication)}`]),
    ...(config.get('unclean.leader.election.enable') === 'false' ? [] : ['unclean.leader.election.enable, by which acknowledged messages can be lost']),
    ...(number('max.message.bytes') >= MESSAGE_BYTES ? [] : [`max.message.bytes=${config.get('max.message.bytes')} instead of ${MESSAGE_BYTES}`]),
  ];
}

/** One replica may be away without anything standing still. */
function inSync(replication: number): number {
  return Math.max(1, replication - 1);
}

async function create(admin: Admin, { replication }: TopicSetting, topics: readonly TopicPlan[]): Promise<void> {
  const settings = {
    'retention.ms': String(RETENTION_MS),
    'retention.bytes': '-1',
    'cleanup.policy': 'delete',
    'min.insync.replicas': String(inSync(replication)),
    'unclean.leader.election.enable': 'false',
    'max.message.bytes': String(MESSAGE_BYTES),
  };
  const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }));
  await createLed(admin, topics.map(({ topic, partitions }) => ({ topic, numPartitions: partitions, replicationFactor: replication, configEntries })));
}

/** Makes topics and waits until each partition has its leader: kafkajs's own waiting fails now and then, when a node has not heard of them yet. */
export async function createLed(admin: Admin, topics: readonly ITopicConfig[]): Promise<void> {
  await admin.createTopics({ waitForLeaders: false, topics: [...topics] });
  const deadline = Date.now() + LEADERS_MS;
  while (!(await areLed(admin, topics)) && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
}

async function areLed(admin: Admin, topics: readonly Pick<TopicPlan, 'topic'>[]): Promise<boolean> {
  const found = await admin.fetchTopicMetadata({ topics: topics.map(({ topic }) => topic) }).catch(() => undefined);
  return found?.topics.every(({ partitions }) => partitions.length > 0 && partitions.every(({ leader, isr, replicas }) => leader >= 0 && isr.length === replicas.length)) ?? false;
}
