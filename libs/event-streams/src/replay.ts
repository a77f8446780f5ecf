import type { DataSource } from 'typeorm';
import { lockCheckpoints } from './checkpoint.js';
import type { Consumption } from './consumer.js';
import { inTransaction, type ConsumerTransaction } from './consumer-transaction.js';
import { placesOf } from './intake.js';
import type { StreamMessage } from './message.js';
import { readParked, unpark } from './parked.js';

/**
 * Hands a stream's parked messages to the handler, oldest first, in batches. The checkpoint of their partition is
 * locked meanwhile, so that no later message of the stream can overtake.
 */
export async function replayStream(database: DataSource, consumption: Consumption, stream: string): Promise<number> {
  for (let replayed = 0; ; ) {
    const batch = await inTransaction(database, consumption.deadlineMs, (tx) => readParked(tx, consumption, stream, consumption.batchMax));
    if (batch.length === 0) return replayed;
    if (consumption.effects === 'elsewhere') await consumption.handler(batch, AbortSignal.timeout(consumption.deadlineMs));
    replayed += await inTransaction(database, consumption.deadlineMs, (tx) => replayBatch(tx, consumption, stream, batch));
  }
}

async function replayBatch(tx: ConsumerTransaction, consumption: Consumption, stream: string, batch: readonly StreamMessage[]): Promise<number> {
  await lockCheckpoints(tx, consumption, placesOf({ messages: batch, lookedUpTo: [] }));
  // Someone else may have replayed the same messages before the lock was given.
  const waiting = new Set((await readParked(tx, consumption, stream, batch.length)).map(({ eventId }) => eventId));
  const messages = batch.filter(({ eventId }) => waiting.has(eventId));
  if (messages.length === 0) return 0;
  if (consumption.effects === 'in-transaction') await consumption.handler(messages, tx);
  await unpark(tx, consumption, messages);
  return messages.length;
}
