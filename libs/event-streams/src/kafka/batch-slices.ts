import type { KafkaMessage } from 'kafkajs';
import type { StreamMessage } from '../message.js';
import type { ShardHead, Slice } from '../transport.js';
import { fromWire } from './wire.js';

/** A slice of what was read from a partition of a topic. */
export interface ReadSlice {
  readonly slice: Slice;
  /** Of the last message, the passed over included. */
  readonly lastOffset: string;
  /** Messages that are not of the owner's log. */
  readonly foreign: number;
}

/** What slices are cut by. */
export interface SliceRule {
  /** The owner's log: messages of any other, of an installation that was there before or of nobody, are not ours. */
  readonly logId: string;
  readonly heads: readonly ShardHead[];
  readonly messagesMax: number;
}

/** Cuts a batch into slices of at most so many messages, each of one epoch of the log. */
export function slicesOf(batch: { readonly partition: number; readonly messages: readonly KafkaMessage[] }, { logId, heads, messagesMax }: SliceRule): ReadSlice[] {
  const slices: { messages: StreamMessage[]; epoch: number; lastOffset: string; foreign: number }[] = [];
  for (const raw of batch.messages) {
    const read = fromWire(raw, batch.partition);
    const isOurs = read !== undefined && read.logId === logId;
    const epoch = isOurs ? read.event.epoch : undefined;
    let slice = slices.at(-1);
    const otherEpoch = epoch !== undefined && slice !== undefined && slice.messages.length > 0 && slice.epoch !== epoch;
    if (slice === undefined || otherEpoch || slice.messages.length === messagesMax) slices.push((slice = { messages: [], epoch: epoch ?? 0, lastOffset: raw.offset, foreign: 0 }));
    slice.lastOffset = raw.offset;
    if (isOurs) slice.messages.push(read.event);
    else slice.foreign += 1;
    slice.epoch = epoch ?? slice.epoch;
  }
  return slices.map(({ messages, epoch, lastOffset, foreign }) => ({ slice: { messages, lookedUpTo: [], epoch, heads }, lastOffset, foreign }));
}
