import { jest } from '@jest/globals';
import { eventually } from '@caseledger/testing';
import { feedHarness, type FeedHarness } from '../contract/feed-harness.js';
import { MemberProcess } from '../contract/member-process.js';
import { Scene } from '../contract/scene.js';
import { expectedOf, furtherEvents, mixedEvents, writersOf } from '../contract/tally.js';

jest.setTimeout(120_000);

describe('members in processes of their own', () => {
  let harness: FeedHarness;
  let scene: Scene;
  let started: MemberProcess[];
  beforeEach(async () => {
    scene = await Scene.open(async () => (harness = await feedHarness()));
    started = [];
  });
  afterEach(async () => {
    for (const member of started) member.signal('SIGKILL');
    await scene.close();
  });

  function start(name: string): MemberProcess {
    const member = MemberProcess.start(harness.setting(name));
    started.push(member);
    return member;
  }

  it('lose and double nothing when each is killed in the middle of a batch', async () => {
    const events = mixedEvents(40, 20);
    await harness.publish(events);
    for (const [index, name] of ['a', 'b', 'c'].entries()) {
      const member = start(name);
      await member.atWork(2 + index);
      member.signal('SIGKILL');
    }
    const heir = await scene.join('heir');
    await scene.caughtUp(heir, 60_000);
    expect(await scene.tally(heir)).toEqual(expectedOf(events));
    expect(await writersOf(heir.member.database, 'tally')).toEqual(expect.arrayContaining(['a', 'heir']));
  });

  it('store nothing late when one was stopped, replaced, and woke up again', async () => {
    const events = mixedEvents(40, 20);
    await harness.publish(events);
    const zombie = start('zombie');
    await zombie.atWork(3);
    zombie.signal('SIGSTOP');
    const heir = await scene.join('heir');
    await scene.caughtUp(heir, 60_000);
    expect(await scene.tally(heir)).toEqual(expectedOf(events));

    const slept = zombie.batches();
    zombie.signal('SIGCONT');
    // It finds itself replaced, and takes part again as any other member.
    await eventually(async () => (await heir.member.database.query(`select 1 from es.lease where owner = 'zombie' limit 1`)).length > 0, { deadlineMs: 30_000 });
    const further = furtherEvents(events, 10);
    await harness.publish(further);
    await zombie.atWork(slept + 1);
    await scene.caughtUp(heir, 60_000);
    expect(await scene.tally(heir)).toEqual(expectedOf([...events, ...further]));
  });
});
