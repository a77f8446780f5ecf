import { readFileSync } from 'node:fs';
import type { Environment, Setting } from '@caseledger/service-kit';
import type { SASLOptions } from 'kafkajs';
import type { KafkaConnection } from './kafka-client.js';

/** Which transport carries events between the processes of an installation; the same for all of them. */
export type EventStreams = { readonly transport: 'embedded' } | ({ readonly transport: 'kafka'; readonly replication: number } & KafkaConnection);

const MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;

/**
 * `EVENT_STREAMS=embedded` (the default) or `kafka`, then with `KAFKA_BROKERS`, `KAFKA_REPLICATION`, `KAFKA_TLS` with
 * `KAFKA_TLS_CA_FILE`, `KAFKA_TLS_CERT_FILE` and `KAFKA_TLS_KEY_FILE`, `KAFKA_SASL_MECHANISM` with `KAFKA_SASL_USERNAME` and
 * `KAFKA_SASL_PASSWORD`. All faults are told as one.
 */
export function eventStreams(): Setting<EventStreams> {
  return (env) => {
    const transport = env['EVENT_STREAMS'] || 'embedded';
    if (transport === 'embedded') return { value: { transport } };
    if (transport !== 'kafka') return { fault: 'EVENT_STREAMS must be one of embedded, kafka' };
    const faults: string[] = [];
    const value: EventStreams = { transport, brokers: brokersOf(env, faults), replication: replicationOf(env, faults), ...tlsOf(env, faults), ...saslOf(env, faults) };
    return faults.length === 0 ? { value } : { fault: faults.join('; ') };
  };
}

function brokersOf(env: Environment, faults: string[]): string[] {
  const brokers = (env['KAFKA_BROKERS'] ?? '').split(',').map((broker) => broker.trim()).filter((broker) => broker !== '');
  if (brokers.length === 0) faults.push('KAFKA_BROKERS is missing');
  if (brokers.some((broker) => !/^(\[[0-9a-fA-F:]+\]|[^\s:]+):\d{1,5}$/.test(broker))) faults.push('KAFKA_BROKERS must be host:port, separated by commas');
  return brokers;
}

function replicationOf(env: Environment, faults: string[]): number {
  const written = env['KAFKA_REPLICATION'] || '3';
  if (!/^[1-9]$/.test(written)) faults.push('KAFKA_REPLICATION must be a whole number from 1 to 9');
  return Number(written);
}

function tlsOf(env: Environment, faults: string[]): Pick<KafkaConnection, 'tls'> {
  const files = { ca: env['KAFKA_TLS_CA_FILE'], cert: env['KAFKA_TLS_CERT_FILE'], key: env['KAFKA_TLS_KEY_FILE'] };
  const given = (env['KAFKA_TLS'] || 'off').toLowerCase();
  if (!['on', 'off', 'true', 'false', 'yes', 'no', '1', '0'].includes(given)) faults.push('KAFKA_TLS must be on or off');
  const isOn = ['on', 'true', 'yes', '1'].includes(given);
  const named = Object.entries(files).filter((file): file is [string, string] => file[1] !== undefined && file[1] !== '');
  if (!isOn && named.length > 0) faults.push('KAFKA_TLS must be on for its files to count');
  if (Boolean(files.cert) !== Boolean(files.key)) faults.push('KAFKA_TLS_CERT_FILE and KAFKA_TLS_KEY_FILE belong together');
  if (!isOn) return {};
  return { tls: Object.fromEntries(named.map(([name, file]) => [name, contentOf(file, `KAFKA_TLS_${name.toUpperCase()}_FILE`, faults)])) };
}

function contentOf(file: string, name: string, faults: string[]): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    faults.push(`${name} cannot be read`);
    return '';
  }
}

function saslOf(env: Environment, faults: string[]): { sasl?: SASLOptions } {
  const [written, username, password] = [env['KAFKA_SASL_MECHANISM'], env['KAFKA_SASL_USERNAME'], env['KAFKA_SASL_PASSWORD']];
  if (!written && !username && !password) return {};
  const mechanism = MECHANISMS.find((one) => one === written);
  if (mechanism === undefined) faults.push(`KAFKA_SASL_MECHANISM must be one of ${MECHANISMS.join(', ')}`);
  if (!username) faults.push('KAFKA_SASL_USERNAME is missing');
  if (!password) faults.push('KAFKA_SASL_PASSWORD is missing');
  return mechanism === undefined || !username || !password ? {} : { sasl: { mechanism, username, password } };
}
