import fc from 'fast-check';
import { uuid7 } from './ids.js';
import { added, person, tagged } from './spec/people.js';
import { WrongExpectedVersion } from './store-errors.js';
import type { ExpectedVersion } from './event.types.js';
import { storeHarness, type StoreHarness } from './spec/store-harness.js';

/** Who may append (DESIGN 4): exactly one of those who counted on the same version. */
describe('expected versions', () => {
  let harness: StoreHarness;

  beforeAll(async () => {
    harness = await storeHarness('expectations');
  });
  afterAll(() => harness.drop());

  it('E4: of 20 parallel appends that expect the same version exactly one wins, and no other is told it did', async () => {
    const { append, store, tenant } = harness;
    const stream = uuid7();
    await append([person([added()], { stream })]);
    for (const expected of [1, 2, 3]) {
      const results = await Promise.allSettled(
        Array.from({ length: 20 }, (_, n) => append([person([tagged(`t${n}`)], { stream, expected })])),
      );
      expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
      for (const result of results) {
        if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(WrongExpectedVersion);
      }
      expect(await store.readStream(tenant, stream)).toHaveLength(expected + 1);
    }
  }, 30_000);

  it('E4: of 20 parallel creations of one stream exactly one wins', async () => {
    const { append, store, tenant } = harness;
    const stream = uuid7();
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => append([person([added()], { stream })])));
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    for (const result of results) if (result.status === 'rejected') expect(result.reason).toMatchObject({ expected: 'none', actual: 1 });
    expect(await store.readStream(tenant, stream)).toHaveLength(1);
  });

  it('E4: names the stream that another one has created, not those that it was just creating itself', async () => {
    const { append, store, tenant } = harness;
    const [own, others] = [uuid7(), uuid7()];
    await append([person([added(), tagged('x')], { stream: others })]);
    const both = [own, others].map((stream) => person([added()], { stream, expected: 'none' as const }));
    await expect(append(both)).rejects.toMatchObject({ code: 'VERSION_CONFLICT', stream: others, actual: 2 });
    expect(await store.readStream(tenant, own)).toEqual([]);
  });

  it('E4: the last line of defence: a version that is taken is refused by the events themselves, never passed over', async () => {
    const { append, owner, store, tenant } = harness;
    const stream = uuid7();
    await append([person([added(), tagged('x')], { stream })]);
    await owner.query('alter table es.stream no force row level security');
    await owner.query('update es.stream set version = 1 where stream = $1', [stream]);
    await owner.query('alter table es.stream force row level security');
    await expect(append([person([tagged('y')], { stream, expected: 1 })])).rejects.toMatchObject({ code: '23505' });
    expect(await store.readStream(tenant, stream)).toHaveLength(2);
  });

  it('of 20 parallel appends that expect nothing all are stored, one after the other', async () => {
    const { append, store, tenant } = harness;
    const stream = uuid7();
    await Promise.all(Array.from({ length: 20 }, (_, n) => append([person([tagged(`t${n}`)], { stream, expected: 'any' })])));
    const events = await store.readStream(tenant, stream);
    expect(events.map((event) => event.version)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    expect(new Set(events.map((event) => event.data['tag'])).size).toBe(20);
  });

  it('E5: all expectations against missing and present streams, as a model says', async () => {
    const expectation = fc.oneof(fc.constantFrom<ExpectedVersion>('any', 'none', 'exists'), fc.integer({ min: 0, max: 4 }));
    const oneAppend = fc.record({ stream: fc.nat(2), expected: expectation, events: fc.integer({ min: 1, max: 3 }) });
    const command = fc.array(oneAppend, { minLength: 1, maxLength: 3 }).map((appends) => new AppendCommand(appends));
    await fc.assert(
      fc.asyncProperty(fc.commands([command], { maxCommands: 12 }), async (commands) => {
        const streams = [uuid7(), uuid7(), uuid7()];
        await fc.asyncModelRun(() => ({ model: { versions: [0, 0, 0] }, real: { harness, streams } }), commands);
      }),
      { numRuns: 40 },
    );
  }, 60_000);
});

interface Model {
  versions: number[];
}

interface Real {
  readonly harness: StoreHarness;
  readonly streams: readonly string[];
}

interface OneAppend {
  readonly stream: number;
  readonly expected: ExpectedVersion;
  readonly events: number;
}

/** Appends to one to three streams at once; the model is three numbers. */
class AppendCommand implements fc.AsyncCommand<Model, Real> {
  constructor(private readonly appends: readonly OneAppend[]) {}

  check(): boolean {
    return true;
  }

  async run(model: Model, real: Real): Promise<void> {
    const next = [...model.versions];
    const isAccepted = this.appends.every(({ stream, expected, events }) => {
      const version = next[stream] ?? 0;
      next[stream] = version + events;
      return holds(expected, version);
    });
    const appends = this.appends.map(({ stream, expected, events }) =>
      person(Array.from({ length: events }, (_, n) => tagged(`${n}`)), { stream: real.streams[stream] ?? '', expected }),
    );
    const work = real.harness.append(appends);
    if (!isAccepted) await expect(work).rejects.toThrow(WrongExpectedVersion);
    else {
      await work;
      model.versions = next;
    }
    for (const [index, stream] of real.streams.entries()) {
      const events = await real.harness.store.readStream(real.harness.tenant, stream);
      expect(events.map((event) => event.version)).toEqual(Array.from({ length: model.versions[index] ?? 0 }, (_, n) => n + 1));
    }
  }

  toString(): string {
    return JSON.stringify(this.appends);
  }
}

function holds(expected: ExpectedVersion, version: number): boolean {
  switch (expected) {
    case 'any':
      return true;
    case 'none':
      return version === 0;
    case 'exists':
      return version > 0;
    default:
      return version === expected;
  }
}
