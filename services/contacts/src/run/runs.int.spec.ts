import { targetsV1 } from '@caseledger/contracts';
import { eventually } from '@caseledger/testing';
import type { RowTarget } from '@caseledger/row-target';
import { contactsWorld, type ContactsWorld } from '../spec/contacts-world.js';
import { row } from '../rows/row.fixture.js';

let world: ContactsWorld;
beforeAll(async () => {
  world = await contactsWorld('runs');
});
afterAll(() => world.close());

/** A worker that stops in the middle of its chunk until it is let go. */
function heldWorker(): { target: RowTarget; inHand: Promise<void>; letGo: () => void } {
  let letGo = (): void => undefined;
  const held = new Promise<void>((resolve) => (letGo = resolve));
  let arrive = (): void => undefined;
  const inHand = new Promise<void>((resolve) => (arrive = resolve));
  const target = world.targetWith(async (name) => {
    if (name !== 'before_append') return;
    arrive();
    await held;
  });
  return { target, inHand, letGo };
}

describe('a pause while workers keep taking chunks of other lanes (RUN-005)', () => {
  it('waits for the chunks in hand only: those that come after it are not begun', async () => {
    const run = await world.openRun([1, 1]);
    const rows = (lane: number) => [row(lane + 1, { firstName: 'Ada', lastName: 'Quill', email: `p${lane}@kestrel.net` })];
    const [first, second] = [heldWorker(), heldWorker()];
    const applying = first.target.apply(run.request(0, 0, rows(0)));
    await first.inHand;
    const pausing = run.setState(targetsV1.RunState.RUN_STATE_PAUSED);
    await eventually(async () => (await world.waiting()) > 0, { deadlineMs: 4_000 });

    let isBegun = false;
    void second.inHand.then(() => (isBegun = true));
    const waiting = await world.waiting();
    const late = second.target.apply(run.request(1, 0, rows(1)));
    await eventually(async () => isBegun || (await world.waiting()) > waiting, { deadlineMs: 4_000 });
    first.letGo();
    second.letGo();
    expect((await applying).answer).toBe(targetsV1.ChunkAnswer.CHUNK_ANSWER_APPLIED);
    await pausing;
    expect((await late).answer).toBe(targetsV1.ChunkAnswer.CHUNK_ANSWER_NOT_NOW);
    expect(isBegun).toBe(false);
  });
});
