import { Kafka, logLevel, type ISocketFactory, type LogEntry, type SASLOptions } from 'kafkajs';
import type { StreamLogger } from '../stream-logger.js';

/** How the brokers are reached. */
export interface KafkaConnection {
  /** `host:port` of some of them. */
  readonly brokers: readonly string[];
  /** Encrypted, with these certificates in PEM where the machine's own do not do. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  readonly sasl?: SASLOptions;
  /** How a connection is made, for tests that cut it. */
  readonly sockets?: ISocketFactory;
}

const CLIENT_ID = 'caseledger';
const CONNECT_MS = 2_000;
const REQUEST_MS = 10_000;

/** Short tries, because whoever calls tries again by itself: the defaults give up after 7 to 11 s of an outage all the same. */
export const RETRY = { initialRetryTime: 100, maxRetryTime: 2_000, retries: 8 };

export interface ClientTimes {
  /** How long an answer is waited for; default 10,000. */
  readonly requestMs?: number;
  readonly retries?: number;
}

/** A client of these brokers; nothing is connected before it is used. */
export function kafkaClient({ brokers, tls, sasl, sockets }: KafkaConnection, logger: StreamLogger, { requestMs = REQUEST_MS, retries = RETRY.retries }: ClientTimes = {}): Kafka {
  return new Kafka({
    clientId: CLIENT_ID,
    brokers: [...brokers],
    connectionTimeout: CONNECT_MS,
    requestTimeout: requestMs,
    retry: { ...RETRY, retries },
    logLevel: logLevel.ERROR,
    logCreator: () => (entry) => tell(entry, logger),
    ...(tls === undefined ? {} : { ssl: { ...tls } }),
    ...(sasl === undefined ? {} : { sasl }),
    ...(sockets === undefined ? {} : { socketFactory: sockets }),
  });
}

/**
 * kafkajs calls expected answers errors, such as a group that rebalances, and whoever used it hears of the others: only
 * its restarts are told. Its texts hold names of topics, groups and brokers, never a message.
 */
function tell({ namespace, log: { message } }: LogEntry, logger: StreamLogger): void {
  if (namespace === 'Consumer' || message.includes('Offset out of range')) logger.info({ namespace, said: message.slice(0, 300) }, 'Kafka client');
}
