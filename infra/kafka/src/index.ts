export { startKafka, type KafkaCluster, type KafkaOptions } from './cluster.js';
export type { BrokerNode } from './broker-node.js';
export { readKafkaEnvironment, type KafkaEnvironment } from './config.js';
export { KAFKA_VERSIONS, leavesKafkaOut, whyNoBroker } from './jars.js';
