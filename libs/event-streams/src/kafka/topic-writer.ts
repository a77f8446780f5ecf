import type { Kafka, Producer } from 'kafkajs';
import { settledWithin } from '../backoff.js';
import { MESSAGE_BYTES_MAX } from '../message.js';
import type { WireMessage } from './wire.js';

const DISCONNECT_MS = 2_000;
/** Of a message beside its headers, key and value, rounded up. */
const FRAME_BYTES = 100;

/** The broker did not name every partition in its answer: some of the messages may not be stored. */
export class NotAcknowledged extends Error {
  readonly transient = true;

  constructor(topic: string, partitions: readonly number[]) {
    super(`The broker did not acknowledge partitions ${partitions.join(', ')} of ${topic}`);
    this.name = 'NotAcknowledged';
  }
}

/**
 * Writes into one topic so that an acknowledgement means stored. Not idempotent, one request in flight, and the answer
 * must name every partition sent: kafkajs can resolve without having sent one whose leader moved. After any failure
 * the producer is thrown away, for what it remembers of the failed send is what loses the next one.
 */
export class TopicWriter {
  private producer: Promise<Producer> | undefined;

  constructor(
    private readonly kafka: Pick<Kafka, 'producer' | 'admin'>,
    readonly topic: string,
  ) {}

  /** Resolves once every message is stored by all replicas in sync. Rejects when that is not known; then all are sent again. */
  async write(messages: readonly WireMessage[]): Promise<void> {
    try {
      for (const round of rounds(messages)) await this.send(round);
    } catch (error) {
      await this.drop();
      throw error;
    }
  }

  /** The partitions into which nothing was ever written, as far as the topic knows. */
  async emptyPartitions(): Promise<Set<number>> {
    const admin = this.kafka.admin();
    try {
      await admin.connect();
      const offsets = await admin.fetchTopicOffsets(this.topic);
      return new Set(offsets.filter(({ high }) => high === '0').map(({ partition }) => partition));
    } finally {
      await settledWithin(admin.disconnect(), DISCONNECT_MS);
    }
  }

  /** Lets go of the connection; the next write makes a new one. Never rejects. */
  async drop(): Promise<void> {
    const dropped = this.producer;
    this.producer = undefined;
    // A producer left behind keeps its sockets, and on a frozen broker this may hang.
    if (dropped !== undefined) await settledWithin(dropped.then((producer) => producer.disconnect()), DISCONNECT_MS);
  }

  private async send(messages: readonly WireMessage[]): Promise<void> {
    this.producer ??= this.connect();
    const producer = await this.producer;
    const answer = await producer.send({ topic: this.topic, acks: -1, messages: [...messages] });
    const stored = new Set(answer.filter(({ errorCode }) => errorCode === 0).map(({ partition }) => partition));
    const missing = [...new Set(messages.map(({ partition }) => partition))].filter((partition) => !stored.has(partition));
    if (missing.length > 0) throw new NotAcknowledged(this.topic, missing);
  }

  private async connect(): Promise<Producer> {
    const producer = this.kafka.producer({
      idempotent: false,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      // Every message names its partition.
      createPartitioner: () => ({ message }) => message.partition ?? 0,
    });
    await producer.connect();
    return producer;
  }
}

/** Cuts messages, in order, so that no partition gets more in one request than a broker takes in one batch. */
export function rounds(messages: readonly WireMessage[], bytesMax = MESSAGE_BYTES_MAX): WireMessage[][] {
  const cut: WireMessage[][] = [];
  let bytes = new Map<number, number>();
  for (const message of messages) {
    const sizeBytes = wireBytes(message);
    const before = bytes.get(message.partition) ?? 0;
    if (cut.length === 0 || (before > 0 && before + sizeBytes > bytesMax)) {
      cut.push([]);
      bytes = new Map();
    }
    cut.at(-1)?.push(message);
    bytes.set(message.partition, (bytes.get(message.partition) ?? 0) + sizeBytes);
  }
  return cut;
}

function wireBytes({ key, value, headers }: WireMessage): number {
  return Object.entries(headers).reduce((sum, [name, text]) => sum + name.length + Buffer.byteLength(text) + 4, FRAME_BYTES + key.length + value.length);
}
