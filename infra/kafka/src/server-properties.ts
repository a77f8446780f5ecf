/** Where one broker lies and listens. */
export interface NodePlan {
  readonly id: number;
  readonly port: number;
  readonly controllerPort: number;
  /** Identifies its data folder in the quorum. */
  readonly directoryId: string;
}

/** The quorum and the advertised addresses depend on these, so they outlive restarts. */
export interface ClusterPlan {
  readonly clusterId: string;
  readonly nodes: readonly NodePlan[];
}

/**
 * Settings of a combined broker and controller. Durability and refusal of unknown topics are as in production; what
 * differs makes a small, quick cluster of it.
 */
export function serverProperties(node: NodePlan, { nodes }: ClusterPlan, dataDir: string): string {
  const replicas = Math.min(3, nodes.length);
  const inSync = Math.max(1, replicas - 1);
  const properties = {
    'process.roles': 'broker,controller',
    'node.id': node.id,
    'log.dirs': dataDir,
    listeners: `PLAINTEXT://127.0.0.1:${node.port},CONTROLLER://127.0.0.1:${node.controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${node.port}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'controller.quorum.bootstrap.servers': nodes.map(({ controllerPort }) => `127.0.0.1:${controllerPort}`).join(','),
    'default.replication.factor': replicas,
    'min.insync.replicas': inSync,
    'unclean.leader.election.enable': false,
    'auto.create.topics.enable': false,
    'delete.topic.enable': true,
    'offsets.topic.num.partitions': 8,
    'offsets.topic.replication.factor': replicas,
    'transaction.state.log.num.partitions': 4,
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': inSync,
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 1000,
    'message.max.bytes': 1_048_588,
    'log.retention.hours': 168,
    'log.segment.delete.delay.ms': 1000,
    // A killed broker may register again only once this session has ended; the default is 9 s.
    'broker.session.timeout.ms': 3000,
    'broker.heartbeat.interval.ms': 500,
    'num.network.threads': 2,
    'num.io.threads': 4,
    'num.replica.fetchers': 1,
    'log.cleaner.threads': 1,
    'background.threads': 2,
    'num.recovery.threads.per.data.dir': 1,
    // The default of 128 MB is allocated up front.
    'log.cleaner.dedupe.buffer.size': 16_777_216,
  };
  return Object.entries(properties).map(([name, value]) => `${name}=${value}\n`).join('');
}
