import { randomUUID } from 'node:crypto';
import { Registry } from 'prom-client';
import { feedHarness } from './contract/feed-harness.js';
import { Scene } from './contract/scene.js';
import { mixedEvents } from './contract/tally.js';
import { registerStreamMetrics } from './index.js';

describe('the metrics of a runner', () => {
  let scene: Scene;
  beforeEach(async () => (scene = await Scene.open(feedHarness)));
  afterEach(() => scene.close());

  it('tell what was handled, dropped, fetched and parked, and how far behind it is', async () => {
    const player = await scene.join('a');
    await scene.harness.publish([...mixedEvents(4, 5), { stream: randomUUID(), n: 1, payload: Buffer.from('?') }]);
    await scene.caughtUp(player);
    const registry = new Registry();
    registerStreamMetrics(registry, player.runner);
    const text = await registry.metrics();
    const labels = '{consumer="tally",source="counting",topic="caseledger.counted.v1"}';
    expect(text).toContain(`es_consumer_handled_total${labels} 20\n`);
    expect(text).toContain(`es_consumer_parked_total${labels} 1\n`);
    expect(text).toContain(`es_consumer_parked_streams${labels} 1\n`);
    expect(text).toContain(`es_consumer_gaps_total${labels} 0\n`);
    expect(text).toContain(`es_consumer_lag_events${labels} 0\n`);
    expect(text).toContain(`es_consumer_lag_seconds${labels} 0\n`);
    expect(text).not.toContain('es_consumer_halted{');
  });

  it('name a consumer that stopped, and are told though its database is away', async () => {
    const player = await scene.join('a', { types: [] });
    await scene.harness.publish(mixedEvents(1, 1));
    const [head] = await scene.harness.heads();
    await expect(player.runner.waitFor([{ shard: head?.shard ?? 0, position: 1_000, source: scene.harness.source }], 10_000)).rejects.toMatchObject({ reason: 'UNKNOWN_EVENT_TYPE' });
    await player.member.kill();
    const registry = new Registry();
    registerStreamMetrics(registry, player.runner);
    expect(await registry.metrics()).toMatch(/es_consumer_halted\{.*\} 1\n/);
  });
});
