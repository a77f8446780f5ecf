import { isOrigin } from '../feed/feed-message.js';
import type { StreamMessage } from '../message.js';

/** What goes over the wire: the record's id as key, the event as a CloudEvent in binary mode (EVT-002). */
export interface WireMessage {
  readonly partition: number;
  readonly key: string;
  readonly value: Buffer;
  readonly headers: Record<string, string>;
}

/** Whose log a message is of. */
export interface LogName {
  readonly source: string;
  readonly logId: string;
}

/** @param prevPosition of the message before it of the same shard and partition in the topic; 0 when there is none */
export function toWire(event: StreamMessage, { source, logId }: LogName, topic: string, prevPosition: number): WireMessage {
  const { type, schemaVersion, originId, actor, traceparent, payload } = event;
  return {
    partition: event.partition,
    key: event.stream,
    value: Buffer.from(payload.buffer, payload.byteOffset, payload.length),
    headers: {
      ce_specversion: '1.0',
      'content-type': 'application/protobuf',
      ce_id: event.eventId,
      ce_source: `/svc/${source}/${logId}`,
      ce_type: type,
      ce_subject: event.stream,
      ce_time: event.at.toISOString(),
      ce_dataschema: `/${topic}/${type}/${schemaVersion}`,
      tenantid: event.tenant,
      streamversion: String(event.streamVersion),
      shard: String(event.shard),
      position: String(event.position),
      prevposition: String(prevPosition),
      logepoch: String(event.epoch),
      origin: event.origin,
      ...(originId === undefined ? {} : { originid: originId }),
      ...(actor === undefined ? {} : { actorid: actor }),
      ...(traceparent === undefined ? {} : { traceparent }),
    },
  };
}

/** A message as kafkajs hands it over. */
export interface RawMessage {
  readonly value: Buffer | null;
  readonly headers?: Readonly<Record<string, Buffer | string | readonly (Buffer | string)[] | undefined>> | undefined;
}

/** The event of a message and the log it is of; undefined for what no relay of ours has written. */
export function fromWire({ value, headers = {} }: RawMessage, partition: number): { readonly event: StreamMessage; readonly logId: string } | undefined {
  const text = (name: string): string => textOf(headers[name]);
  const logId = /^\/svc\/[^/]+\/(.+)$/.exec(text('ce_source'))?.[1];
  const numbers = ['shard', 'position', 'prevposition', 'logepoch', 'streamversion'].map((name) => wholeNumber(text(name)));
  const [shard, position, prevPosition, epoch, streamVersion] = numbers;
  if (logId === undefined || shard === undefined || position === undefined || prevPosition === undefined || epoch === undefined) return undefined;
  const [type, eventId, tenant, stream] = ['ce_type', 'ce_id', 'tenantid', 'ce_subject'].map(text);
  const at = new Date(text('ce_time'));
  if (!type || !eventId || !tenant || !stream || Number.isNaN(at.getTime())) return undefined;
  const [originId, actor, traceparent, origin] = ['originid', 'actorid', 'traceparent', 'origin'].map(text);
  const event: StreamMessage = {
    shard,
    partition,
    position,
    prevPosition,
    epoch,
    eventId,
    type,
    schemaVersion: wholeNumber(text('ce_dataschema').split('/').at(-1) ?? '') ?? 1,
    tenant,
    stream,
    streamVersion: streamVersion ?? 0,
    // An origin that is not known here is shown as `system`, as a feed's client does.
    origin: origin !== undefined && isOrigin(origin) ? origin : 'system',
    ...(originId ? { originId } : {}),
    ...(actor ? { actor } : {}),
    at,
    ...(traceparent ? { traceparent } : {}),
    payload: value ?? new Uint8Array(),
  };
  return { event, logId };
}

function textOf(header: Buffer | string | readonly (Buffer | string)[] | undefined): string {
  // A header that repeats comes as a list; the first one counts.
  const one = Array.isArray(header) ? header[0] : header;
  return one === undefined ? '' : one.toString();
}

function wholeNumber(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
