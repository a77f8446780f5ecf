import type { KafkaCluster } from '@caseledger/kafka';
import { kafkaHarness } from './kafka-harness.js';
import { streamTransportContract } from './stream-transport.contract.js';
import { testBrokers, whereKafkaRuns } from './test-brokers.js';

/** The contract of every transport, over brokers of this version (CORRECTNESS K11, K12). */
export function kafkaContract(version: string, long = false): void {
  whereKafkaRuns(long)(`brokers of version ${version}`, () => {
    let cluster: KafkaCluster;
    beforeAll(async () => (cluster = await testBrokers({ version })));
    afterAll(() => cluster.destroy());

    streamTransportContract(`Kafka ${version}`, () => kafkaHarness(cluster.brokers));
  });
}
