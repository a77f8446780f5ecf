import type { Kafka } from 'kafkajs';
import { NotAcknowledged, TopicWriter, rounds } from './topic-writer.js';
import type { WireMessage } from './wire.js';

type Answer = (partitions: readonly number[]) => readonly { partition: number; errorCode: number }[];

function message(partition: number, bytes = 10): WireMessage {
  return { partition, key: 'k', value: Buffer.alloc(bytes), headers: {} };
}

/** A client whose producers answer as told; the last answer repeats. */
function clientOf(...answers: Answer[]): { kafka: Pick<Kafka, 'producer' | 'admin'>; made: object[]; dropped: number[] } {
  const made: object[] = [];
  const dropped: number[] = [];
  const producer = (config: object): object => {
    const number = made.push(config);
    return {
      connect: () => Promise.resolve(),
      disconnect: () => Promise.resolve(void dropped.push(number)),
      send: ({ messages }: { messages: readonly WireMessage[] }) => Promise.resolve((answers.length > 1 ? answers.shift() : answers[0])?.(messages.map(({ partition }) => partition))),
    };
  };
  return { kafka: { producer, admin: () => undefined } as unknown as Pick<Kafka, 'producer' | 'admin'>, made, dropped };
}

const all: Answer = (partitions) => [...new Set(partitions)].map((partition) => ({ partition, errorCode: 0 }));

describe('a writer of a topic', () => {
  it('does not take an answer that leaves a partition out for an acknowledgement', async () => {
    const { kafka } = clientOf((partitions) => all(partitions).filter(({ partition }) => partition !== 2));
    await expect(new TopicWriter(kafka, 't').write([message(1), message(2)])).rejects.toThrow(NotAcknowledged);
  });

  it('does not take a refusal for an acknowledgement', async () => {
    const { kafka } = clientOf(() => [{ partition: 1, errorCode: 19 }]);
    await expect(new TopicWriter(kafka, 't').write([message(1)])).rejects.toThrow('partitions 1 of t');
  });

  it('throws its producer away after any failure, and never asks for an idempotent one', async () => {
    const { kafka, made, dropped } = clientOf(() => [], all);
    const writer = new TopicWriter(kafka, 't');
    await expect(writer.write([message(1)])).rejects.toThrow(NotAcknowledged);
    await writer.write([message(1)]);
    await writer.write([message(1)]);
    expect(dropped).toEqual([1]);
    expect(made).toMatchObject([{ idempotent: false, maxInFlightRequests: 1, allowAutoTopicCreation: false }, { idempotent: false }]);
  });

  it('sends no partition more in one request than a broker takes, and keeps the order', () => {
    const messages = [message(1, 600), message(2, 600), message(1, 600), message(2, 1), message(1, 2_000), message(1, 1)];
    const cut = rounds(messages, 1_000);
    expect(cut.map((round) => round.map(({ value }) => value.length))).toEqual([[600, 600], [600, 1], [2_000], [1]]);
    expect(cut.flat()).toEqual(messages);
  });
});
