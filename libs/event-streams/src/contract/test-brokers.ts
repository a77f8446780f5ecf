import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leavesKafkaOut, readKafkaEnvironment, startKafka, type KafkaCluster, type KafkaOptions } from '@caseledger/kafka';

const environment = readKafkaEnvironment();

/** `describe` where brokers can be started, else `describe.skip`; `long` ones only where all tests of brokers are asked for. */
export function whereKafkaRuns(long = false): typeof describe | typeof describe.skip {
  return leavesKafkaOut(environment) || (long && !environment.all) ? describe.skip : describe;
}

/** For a long single test; around skipped ones alone no brokers are started. */
export const itOnKafka = leavesKafkaOut(environment) || !environment.all ? it.skip : it;

/** Brokers of a spec file's own, in a folder that is gone after `destroy`. */
export function testBrokers(options: Omit<KafkaOptions, 'dir'> = {}): Promise<KafkaCluster> {
  return startKafka({ dir: mkdtempSync(join(tmpdir(), 'caseledger-kafka-')), ...options });
}
