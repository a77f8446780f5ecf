import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leavesKafkaOut, readKafkaEnvironment, startKafka, type KafkaCluster, type KafkaOptions } from '@caseledger/kafka';

/** `describe` where brokers can be started, else `describe.skip`. */
export function whereKafkaRuns(): typeof describe | typeof describe.skip {
  return leavesKafkaOut(readKafkaEnvironment()) ? describe.skip : describe;
}

/** The same for a single test; around skipped ones alone no brokers are started. */
export const itOnKafka = leavesKafkaOut(readKafkaEnvironment()) ? it.skip : it;

/** Brokers of a spec file's own, in a folder that is gone after `destroy`. */
export function testBrokers(options: Omit<KafkaOptions, 'dir'> = {}): Promise<KafkaCluster> {
  return startKafka({ dir: mkdtempSync(join(tmpdir(), 'caseledger-kafka-')), ...options });
}
