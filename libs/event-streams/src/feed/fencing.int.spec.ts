import { eventually } from '@caseledger/testing';
import { feedHarness } from '../contract/feed-harness.js';
import { Gate, Scene, statsOf } from '../contract/scene.js';
import { expectedOf, mixedEvents, writersOf } from '../contract/tally.js';
import { react } from '../index.js';

describe('a member of the feed transport that lost its lease', () => {
  let scene: Scene;
  beforeEach(async () => (scene = await Scene.open(feedHarness)));
  afterEach(() => scene.close());

  it('cannot store a view, even though it locked the checkpoint first', async () => {
    const gate = new Gate();
    const events = mixedEvents(12, 10);
    const zombie = await scene.join('a', { before: gate.pass });
    await scene.harness.publish(events);
    await gate.reached;
    await scene.harness.evict('a');
    const heir = await scene.join('b');
    await eventually(() => statsOf(heir).partitions.length === scene.harness.partitions);
    gate.release();
    await scene.caughtUp(heir);
    expect(await scene.tally(heir)).toEqual(expectedOf(events));
    expect(await writersOf(heir.member.database, 'tally')).toEqual(['b']);
    await eventually(() => statsOf(zombie).fenced > 0);
    expect(statsOf(zombie).handled).toBe(0);
  });

  it('cannot move the checkpoint of a reaction', async () => {
    const gate = new Gate();
    const acted: string[] = [];
    const reaction = (name: string, before: Gate['pass']) => (harness: Scene['harness']) =>
      react({ consumer: 'tally', source: harness.source, topic: harness.topic, partitions: harness.partitions }, async (batch) => {
        acted.push(name);
        await before(batch);
      });
    const zombie = await scene.play('a', reaction('a', gate.pass));
    await scene.harness.publish(mixedEvents(12, 10));
    await gate.reached;
    await scene.harness.evict('a');
    const heir = await scene.play('b', reaction('b', () => Promise.resolve()));
    await scene.caughtUp(heir);
    gate.release();
    await eventually(() => statsOf(zombie).fenced > 0);
    expect(statsOf(zombie).handled).toBe(0);
    expect(statsOf(heir).handled).toBe(120);
    expect(acted).toContain('b');
  });
});
