import { randomInt } from 'node:crypto';
import { isOutcomeUnknown } from '@caseledger/errors';
import { eventually, tcpProxy, type TcpProxy } from '@caseledger/testing';
import { DataSource } from 'typeorm';
import type { EventStore } from './event-store.js';
import { uuid7 } from './ids.js';
import { CommitUnknown } from './store-errors.js';
import { added, person, tagged } from './spec/people.js';
import { storeHarness, type StoreHarness } from './spec/store-harness.js';

/** E6: the connection dies while COMMIT is under way (CORRECTNESS §1.3, ambiguous COMMIT). */
describe('a connection lost during COMMIT', () => {
  let harness: StoreHarness;
  let proxy: TcpProxy;
  let behindProxy: DataSource;
  let store: EventStore;

  beforeAll(async () => {
    harness = await storeHarness('lost_commit');
    const url = new URL(harness.database.urls.appUrl);
    proxy = await tcpProxy({ host: url.hostname, port: Number(url.port) });
    url.port = String(proxy.port);
    behindProxy = await new DataSource({
      type: 'postgres',
      url: url.toString(),
      installExtensions: false,
      connectTimeoutMS: 2_000,
      poolErrorHandler: () => undefined,
    }).initialize();
    store = harness.another({ dataSource: behindProxy });
  });
  afterAll(async () => {
    await behindProxy.destroy();
    await proxy.close();
    await harness.drop();
  });

  const eventsOf = async (stream: string): Promise<number> => (await harness.store.readStream(harness.tenant, stream)).length;
  const context = () => ({ tenant: harness.tenant, origin: { kind: 'api' as const } });

  /** Takes the answer to COMMIT away: once the events are there, the connection is cut. */
  const loseAnswer = async (stream: string): Promise<void> => {
    proxy.dropResponses(true);
    await eventually(async () => (await eventsOf(stream)) > 0);
    proxy.cutAll();
    proxy.dropResponses(false);
  };

  it('is told as unknown when the work has no key: it is not tried again', async () => {
    const stream = uuid7();
    let runs = 0;
    let losing: Promise<void> | undefined;
    const work = store.transaction(harness.tenant, async (tx) => {
      runs += 1;
      await tx.append(context(), [person([tagged('x')], { stream, expected: 'any' })]);
      losing = loseAnswer(stream);
    });
    await expect(work).rejects.toThrow(CommitUnknown);
    expect(await work.catch(isOutcomeUnknown)).toBe(true);
    await losing;
    expect(runs).toBe(1);
    expect(await eventsOf(stream)).toBe(1);
  });

  it('is tried again when the work has a key, and the key gives the stored answer', async () => {
    const stream = uuid7();
    let losing: Promise<void> | undefined;
    const answer = await store.transaction(harness.tenant, async (tx) => {
      const once = await tx.once('lost', { stream }, async () => {
        await tx.append(context(), [person([tagged('x')], { stream, expected: 'any' })]);
        return 'appended';
      });
      losing ??= loseAnswer(stream);
      return once;
    });
    await losing;
    expect(answer).toEqual({ result: 'appended', replayed: true });
    expect(await eventsOf(stream)).toBe(1);
  });

  it('and anywhere else, after any number of bytes: every key ends with one batch', async () => {
    const seed = randomInt(1_000_000);
    const streams: string[] = [];
    for (let n = 0; n < 40; n++) {
      const stream = uuid7();
      streams.push(stream);
      // A whole transaction sends some 3,000 bytes: most cuts fall into it, each at another place.
      proxy.cutAfter(1 + ((seed + n * 977) % 3_000));
      const { result } = await store.transaction(harness.tenant, (tx) =>
        tx.once(`cut-${n}`, { stream }, async () => {
          const { versions } = await tx.append(context(), [person([added(`Cut ${n}`), tagged('x')], { stream, expected: 'any' })]);
          return versions.get(stream) ?? 0;
        }),
      );
      expect({ seed, n, result }).toEqual({ seed, n, result: 2 });
    }
    for (const stream of streams) expect(await eventsOf(stream)).toBe(2);
    expect(await harness.store.verify()).toMatchObject({ ok: true, events: 2 + 2 * streams.length });
  }, 60_000);
});
