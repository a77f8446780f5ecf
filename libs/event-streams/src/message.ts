import type { FeedEvent } from '@caseledger/event-store';

/** One event as a consumer gets it; `payload` is the protobuf message of its `type`, decoded by the handler. */
export type StreamMessage = FeedEvent;

/** A message with its headers is at most this long in every transport (DESIGN 20); more is an object it names. */
export const MESSAGE_BYTES_MAX = 900_000;
/** A handler gets at most this many messages at a time. */
export const BATCH_MESSAGES_MAX = 500;
/** A batch ends near this many bytes; a single message may be longer. */
export const BATCH_BYTES_MAX = 1_000_000;

/** The names of the fifteen headers of EVT-002 and the numbers among them, rounded up. */
const HEADER_BYTES = 400;

/** A message that no transport would carry. Thrown before it is sent; its payload belongs in an object. */
export class MessageTooLarge extends Error {
  readonly code = 'BODY_TOO_LARGE';

  constructor(readonly type: string, readonly sizeBytes: number) {
    super(`A message of type ${type} is ${sizeBytes} bytes; at most ${MESSAGE_BYTES_MAX} are carried`);
    this.name = 'MessageTooLarge';
  }
}

/** What the size of a message is made of. */
export type MessageParts = Pick<StreamMessage, 'type' | 'payload'> &
  Partial<Pick<StreamMessage, 'eventId' | 'tenant' | 'stream' | 'originId' | 'actor' | 'traceparent'>>;

/** The size of a message in bytes, headers included. */
export function messageBytes(message: MessageParts): number {
  const { type, eventId, tenant, stream, originId, actor, traceparent } = message;
  const texts = [type, eventId, tenant, stream, originId, actor, traceparent];
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text ?? ''), HEADER_BYTES + message.payload.length);
}

/** For the owner of a topic, before an event that would travel on it is appended. @throws MessageTooLarge. */
export function assertMessageFits(message: MessageParts): void {
  const sizeBytes = messageBytes(message);
  if (sizeBytes > MESSAGE_BYTES_MAX) throw new MessageTooLarge(message.type, sizeBytes);
}

/** How many of these messages make one batch: at most 500 and about 1 MB, and always at least one. */
export function batchLength(messages: readonly StreamMessage[], messagesMax = BATCH_MESSAGES_MAX): number {
  let sizeBytes = 0;
  let length = 0;
  for (const message of messages) {
    sizeBytes += messageBytes(message);
    if (length === messagesMax || (length > 0 && sizeBytes > BATCH_BYTES_MAX)) break;
    length += 1;
  }
  return length;
}
