import type { Feed, FeedRequest } from '@caseledger/event-store';
import { CONTEXT_KEY, readerGuard, serviceGuard, signContext, signServiceContext, type ContextSource } from '@caseledger/service-kit';
import { eventually } from '@caseledger/testing';
import { Metadata, Server, ServerCredentials } from '@grpc/grpc-js';
import { feedClient, feedService, type FeedClient } from '../index.js';

const SECRET = 'a secret that all services of a test share';
const TOPIC = 'caseledger.counted.v1';
const REQUEST = { topic: TOPIC, after: [{ shard: 0, partition: 0, position: 0 }], limit: 10, waitMs: 0 };

/** A feed that waits until it is told to stop, as one does where nothing happens; or that is broken. */
class IdleFeed implements Feed {
  waiting = 0;
  broken = false;

  head(): ReturnType<Feed['head']> {
    return Promise.resolve({ logId: 'l', epoch: 1, head: [{ shard: 0, position: 7 }] });
  }

  async read({ waitMs, signal }: FeedRequest): ReturnType<Feed['read']> {
    if (this.broken) throw new Error('password authentication failed for user "caseledger_tail"');
    if (waitMs > 0) {
      this.waiting += 1;
      await new Promise<void>((done) => signal?.addEventListener('abort', () => done()));
      this.waiting -= 1;
    }
    return { ...(await this.head()), events: [], lookedUpTo: [] };
  }
}

describe('a feed over gRPC', () => {
  const feed = new IdleFeed();
  const service = feedService(feed, [{ topic: TOPIC }], serviceGuard(SECRET));
  const server = new Server();
  const clients: FeedClient[] = [];
  let address = '';

  beforeAll(async () => {
    server.addService(service.definition, service.implementation);
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => (error === null ? resolve(bound) : reject(error)));
    });
    address = `127.0.0.1:${port}`;
  });

  afterAll(() => {
    for (const client of clients) client.close();
    server.forceShutdown();
  });

  function client(context: ContextSource = () => signServiceContext(SECRET, 'following')): FeedClient {
    const made = feedClient(address, context);
    clients.push(made);
    return made;
  }

  it('answers another service', async () => {
    expect(await client().head()).toEqual({ logId: 'l', epoch: 1, head: [{ shard: 0, position: 7 }] });
    expect(await client().read(REQUEST)).toMatchObject({ epoch: 1, events: [] });
  });

  it('refuses a user, because a topic holds the events of every company', async () => {
    const user = await signContext(SECRET, { kind: 'user', tenant: 't', subject: 'u', roles: ['OWNER'], permissions: [] });
    await expect(client(user).read(REQUEST)).rejects.toMatchObject({ code: 7 });
  });

  it('lets a key read a public topic for its own company, and no other topic', async () => {
    const reaches: unknown[] = [];
    const guard = readerGuard(SECRET, new Map([[TOPIC, 'cases.read' as const]]));
    const signed = (permissions: string[]) => signContext(SECRET, { kind: 'user', tenant: 't', subject: 'u', roles: [], permissions });
    for (const permissions of [['cases.read'], ['cases.read:own'], ['contacts.read']]) {
      const metadata = new Metadata();
      metadata.set(CONTEXT_KEY, await signed(permissions));
      reaches.push(await guard(metadata, TOPIC).catch(({ code }: { code: string }) => code), await guard(metadata, 'caseledger.case-runs.v1').catch(({ code }: { code: string }) => code));
    }
    expect(reaches).toEqual([{ tenant: 't' }, 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN']);
  });

  it.each(['', 'forged'])('refuses the context %p', async (context) => {
    await expect(client(context).head()).rejects.toMatchObject({ code: 16 });
  });

  it('refuses a context signed with another secret', async () => {
    await expect(client(await signServiceContext('another secret that nobody here knows of', 'x')).head()).rejects.toMatchObject({ code: 16 });
  });

  it('does not tell what went wrong inside', async () => {
    feed.broken = true;
    try {
      await expect(client().read(REQUEST)).rejects.toMatchObject({ code: 14, details: 'The feed cannot be read now' });
    } finally {
      feed.broken = false;
    }
  });

  it('stops waiting when the reader hangs up', async () => {
    const hangUp = new AbortController();
    const reading = client().read({ ...REQUEST, waitMs: 20_000, signal: hangUp.signal });
    await eventually(() => feed.waiting === 1);
    hangUp.abort();
    await expect(reading).rejects.toMatchObject({ code: 1 });
    await eventually(() => feed.waiting === 0);
  });

  it('answers those who wait when its server closes, so that closing waits for nobody', async () => {
    const reading = client().read({ ...REQUEST, waitMs: 20_000 });
    await eventually(() => feed.waiting === 1);
    service.closing?.();
    expect(await reading).toMatchObject({ events: [] });
    expect(feed.waiting).toBe(0);
  });
});
