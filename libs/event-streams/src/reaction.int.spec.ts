import { eventually } from '@caseledger/testing';
import { feedHarness } from './contract/feed-harness.js';
import { Gate, Scene, statsOf, type Player } from './contract/scene.js';
import { expectedOf, furtherEvents, mixedEvents, numberOf } from './contract/tally.js';
import { react, type ConsumeOptions, type ReactionHandler, type StreamMessage } from './index.js';

describe('a reaction', () => {
  let scene: Scene;
  /** What was done elsewhere, by stream and number: doing it again changes nothing. */
  let done: Map<string, number[]>;
  beforeEach(async () => {
    scene = await Scene.open(feedHarness);
    done = new Map();
  });
  afterEach(() => scene.close());

  const act = (batch: readonly StreamMessage[]): void => {
    for (const message of batch) {
      const numbers = done.get(message.stream) ?? [];
      if (!numbers.includes(numberOf(message))) done.set(message.stream, [...numbers, numberOf(message)]);
    }
  };

  function join(name: string, handler: ReactionHandler, options: Partial<ConsumeOptions> = {}): Promise<Player> {
    return scene.play(name, ({ source, topic, partitions }) => react({ consumer: 'tally', source, topic, partitions, ...options }, handler));
  }

  it('acts in order and moves its checkpoint afterwards', async () => {
    const events = mixedEvents(10, 20);
    const positionsDuringFirst: number[] = [];
    const player: Player = await scene.play('a', ({ source, topic, partitions }, { database }) =>
      react({ consumer: 'tally', source, topic, partitions }, async (batch) => {
        if (done.size === 0) {
          // Long enough for a checkpoint that does not wait for the handler to overtake it.
          await database.query('select pg_sleep(0.3)');
          const rows: { pos: string }[] = await database.query(`select pos from es.checkpoint where consumer = 'tally'`);
          positionsDuringFirst.push(...rows.map(({ pos }) => Number(pos)));
        }
        act(batch);
      }),
    );
    await scene.harness.publish(events);
    await scene.caughtUp(player);
    expect(positionsDuringFirst).not.toHaveLength(0);
    expect(Math.max(...positionsDuringFirst)).toBe(0);
    expect(Object.fromEntries([...done].sort())).toEqual(expectedOf(events));
  });

  it('acts again on what a killed member had not acknowledged', async () => {
    const events = mixedEvents(10, 5);
    const gate = new Gate();
    const killed = await join('a', async (batch) => {
      act(batch);
      await gate.pass(batch);
    });
    await scene.harness.publish(events);
    await gate.reached;
    await killed.member.kill();
    gate.release();
    const heir = await join('b', async (batch) => act(batch));
    await scene.caughtUp(heir);
    expect(statsOf(heir).handled).toBe(events.length);
    expect(Object.fromEntries([...done].sort())).toEqual(expectedOf(events));
  });

  it('is told to give up when it takes too long, and is called again', async () => {
    let calls = 0;
    const player = await join(
      'a',
      async (batch, signal) => {
        calls += 1;
        if (calls === 1) await new Promise<void>((gaveUp) => signal.addEventListener('abort', () => gaveUp()));
        else act(batch);
      },
      { deadlineMs: 300 },
    );
    const events = mixedEvents(2, 3);
    await scene.harness.publish(events);
    await scene.caughtUp(player);
    expect(calls).toBeGreaterThanOrEqual(2);
    expect(statsOf(player)).toMatchObject({ handled: events.length, parked: 0 });
  });

  it('works on several partitions at a time, one batch of each', async () => {
    const gates = [new Gate(), new Gate(), new Gate()];
    const player = await join(
      'a',
      async (batch) => {
        const [group] = new Set(batch.map(({ partition }) => partition % 3));
        await gates[group ?? 0]?.pass(batch);
        act(batch);
      },
      { concurrency: 3, batchMax: 20 },
    );
    const events = mixedEvents(60, 4);
    await scene.harness.publish(events);
    await Promise.all(gates.map(({ reached }) => reached));
    gates[1]?.release();
    await eventually(() => statsOf(player).handled > 0);
    for (const gate of gates) gate.release();
    const further = furtherEvents(events, 2);
    await scene.harness.publish(further);
    await scene.caughtUp(player);
    expect(Object.fromEntries([...done].sort())).toEqual(expectedOf([...events, ...further]));
  });

  it('parks the stream of an event that it cannot act on', async () => {
    const events = mixedEvents(6, 4);
    const sick = events[0]?.stream ?? '';
    let broken = true;
    const player = await join('a', async (batch) => {
      if (broken && batch.some(({ stream }) => stream === sick)) throw new TypeError('cannot act');
      act(batch);
    });
    await scene.harness.publish(events);
    await scene.caughtUp(player);
    const { source, topic } = scene.harness;
    const name = { consumer: 'tally', source, topic };
    expect(await player.runner.parked(name)).toMatchObject([{ stream: sick, messages: 4 }]);
    broken = false;
    expect(await player.runner.replayParked(name, sick)).toBe(4);
    expect(Object.fromEntries([...done].sort())).toEqual(expectedOf(events));
  });
});
