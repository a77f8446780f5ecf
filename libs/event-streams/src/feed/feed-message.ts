import type { streamsV1 } from '@caseledger/contracts';
import type { FeedEvent, OriginKind } from '@caseledger/event-store';

const ORIGINS: ReadonlySet<string> = new Set(['user', 'import', 'revert', 'sync', 'api', 'portal', 'system'] satisfies OriginKind[]);

/** An event as it travels and as it is parked. */
export function toProto(event: FeedEvent): streamsV1.FeedEvent {
  return {
    ...event,
    originId: event.originId ?? '',
    actor: event.actor ?? '',
    atMs: event.at.getTime(),
    traceparent: event.traceparent ?? '',
    payload: Buffer.from(event.payload.buffer, event.payload.byteOffset, event.payload.length),
  };
}

/** The event of a message. An origin that is not known here is shown as `system`. */
export function fromProto(message: streamsV1.FeedEvent): FeedEvent {
  const { atMs, origin, originId, actor, traceparent, ...same } = message;
  return {
    ...same,
    origin: isOrigin(origin) ? origin : 'system',
    ...(originId === '' ? {} : { originId }),
    ...(actor === '' ? {} : { actor }),
    at: new Date(atMs),
    ...(traceparent === '' ? {} : { traceparent }),
  };
}

/** Whether this version knows the origin. */
export function isOrigin(text: string): text is OriginKind {
  return ORIGINS.has(text);
}
