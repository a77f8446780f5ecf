import { Scene, statsOf } from './scene.js';
import type { MakeHarness } from './stream-harness.js';
import { expectedOf, furtherEvents, mixedEvents } from './tally.js';

/** Order, repetition, loss and lateness (EVT-003). */
export function deliveryContract(make: MakeHarness): void {
  describe('delivery', () => {
    let scene: Scene;
    beforeEach(async () => (scene = await Scene.open(make)));
    afterEach(() => scene.close());

    it('hands every event over once, in order per stream', async () => {
      const events = mixedEvents(40, 30);
      const player = await scene.join('a');
      await scene.harness.publish(events.slice(0, 700));
      await scene.harness.publish(events.slice(700));
      await scene.caughtUp(player);
      expect(await scene.tally(player)).toEqual(expectedOf(events));
      expect(statsOf(player)).toMatchObject({ handled: events.length, gaps: 0, parked: 0 });
    });

    it('begins at the start of the log for a consumer that comes late', async () => {
      const events = mixedEvents(10, 60);
      await scene.harness.publish(events);
      const player = await scene.join('a', { consumer: 'late' });
      await scene.caughtUp(player);
      expect(await scene.tally(player, 'late')).toEqual(expectedOf(events));
    });

    it('drops what arrives again', async () => {
      const events = mixedEvents(10, 20);
      const player = await scene.join('a');
      await scene.harness.publish(events);
      await scene.caughtUp(player);
      scene.harness.redeliver();
      const further = furtherEvents(events, 5);
      await scene.harness.publish(further);
      await scene.caughtUp(player);
      expect(await scene.tally(player)).toEqual(expectedOf([...events, ...further]));
      expect(statsOf(player).duplicates).toBeGreaterThanOrEqual(events.length);
    });

    it('notices events that never arrive and fetches them from their owner', async () => {
      const events = mixedEvents(3, 20);
      const player = await scene.join('a');
      await scene.harness.publish(events);
      await scene.caughtUp(player);
      const further = furtherEvents(events, 40);
      scene.harness.loseNext(30);
      await scene.harness.publish(further);
      await scene.caughtUp(player);
      expect(await scene.tally(player)).toEqual(expectedOf([...events, ...further]));
      expect(statsOf(player).gaps).toBeGreaterThanOrEqual(1);
      expect(statsOf(player).refilled).toBeGreaterThanOrEqual(30);
    });

    it('moves on past events that the topic does not carry, so that a quiet partition does not lag', async () => {
      const player = await scene.join('a');
      await scene.harness.publish(mixedEvents(1, 1));
      await scene.harness.publishElsewhere(50);
      await scene.caughtUp(player);
      const positions = await player.runner.position(scene.harness.source);
      expect(positions.map(({ shard, position }) => ({ shard, position }))).toEqual(await scene.harness.heads());
      expect(statsOf(player).gaps).toBe(0);
    });

    it('stops loudly when the owner was restored from a backup', async () => {
      const player = await scene.join('a');
      await scene.harness.publish(mixedEvents(4, 25));
      await scene.caughtUp(player);
      await scene.harness.restore();
      const heads = await scene.harness.heads();
      await scene.harness.publish(mixedEvents(4, 50));
      await expect(
        player.runner.waitFor(heads.map((head) => ({ ...head, position: 1_000, source: scene.harness.source })), 10_000),
      ).rejects.toMatchObject({ reason: 'LOG_EPOCH_MISMATCH' });
      expect(player.runner.halted()).toHaveLength(1);
    });
  });
}
