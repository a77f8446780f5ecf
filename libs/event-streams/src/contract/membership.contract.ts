import { eventually } from '@caseledger/testing';
import { Gate, Scene, holding, statsOf } from './scene.js';
import type { MakeHarness } from './stream-harness.js';
import { expectedOf, furtherEvents, mixedEvents, writersOf } from './tally.js';

/** Members that come, go, die and do not know that they are dead (DESIGN 10, CORRECTNESS K5, K10). */
export function membershipContract(make: MakeHarness): void {
  describe('membership', () => {
    let scene: Scene;
    beforeEach(async () => (scene = await Scene.open(make)));
    afterEach(() => scene.close());

    it('goes on where a killed member stopped, though it was in the middle of a batch', async () => {
      const gate = new Gate();
      const events = mixedEvents(20, 20);
      const killed = await scene.join('a');
      await scene.harness.publish(events);
      await scene.caughtUp(killed);
      await killed.runner.stop();

      const further = furtherEvents(events, 20);
      const stuck = await scene.join('b', { before: async (batch, tx) => {
        // The view is written before the member dies: without the checkpoint in its transaction it would be doubled.
        await tx.query(`insert into app.tally (consumer, member, stream, n) values ('dying', 'b', $1, 1)`, [batch[0]?.stream]);
        await gate.pass(batch);
      } });
      await scene.harness.publish(further);
      await gate.reached;
      await stuck.member.kill();
      gate.release();

      const heir = await scene.join('c');
      await scene.caughtUp(heir);
      expect(await scene.tally(heir)).toEqual(expectedOf([...events, ...further]));
      expect(await scene.tally(heir, 'dying')).toEqual({});
      expect(statsOf(heir).handled).toBe(further.length);
    });

    it('loses and doubles nothing while members join and leave', async () => {
      const published = mixedEvents(60, 10);
      const publishMore = async (): Promise<void> => {
        const more = furtherEvents(published, 5);
        published.push(...more);
        await scene.harness.publish(more);
      };
      const { partitions } = scene.harness;
      await scene.harness.publish(published);
      const first = await scene.join('a');
      await holding(first, partitions);
      const [second, third] = [await scene.join('b'), await scene.join('c')];
      await publishMore();
      for (const player of [first, second, third]) await holding(player, partitions / 3);
      await publishMore();
      await eventually(async () => (await writersOf(first.member.database, 'tally')).join() === 'a,b,c');

      await second.runner.stop();
      await publishMore();
      await first.member.kill();
      await publishMore();
      await holding(third, partitions);
      await scene.caughtUp(third);
      expect(await scene.tally(third)).toEqual(expectedOf(published));
    });

    it('lets one of two members through when both believe a partition is theirs', async () => {
      const gate = new Gate();
      const events = mixedEvents(12, 10);
      const zombie = await scene.join('a', { before: gate.pass });
      await scene.harness.publish(events);
      await gate.reached;
      await scene.harness.evict('a');
      const heir = await scene.join('b');
      await eventually(() => statsOf(heir).partitions.length > 0);
      gate.release();
      await scene.caughtUp(heir);
      expect(await scene.tally(heir)).toEqual(expectedOf(events));
      expect(statsOf(zombie).handled + statsOf(heir).handled).toBe(events.length);
    });

    it('keeps the memory of a slow consumer bounded', async () => {
      const events = mixedEvents(50, 60);
      await scene.harness.publish(events);
      let handled = 0;
      let aheadMax = 0;
      const player = await scene.join('a', {
        before: async (batch, tx) => {
          await tx.query('select pg_sleep(0.25)');
          handled += batch.length;
          aheadMax = Math.max(aheadMax, (scene.players[0]?.member.fetched() ?? 0) - handled);
        },
      });
      await scene.caughtUp(player, 30_000);
      expect(await scene.tally(player)).toEqual(expectedOf(events));
      expect(handled).toBe(events.length);
      expect(aheadMax).toBeLessThanOrEqual(500);
    });

    it('tells how far a consumer is behind', async () => {
      const gate = new Gate();
      // Published before anybody reads: a consumer at its gate reads one slice ahead and learns of no later head.
      await scene.harness.publish(mixedEvents(5, 20));
      const player = await scene.join('a', { before: gate.pass });
      await gate.reached;
      const behind = await eventually(async () => (await player.runner.lag()).find(({ lagEvents }) => lagEvents === 100));
      expect(behind.lagMs).toBeGreaterThan(0);
      gate.release();
      await scene.caughtUp(player);
      expect(await player.runner.lag()).toMatchObject([{ lagEvents: 0, lagMs: 0 }]);
    });
  });
}
