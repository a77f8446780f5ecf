import { consumerMigrations, eventStoreMigrations, type Feed, type FeedReply } from '@caseledger/event-store';
import { eventually, testDatabase, type TestDatabase } from '@caseledger/testing';
import { consume, feedTransport, StreamRunner } from '../index.js';

const NAME = { consumer: 'follower', source: 'owner', topic: 'caseledger.owned.v1', partitions: 2 };
const HEAD = { logId: 'l', epoch: 1, head: [{ shard: 0, position: 3 }] };

/** What a call of an owner that is not there rejects with. */
const unavailable = (): Error => Object.assign(new Error('14 UNAVAILABLE'), { code: 14, metadata: {} });

/** An owner that is away, or at fault, until it is there. */
class ComingOwner implements Feed {
  asked = 0;

  constructor(public fault: (() => Error) | undefined) {}

  async head(): Promise<typeof HEAD> {
    this.asked += 1;
    if (this.fault !== undefined) throw this.fault();
    return Promise.resolve(HEAD);
  }

  async read({ after }: Parameters<Feed['read']>[0]): Promise<FeedReply> {
    return { ...(await this.head()), events: [], lookedUpTo: after.map((place) => ({ ...place, position: 3 })) };
  }
}

describe('an owner that is not there yet', () => {
  let database: TestDatabase;
  const runners: StreamRunner[] = [];
  beforeEach(async () => {
    database = await testDatabase('absent_owner', [...eventStoreMigrations, ...consumerMigrations]);
  });
  afterEach(async () => {
    await Promise.all(runners.splice(0).map((runner) => runner.stop(5_000)));
    await database.drop();
  });

  async function follow(owner: ComingOwner, graceMs: number): Promise<{ runner: StreamRunner; warned: string[] }> {
    const warned: string[] = [];
    const logger = { info: () => undefined, error: () => undefined, warn: (_: object, message: string) => void warned.push(message) };
    const transport = feedTransport(() => owner, { leaseMs: 1_000, waitMs: 50, graceMs });
    const consumers = [consume(NAME, () => Promise.resolve())];
    const runner = new StreamRunner({ database: (await database.open()).app, transport, consumers, logger });
    runners.push(runner);
    await runner.start();
    await eventually(() => owner.asked > 3);
    return { runner, warned };
  }

  it('is waited for without a word, and read as soon as it is there', async () => {
    const owner = new ComingOwner(unavailable);
    const { runner, warned } = await follow(owner, 60_000);
    owner.fault = undefined;
    await runner.waitFor([{ source: 'owner', shard: 0, position: 3 }], 20_000);
    expect(warned).toEqual([]);
  });

  it('is told of when it stays away', async () => {
    const { warned } = await follow(new ComingOwner(unavailable), 0);
    expect(warned).toContain('A feed could not be read');
  });

  it('is told of at once when waiting will not help', async () => {
    const { warned } = await follow(new ComingOwner(() => new TypeError('a mistake')), 60_000);
    expect(warned).toContain('A feed could not be read');
  });
});
