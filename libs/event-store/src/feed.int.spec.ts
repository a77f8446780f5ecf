import { eventually } from '@caseledger/testing';
import type { FeedRequest } from './feed.types.js';
import { uuid7 } from './ids.js';
import { partitionOf } from './murmur2.js';
import { added, peopleTopic, person, tagged } from './spec/people.js';
import { storeHarness, type StoreHarness } from './spec/store-harness.js';

/** What others read of a service's log (DESIGN 7). */
describe('the feed', () => {
  let harness: StoreHarness;

  beforeEach(async () => {
    harness = await storeHarness('feed');
  });
  afterEach(() => harness.drop());

  const everything = Array.from({ length: peopleTopic.partitions }, (_, partition) => ({ shard: 0, partition, position: 0 }));
  const read = (request: Partial<FeedRequest> = {}) =>
    harness.store.feed.read({ topic: peopleTopic.topic, after: everything, limit: 100, waitMs: 0, ...request });

  it('answers events of the topic’s categories in position order, without personal data', async () => {
    const { append, tenant } = harness;
    const stream = uuid7();
    const actor = uuid7();
    await append([person([tagged('elsewhere')], { category: 'case' }), person([added('Hidden Name'), tagged('shown')], { stream })], {
      actor,
      origin: { kind: 'import', id: 'imp' },
      traceparent: '00-trace',
    });
    const { events, head, lookedUpTo, epoch } = await read();
    expect(events.map((event) => ({ ...event, at: undefined, eventId: undefined, payload: Buffer.from(event.payload).toString() }))).toEqual([
      expect.objectContaining({ position: 2, prevPosition: 0, type: 'PersonAdded', streamVersion: 1, payload: '{"kind":"INDIVIDUAL"}' }),
      expect.objectContaining({ position: 3, prevPosition: 2, type: 'PersonTagged', streamVersion: 2, payload: '{"tag":"shown"}' }),
    ]);
    expect(events[0]).toMatchObject({ tenant, stream, actor, origin: 'import', originId: 'imp', traceparent: '00-trace', epoch: 1, schemaVersion: 1 });
    expect(events[0]?.partition).toBe(partitionOf(stream, peopleTopic.partitions));
    expect({ head, epoch }).toEqual({ head: [{ shard: 0, position: 3 }], epoch: 1 });
    expect(lookedUpTo.map(({ position }) => position)).toEqual([3, 3, 3, 3]);
  });

  it('reads each partition from its own position, and only those asked for', async () => {
    await harness.append(Array.from({ length: 40 }, () => person()));
    const all = (await read()).events;
    const [one, other] = [0, 1];
    const middle = all.filter((event) => event.partition === one)[2]?.position ?? 0;
    const { events } = await read({ after: [{ shard: 0, partition: one, position: middle }, { shard: 0, partition: other, position: 0 }] });
    const expected = all.filter(({ partition, position }) => (partition === one && position > middle) || partition === other);
    expect(events.map(({ position }) => position)).toEqual(expected.map(({ position }) => position));
    expect(events.find(({ partition }) => partition === one)?.prevPosition).toBe(middle);
  });

  it('tells the position before each event in its partition, however the answer is cut', async () => {
    await harness.append(Array.from({ length: 60 }, () => person([added(), tagged('x')])));
    const whole = (await read({ limit: 1_000 })).events;
    const before = new Map<number, number>();
    for (const event of whole) {
      expect(event.prevPosition).toBe(before.get(event.partition) ?? 0);
      before.set(event.partition, event.position);
    }
    let after: FeedRequest['after'] = everything;
    const pieces: number[] = [];
    for (let n = 0; n < 100 && pieces.length < whole.length; n++) {
      const reply = await read({ after, limit: 7 });
      expect(reply.events.length).toBeLessThanOrEqual(7);
      pieces.push(...reply.events.map(({ position }) => position));
      after = reply.lookedUpTo;
    }
    expect(pieces).toEqual(whole.map(({ position }) => position));
  });

  it('moves a quiet partition on, so that what is not for it is not searched again', async () => {
    await harness.append([person([tagged('x')], { category: 'case' })]);
    await harness.append(Array.from({ length: 20 }, () => person([tagged('x')], { category: 'case' })));
    const { events, lookedUpTo } = await read();
    expect(events).toEqual([]);
    expect(lookedUpTo.every(({ position }) => position === 21)).toBe(true);
  });

  it('tells within half a second that a partition was quiet while the log grew', async () => {
    const waiting = read({ waitMs: 20_000 });
    await harness.append([person([tagged('x')], { category: 'case' })]);
    const began = performance.now();
    const { events, lookedUpTo } = await waiting;
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(events).toEqual([]);
    expect(lookedUpTo.every(({ position }) => position === 1)).toBe(true);
  });

  it('waits for the first event, and no longer than asked', async () => {
    const started = performance.now();
    expect((await read({ waitMs: 120 })).events).toEqual([]);
    expect(performance.now() - started).toBeGreaterThan(100);
    const waiting = read({ waitMs: 10_000 });
    const [stream, appended] = [uuid7(), performance.now()];
    await harness.append([person([added()], { stream })]);
    expect((await waiting).events.map((event) => event.stream)).toEqual([stream]);
    expect(performance.now() - appended).toBeLessThan(3_000);
  });

  it('sees what another process appended', async () => {
    const elsewhere = harness.another();
    const waiting = read({ waitMs: 10_000 });
    await elsewhere.transaction(harness.tenant, (tx) => tx.append({ tenant: harness.tenant, origin: { kind: 'user' } }, [person()]));
    expect((await waiting).events).toHaveLength(1);
  });

  it('ends a wait that is aborted', async () => {
    const abort = new AbortController();
    const waiting = read({ waitMs: 20_000, signal: abort.signal });
    await eventually(async () => (await harness.store.head()).length === 1);
    abort.abort();
    expect((await waiting).events).toEqual([]);
  });

  it('ends an answer near 4 MB, and the next one goes on there', async () => {
    for (let n = 0; n < 10; n++) await harness.append([person([tagged(`${n}${'x'.repeat(900_000)}`)])]);
    const first = await read();
    expect(first.events.length).toBeGreaterThan(0);
    expect(first.events.reduce((sum, event) => sum + event.payload.length, 0)).toBeLessThan(6_000_000);
    let after = first.lookedUpTo;
    const seen = first.events.map(({ position }) => position);
    for (let n = 0; n < 20 && seen.length < 10; n++) {
      const reply = await read({ after });
      seen.push(...reply.events.map(({ position }) => position));
      after = reply.lookedUpTo;
    }
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('refuses topics, partitions and limits that do not exist', async () => {
    await expect(read({ topic: 'caseledger.nothing.v1' })).rejects.toThrow('no topic');
    await expect(read({ after: [{ shard: 0, partition: 4, position: 0 }] })).rejects.toThrow('4 partitions');
    await expect(read({ limit: 0 })).rejects.toThrow('limit');
    await expect(read({ waitMs: 60_000 })).rejects.toThrow('waits at most');
  });
});
