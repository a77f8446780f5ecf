import { randomUUID } from 'node:crypto';
import { eventually } from '@caseledger/testing';
import { MESSAGE_BYTES_MAX, MessageTooLarge, assertMessageFits, consume, type StreamMessage } from '../index.js';
import { Gate, Scene, statsOf } from './scene.js';
import type { MakeHarness, PublishedEvent } from './stream-harness.js';
import { expectedOf, furtherEvents, mixedEvents, numberOf, record } from './tally.js';

function without(events: readonly PublishedEvent[], stream: string): PublishedEvent[] {
  return events.filter((event) => event.stream !== stream);
}

/** Events that a handler cannot take, once, for a while or ever (CORRECTNESS §7, EVT-007). */
export function poisonContract(make: MakeHarness): void {
  describe('events that cannot be handled', () => {
    let scene: Scene;
    beforeEach(async () => (scene = await Scene.open(make)));
    afterEach(() => scene.close());

    it('parks the stream of a poison event while all others flow, and replays it in order', async () => {
      const events = mixedEvents(20, 10);
      const sick = events[3]?.stream ?? '';
      let broken = true;
      const refuse = async (batch: readonly StreamMessage[]): Promise<void> => {
        if (broken && batch.some((message) => message.stream === sick && numberOf(message) === 4)) throw new TypeError('cannot read');
      };
      const player = await scene.join('a', { before: refuse });
      await scene.harness.publish(events);
      const further = furtherEvents(events, 3);
      await scene.caughtUp(player);
      await scene.harness.publish(further);
      await scene.caughtUp(player);
      const { source, topic } = scene.harness;
      const name = { consumer: 'tally', source, topic };
      expect(await scene.tally(player)).toEqual({ ...expectedOf(without([...events, ...further], sick)), [sick]: [1, 2, 3] });
      expect(await player.runner.parked(name)).toEqual([{ stream: sick, messages: 10, reason: expect.stringContaining('TypeError') }]);

      await expect(player.runner.replayParked(name, sick)).rejects.toThrow('cannot read');
      broken = false;
      expect(await player.runner.replayParked(name, sick)).toBe(10);
      const latest = furtherEvents(further, 1);
      await scene.harness.publish(latest);
      await scene.caughtUp(player);
      expect(await scene.tally(player)).toEqual(expectedOf([...events, ...further, ...latest]));
      expect(await player.runner.parked(name)).toEqual([]);
    });

    it('parks what cannot be decoded', async () => {
      const events = mixedEvents(6, 5);
      const garbage = { stream: randomUUID(), n: 1, payload: Buffer.from([0xff, 0x00, 0xfe]) };
      const player = await scene.join('a');
      await scene.harness.publish([...events.slice(0, 7), garbage, ...events.slice(7)]);
      await scene.caughtUp(player);
      expect(await scene.tally(player)).toEqual(expectedOf(events));
      expect(statsOf(player).parked).toBe(1);
    });

    it('refuses a message over the limit before it is sent, and parks one that arrives all the same', async () => {
      const payload = Buffer.alloc(MESSAGE_BYTES_MAX, 32);
      expect(() => assertMessageFits({ type: 'Counted', payload })).toThrow(MessageTooLarge);
      expect(() => assertMessageFits({ type: 'Counted', payload: payload.subarray(1_000) })).not.toThrow();

      const events = mixedEvents(6, 5);
      const player = await scene.join('a');
      await scene.harness.publish([...events.slice(0, 7), { stream: randomUUID(), n: 1, payload }, ...events.slice(7)]);
      await scene.caughtUp(player);
      expect(await scene.tally(player)).toEqual(expectedOf(events));
      const { source, topic } = scene.harness;
      expect(await player.runner.parked({ consumer: 'tally', source, topic })).toMatchObject([{ messages: 1, reason: 'MessageTooLarge' }]);
    });

    it('tries again, without parking anything, while the reason may pass', async () => {
      const events = mixedEvents(5, 4);
      let failures = 8;
      const player = await scene.join('a', {
        before: async (_batch, tx) => {
          await tx.query(`insert into app.tally (consumer, member, stream, n) values ('tally', 'a', 'left over', 1)`);
          if ((failures -= 1) >= 0) throw Object.assign(new Error('deadlock detected'), { code: '40P01' });
          await tx.query(`select 1`);
        },
        types: ['Counted'],
      });
      await scene.harness.publish(events);
      await scene.caughtUp(player);
      const { 'left over': rest, ...tally } = await scene.tally(player);
      expect(tally).toEqual(expectedOf(events));
      expect(rest?.length).toBeLessThan(8);
      expect(statsOf(player)).toMatchObject({ parked: 0, retries: 8 });
    });

    it('stops a consumer with more than 100 parked streams', async () => {
      const player = await scene.join('a', { before: () => Promise.reject(new RangeError('broken')), batchMax: 50 });
      await scene.harness.publish(mixedEvents(130, 1));
      await eventually(() => player.runner.halted()[0]?.halted.reason === 'TOO_MANY_PARKED_STREAMS');
      expect(await scene.tally(player)).toEqual({});
    });
  });
}

/** Types that a consumer does not know (EVT-007). */
export function unknownTypeContract(make: MakeHarness): void {
  describe('events of a type nobody announced', () => {
    let scene: Scene;
    beforeEach(async () => (scene = await Scene.open(make)));
    afterEach(() => scene.close());

    it('stops the consumer that does not know the type, and no other', async () => {
      const events = mixedEvents(4, 3);
      const strange = { stream: randomUUID(), n: 1, type: 'Invented' };
      const player = await scene.play(
        'a',
        ({ source, topic, partitions }) =>
          consume({ consumer: 'strict', source, topic, partitions, types: ['Counted'] }, (batch, tx) => record('strict', 'a', batch, tx)),
        ({ source, topic, partitions }) =>
          consume({ consumer: 'tolerant', source, topic, partitions, types: ['Counted'], ignorable: ['Invented'] }, (batch, tx) =>
            record('tolerant', 'a', batch, tx),
          ),
      );
      await scene.harness.publish([...events, strange]);
      const heads = (await scene.harness.heads()).map((head) => ({ ...head, source: scene.harness.source, consumer: 'tolerant' }));
      await player.runner.waitFor(heads, 10_000);
      expect(await scene.tally(player, 'tolerant')).toEqual(expectedOf(events));
      await eventually(() => player.runner.halted().length > 0);
      expect(player.runner.halted()).toMatchObject([{ consumer: 'strict', halted: { reason: 'UNKNOWN_EVENT_TYPE' } }]);
    });

    it('gives a halted consumer\'s partitions back', async () => {
      const player = await scene.join('a', { types: [] });
      await scene.harness.publish(mixedEvents(1, 1));
      await eventually(() => player.runner.halted().length === 1);
      const gate = new Gate();
      const heir = await scene.join('b', { before: gate.pass });
      await gate.reached;
      gate.release();
      await scene.caughtUp(heir);
      expect(statsOf(heir).handled).toBe(1);
    });
  });
}
