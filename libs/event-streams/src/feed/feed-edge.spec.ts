import type { Feed, FeedEvent, FeedReply, FeedRequest } from '@caseledger/event-store';
import { FeedEdge } from './feed-edge.js';

function event(position: number, bytes: number, shard = 0): FeedEvent {
  return {
    shard,
    partition: 0,
    position,
    prevPosition: position - 1,
    epoch: 1,
    eventId: `e${position}`,
    type: 'Counted',
    schemaVersion: 1,
    tenant: 't',
    stream: 's',
    streamVersion: position,
    origin: 'import',
    originId: 'i',
    at: new Date(1_000),
    payload: Buffer.alloc(bytes),
  };
}

/** A feed that answers with these events and keeps what it was asked. */
function feedOf(events: FeedEvent[]): Feed & { asked: FeedRequest[] } {
  const head = [{ shard: 0, position: 90 }, { shard: 1, position: 90 }];
  const lookedUpTo = head.map(({ shard, position }) => ({ shard, partition: 0, position }));
  const asked: FeedRequest[] = [];
  return {
    asked,
    read: (request): Promise<FeedReply> => {
      asked.push(request);
      return Promise.resolve({ logId: 'l', epoch: 2, events, lookedUpTo, head });
    },
    head: () => Promise.resolve({ logId: 'l', epoch: 2, head }),
  };
}

const REQUEST = { topic: 'caseledger.counted.v1', after: [{ shard: 0, partition: 0, position: 0 }], limit: 100_000, waitMs: 900_000 };

describe('FeedEdge', () => {
  it('keeps number and time within bounds, whatever is asked for', async () => {
    const feed = feedOf([]);
    const edge = new FeedEdge(feed, [REQUEST]);
    await edge.read(REQUEST);
    await edge.read({ ...REQUEST, limit: -1, waitMs: -1 });
    expect(feed.asked.map(({ limit, waitMs }) => [limit, waitMs])).toEqual([[500, 30_000], [1, 0]]);
  });

  it('ends an answer at about 1 MB and does not count the rest as searched', async () => {
    const events = [event(10, 600_000), event(20, 300_000), event(30, 300_000), event(40, 10), event(15, 10, 1)];
    const reply = await new FeedEdge(feedOf(events), [REQUEST]).read(REQUEST);
    expect(reply.events.map(({ position }) => position)).toEqual([10, 20]);
    expect(reply.lookedUpTo.map(({ shard, position }) => [shard, position])).toEqual([[0, 29], [1, 14]]);
  });

  it('gives out a single event however long it is, so that the topic does not stand still', async () => {
    const reply = await new FeedEdge(feedOf([event(10, 3_000_000), event(20, 1)]), [REQUEST]).read(REQUEST);
    expect(reply.events.map(({ position }) => position)).toEqual([10]);
  });

  it('SEC-001: shows a company its own events alone, each after the one before of its own', async () => {
    const mine = (position: number, tenant = 't'): FeedEvent => ({ ...event(position, 1), tenant });
    const events = [mine(10), mine(20, 'other'), mine(30), mine(40, 'other'), { ...mine(15), shard: 1 }];
    const edge = new FeedEdge(feedOf(events), [REQUEST]);
    const after = [{ shard: 0, partition: 0, position: 5 }, { shard: 1, partition: 0, position: 0 }];
    const reply = await edge.read({ ...REQUEST, after }, undefined, { tenant: 't' });
    expect(reply.events.map(({ shard, prevPosition, position }) => [shard, prevPosition, position])).toEqual([[0, 5, 10], [0, 10, 30], [1, 0, 15]]);
    expect(reply.lookedUpTo.map(({ position }) => position)).toEqual([90, 90]);
    expect((await edge.read({ ...REQUEST, after })).events).toHaveLength(5);
  });

  it('says what an event is, without what it does not have', async () => {
    const { events } = await new FeedEdge(feedOf([event(10, 1)]), [REQUEST]).read(REQUEST);
    expect(events).toMatchObject([{ eventId: 'e10', atMs: 1_000, origin: 'import', originId: 'i', actor: '', traceparent: '' }]);
  });

  it('does not serve a topic of another owner', async () => {
    await expect(new FeedEdge(feedOf([]), [REQUEST]).read({ ...REQUEST, topic: 'caseledger.other.v1' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
