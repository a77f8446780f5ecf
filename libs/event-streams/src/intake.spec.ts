import fc from 'fast-check';
import { admit, placeOf, type Checkpoint } from './intake.js';
import type { StreamMessage } from './message.js';

const EPOCH = 3;

function message(partition: number, position: number, prevPosition: number): StreamMessage {
  return {
    shard: 0,
    partition,
    position,
    prevPosition,
    epoch: EPOCH,
    eventId: `e${position}`,
    type: 'Counted',
    schemaVersion: 1,
    tenant: 't',
    stream: `s${partition}`,
    streamVersion: position,
    origin: 'user',
    at: new Date(0),
    payload: new Uint8Array(),
  };
}

function checkpoints(...of: Checkpoint[]): Map<string, Checkpoint> {
  return new Map(of.map((checkpoint) => [placeOf(checkpoint), checkpoint]));
}

function at(partition: number, position: number, logEpoch = EPOCH): Checkpoint {
  return { shard: 0, partition, position, logEpoch };
}

function slice(messages: StreamMessage[], lookedUpTo: { partition: number; position: number; from?: number }[] = []) {
  return { messages, lookedUpTo: lookedUpTo.map((place) => ({ shard: 0, from: 0, ...place })), epoch: EPOCH };
}

describe('admit', () => {
  it('takes what follows and moves the checkpoint', () => {
    const [first, second] = [message(1, 4, 2), message(1, 9, 4)];
    expect(admit(checkpoints(at(1, 2)), slice([first, second]))).toEqual({
      kind: 'admitted',
      fresh: [first, second],
      duplicates: 0,
      moved: [{ from: at(1, 2), to: at(1, 9) }],
    });
  });

  it('drops what was passed before, also within one slice', () => {
    const next = message(1, 9, 4);
    expect(admit(checkpoints(at(1, 4)), slice([message(1, 4, 2), next, next]))).toMatchObject({ fresh: [next], duplicates: 2 });
  });

  it('sees a gap between the checkpoint and a message', () => {
    expect(admit(checkpoints(at(1, 2)), slice([message(1, 9, 4)]))).toEqual({ kind: 'gap', from: at(1, 2), upTo: 4 });
  });

  it('sees a gap within a slice', () => {
    expect(admit(checkpoints(at(1, 2)), slice([message(1, 4, 2), message(1, 12, 9)]))).toEqual({ kind: 'gap', from: at(1, 2), upTo: 9 });
  });

  it('takes no gap of one partition for a gap of another', () => {
    expect(admit(checkpoints(at(1, 2), at(2, 30)), slice([message(1, 4, 2), message(2, 31, 30)]))).toMatchObject({ kind: 'admitted' });
  });

  it('moves a quiet partition to where it was searched, never back', () => {
    const intake = admit(checkpoints(at(1, 2), at(2, 30)), slice([], [{ partition: 1, position: 20 }, { partition: 2, position: 20 }]));
    expect(intake).toMatchObject({ moved: [{ from: at(1, 2), to: at(1, 20) }] });
  });

  it('takes a search that began beyond the checkpoint for a gap: what lies between was not seen', () => {
    expect(admit(checkpoints(at(1, 2)), slice([], [{ partition: 1, from: 9, position: 20 }]))).toEqual({ kind: 'gap', from: at(1, 2), upTo: 9 });
  });

  it('adopts the epoch of the log at first and refuses another one afterwards', () => {
    expect(admit(checkpoints(at(1, 0, 0)), slice([message(1, 4, 0)]))).toMatchObject({ moved: [{ to: { logEpoch: EPOCH } }] });
    expect(admit(checkpoints(at(1, 2, EPOCH - 1)), slice([message(1, 4, 2)]))).toMatchObject({ kind: 'epoch', epoch: EPOCH });
    expect(admit(checkpoints(at(1, 2, EPOCH + 1)), slice([message(1, 4, 2)]))).toMatchObject({ kind: 'epoch', epoch: EPOCH });
  });
});

/** A delivery: where in the log it begins, how long it is, and which of its messages are left out or come twice. */
const delivery = fc.record({ from: fc.nat(40), length: fc.nat(12), without: fc.array(fc.nat(12), { maxLength: 4 }), twice: fc.boolean(), turned: fc.boolean() });

describe('the position machine', () => {
  it('applies every event once and in order, whatever is repeated, left out or turned round', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0, 1, 2), { minLength: 1, maxLength: 40 }), fc.array(delivery, { maxLength: 15 }), (partitions, deliveries) => {
        const log = logOf(partitions);
        const machine = new Machine(log);
        for (const { from, length, without, twice, turned } of deliveries) {
          const part = log.slice(from, from + length).filter((_, index) => !without.includes(index));
          machine.take([...(turned ? part.reverse() : part), ...(twice ? part : [])]);
        }
        machine.take(log.slice(-1));
        machine.finish();
        for (const partition of [0, 1, 2]) {
          expect(machine.applied.filter((one) => one.partition === partition)).toEqual(log.filter((one) => one.partition === partition));
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

function logOf(partitions: readonly number[]): StreamMessage[] {
  const last = new Map<number, number>();
  return partitions.map((partition, index) => {
    const position = index * 2 + 1;
    const made = message(partition, position, last.get(partition) ?? 0);
    last.set(partition, position);
    return made;
  });
}

/** What the runner does around `admit`, without a database: gaps are filled from the log and tried again. */
class Machine {
  readonly applied: StreamMessage[] = [];
  private readonly checkpoints = checkpoints(at(0, 0), at(1, 0), at(2, 0));

  constructor(private readonly log: readonly StreamMessage[]) {}

  take(messages: StreamMessage[]): void {
    const intake = admit(this.checkpoints, slice(messages));
    if (intake.kind === 'epoch') throw new Error('no epoch changed');
    if (intake.kind === 'gap') {
      const { from, upTo } = intake;
      this.take(this.log.filter(({ partition, position }) => partition === from.partition && position > from.position && position <= upTo));
      return this.take(messages);
    }
    this.applied.push(...intake.fresh);
    for (const { to } of intake.moved) this.checkpoints.set(placeOf(to), to);
  }

  /** The last message of each partition arrives at last. */
  finish(): void {
    for (const partition of [0, 1, 2]) {
      const last = this.log.findLast((one) => one.partition === partition);
      if (last !== undefined) this.take([last]);
    }
  }
}
