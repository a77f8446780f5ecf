import type { KafkaMessage } from 'kafkajs';
import type { StreamMessage } from '../message.js';
import { slicesOf } from './batch-slices.js';
import { fromWire, toWire } from './wire.js';

/** As brokers of today store it. */
type RawRecord = Exclude<KafkaMessage, { readonly size: number }>;

const LOG = { source: 'cases', logId: '0190-log' };

function event(position: number, more: Partial<StreamMessage> = {}): StreamMessage {
  return {
    shard: 1,
    partition: 3,
    position,
    prevPosition: position - 1,
    epoch: 2,
    eventId: `e${position}`,
    type: 'CaseOpened',
    schemaVersion: 4,
    tenant: 't1',
    stream: 'case-1',
    streamVersion: 7,
    origin: 'import',
    at: new Date('2026-03-04T05:06:07.089Z'),
    payload: Buffer.from([1, 2, 3]),
    ...more,
  };
}

function raw(of: StreamMessage, offset: string, log = LOG): RawRecord {
  const { key, value, headers } = toWire(of, log, 'caseledger.cases.v1', of.prevPosition);
  const bytes = Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)]));
  return { key: Buffer.from(key), value, headers: bytes, offset, timestamp: '0', attributes: 0 };
}

describe('a message on the wire (EVT-002)', () => {
  it('is a CloudEvent in binary mode, keyed by its record, with the position before it', () => {
    const { partition, key, headers } = toWire(event(20, { originId: 'i1', traceparent: 'tp' }), LOG, 'caseledger.cases.v1', 12);
    expect({ partition, key }).toEqual({ partition: 3, key: 'case-1' });
    expect(headers).toEqual({
      ce_specversion: '1.0',
      'content-type': 'application/protobuf',
      ce_id: 'e20',
      ce_source: '/svc/cases/0190-log',
      ce_type: 'CaseOpened',
      ce_subject: 'case-1',
      ce_time: '2026-03-04T05:06:07.089Z',
      ce_dataschema: '/caseledger.cases.v1/CaseOpened/4',
      tenantid: 't1',
      streamversion: '7',
      shard: '1',
      position: '20',
      prevposition: '12',
      logepoch: '2',
      origin: 'import',
      originid: 'i1',
      traceparent: 'tp',
    });
  });

  it.each([event(20), event(21, { originId: 'i', actor: 'a', traceparent: 'tp', origin: 'user' })])('comes back as it was', (sent) => {
    expect(fromWire(raw(sent, '0'), 3)).toEqual({ event: sent, logId: '0190-log' });
  });

  it('is nothing when no relay wrote it', () => {
    expect(fromWire({ value: Buffer.from([0xff]) }, 0)).toBeUndefined();
    const { headers, ...rest } = raw(event(1), '0');
    expect(fromWire({ ...rest, headers: { ...headers, position: Buffer.from('-1') } }, 0)).toBeUndefined();
    expect(fromWire({ ...rest, headers: { ...headers, ce_source: Buffer.from('elsewhere') } }, 0)).toBeUndefined();
  });
});

describe('the slices of a batch', () => {
  const rule = { logId: LOG.logId, heads: [], messagesMax: 2 };

  it('hold so many messages at most and know their last offset', () => {
    const messages = [1, 2, 3].map((position) => raw(event(position), String(position + 10)));
    const slices = slicesOf({ partition: 3, messages }, rule);
    expect(slices.map(({ slice, lastOffset }) => [slice.messages.map(({ position }) => position), lastOffset])).toEqual([[[1, 2], '12'], [[3], '13']]);
  });

  it('hold one epoch each', () => {
    const messages = [raw(event(1), '0'), raw(event(2, { epoch: 3 }), '1')];
    expect(slicesOf({ partition: 3, messages }, rule).map(({ slice }) => slice.epoch)).toEqual([2, 3]);
  });

  it('pass over what is of another log or of nobody', () => {
    const other = raw(event(1), '0', { ...LOG, logId: 'another' });
    const garbage: RawRecord = { ...raw(event(1), '2'), headers: {} };
    const slices = slicesOf({ partition: 3, messages: [other, raw(event(2), '1'), garbage] }, rule);
    expect(slices.map(({ slice, lastOffset, foreign }) => [slice.messages.length, slice.epoch, lastOffset, foreign])).toEqual([[1, 2, '2', 2]]);
  });
});
