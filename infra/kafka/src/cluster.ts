import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { BrokerNode } from './broker-node.js';
import { readKafkaEnvironment } from './config.js';
import { KAFKA_VERSIONS, brokerJars, whyNoBroker } from './jars.js';
import { freePort } from './ports.js';
import type { ClusterPlan, NodePlan } from './server-properties.js';

export interface KafkaOptions {
  /** Data, ports and logs of this cluster; kept when it stops. */
  readonly dir: string;
  /** Default: the newest tested one. */
  readonly version?: string;
  /** Default 1; with three, topics have three replicas, of which two must have stored a message. */
  readonly nodes?: 1 | 3;
  /** First port of a new cluster; any free one when absent. */
  readonly port?: number;
}

/** A running cluster of real Kafka brokers. */
export interface KafkaCluster {
  /** `host:port` of every broker. */
  readonly brokers: readonly string[];
  readonly nodes: readonly BrokerNode[];
  stop(): Promise<void>;
  /** Stops at once and removes everything. */
  destroy(): Promise<void>;
}

/**
 * Starts Apache Kafka in KRaft mode from its jars, without Docker: Java 17 and, the first time, Maven are needed. A
 * broker never outlives the process that started it.
 * @throws Error that says what is missing or what the broker said
 */
export async function startKafka({ dir: folder, version = KAFKA_VERSIONS[0], nodes = 1, port = 0 }: KafkaOptions): Promise<KafkaCluster> {
  const dir = resolve(folder);
  const environment = readKafkaEnvironment();
  const reason = whyNoBroker(environment, [version]);
  if (reason !== undefined) throw new Error(`Kafka cannot be started here: ${reason}.`);
  const jars = await brokerJars(version, environment);
  const plan = await planFor(dir, nodes, port);
  const heapMb = plan.nodes.length > 1 ? 320 : 512;
  const all = plan.nodes.map((node) => new BrokerNode({ plan: node, cluster: plan, dir: join(dir, `node-${node.id}`), jars, environment, heapMb }));
  const cluster: KafkaCluster = {
    brokers: all.map((node) => `127.0.0.1:${node.port}`),
    nodes: all,
    async stop() {
      await Promise.all(all.map((node) => node.stop()));
    },
    async destroy() {
      await Promise.all(all.map((node) => node.kill()));
      rmSync(dir, { recursive: true, force: true });
    },
  };
  try {
    await Promise.all(all.map((node) => node.format()));
    await Promise.all(all.map((node) => node.start(all.length)));
  } catch (error) {
    await cluster.stop();
    throw error;
  }
  return cluster;
}

async function planFor(dir: string, nodes: number, from: number): Promise<ClusterPlan> {
  const file = join(dir, 'cluster.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as ClusterPlan;
  const planned: NodePlan[] = [];
  let next = from;
  for (let id = 1; id <= nodes; id += 1) {
    const port = await freePort(next);
    const controllerPort = await freePort(from === 0 ? 0 : port + 1);
    planned.push({ id, port, controllerPort, directoryId: kafkaId() });
    next = from === 0 ? 0 : controllerPort + 1;
  }
  const plan: ClusterPlan = { clusterId: kafkaId(), nodes: planned };
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  writeFileSync(file, JSON.stringify(plan, null, 2));
  return plan;
}

/** Kafka's way of writing 16 random bytes; a first dash would be taken for an option. */
function kafkaId(): string {
  for (;;) {
    const id = randomBytes(16).toString('base64url');
    if (!id.startsWith('-')) return id;
  }
}
