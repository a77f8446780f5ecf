import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '@caseledger/testing';
import { newCompany, type ImportView } from '../company.js';
import { randomOf } from '../oracle/random-file.js';
import { aroundRebuild } from '../rebuilt.js';
import { CaseReverts } from './case-reverts.js';
import { CaseWorldPlayed } from './case-world.js';
import { CRASH_POINTS, type CrashOrder } from './crash-orders.js';
import { Redelivery } from './redelivery.js';
import { SourceNetwork } from './source-network.js';

const SEED = 5_026;
/** Rows of a file, by company: in two lanes, and in one. */
const ROWS = [200, 100];
const CARRIED_OUT_MS = 10_000;

/** Workers at the beginning of a round; three rounds come by every place to die at, and each by the one between the two databases. */
const rounds = [1, 3, 8].map((workers, at) => ({ number: at + 1, workers }));

function ordersOf(network: SourceNetwork, round: number): CrashOrder[] {
  const points = ['before_cases' as const, ...CRASH_POINTS.filter((_, at) => at % rounds.length === round - 1)];
  return points.map((point, nth) => ({ point, nth: nth % 2, tally: join(network.home, `order-${round}-${point}`) }));
}

interface Running {
  readonly world: CaseWorldPlayed;
  readonly item: ImportView;
}

describe('case imports under workers that are killed (CORRECTNESS I1, I4, I5; RUN-012)', () => {
  const network = new SourceNetwork();
  let redelivery: Redelivery;
  let worlds: CaseWorldPlayed[] = [];
  let done: Running[] = [];

  beforeAll(async () => {
    await network.start();
    redelivery = await Redelivery.open(network);
    worlds = await Promise.all(ROWS.map(async (_, at) => new CaseWorldPlayed(await newCompany(network), SEED + at)));
  }, 180_000);
  afterAll(() => network.stop(), 60_000);

  /** Lets workers die while this goes on. Each order is carried out, once, and nobody ends in any other way. */
  async function underKills(orders: readonly CrashOrder[], goesOn: () => Promise<void>): Promise<void> {
    const fallen = network.fallen;
    const left = (): CrashOrder[] => orders.filter(({ tally, nth }) => !existsSync(`${tally}.${nth}`));
    await network.order(orders);
    await goesOn();
    await eventually(async () => left().length === 0 && network.fallen - fallen >= orders.length, { deadlineMs: CARRIED_OUT_MS }).catch(() => undefined);
    expect([left(), network.fallen - fallen, network.faults]).toEqual([[], orders.length, []]);
    await network.order([]);
  }

  it.each(rounds)('round $number: $workers working, contacts, cases, ids, numbers, lists and ledger are those of one reader in file order', async ({ number, workers }) => {
    await network.work(workers);
    done = await Promise.all(worlds.map(async (world, at) => ({ world, item: await world.plan(number, ROWS[at] ?? 0) })));
    await underKills(ordersOf(network, number), async () => {
      await Promise.all(done.map(({ world, item }) => world.run(item)));
      for (const { world, item } of done) expect({ told: world.told, ...(await world.ended(item)) }).toEqual({ told: world.told, ...world.oracle() });
    });
    // Delivered again long after its run, no chunk changes anything.
    await Promise.all(done.map(({ item }) => redelivery.again(item.id, 1, randomOf(SEED + number))));
    for (const { world, item } of done) expect({ told: world.told, ...(await world.again(item)) }).toEqual({ told: world.told, ...world.lasting() });
    await Promise.all(worlds.map((world) => world.archiveOne()));
  }, 240_000);

  it.each([['first', 'second'], ['second', 'first']])('REV-003, REV-008: taken back the %s before the %s, with edits between, each case and contact has what its history gives', async (...order) => {
    const played = new CaseReverts(await newCompany(network));
    const same = async (): Promise<void> => {
      const { expected, found } = await played.lines();
      expect({ told: played.told, lines: found }).toEqual({ told: played.told, lines: expected });
    };
    await played.import('first', 0, 8);
    await played.edit('by hand', 'X-0', 'p1');
    await played.import('second', 2, 12);
    for (const text of order) {
      await played.revert(text);
      await same();
      await played.edit(`after ${text}`, 'X-3', 'p3');
    }
    for (const text of [...order].reverse()) {
      await played.restore(text);
      await same();
    }
  }, 180_000);

  it('decision 27: every log is whole, and what is emptied comes back from it', async () => {
    expect(done).not.toEqual([]);
    expect(await network.tool('verify')).not.toContain('"ok":false');
    const { before, after } = await aroundRebuild(network.environment(), () => network.tool('rebuild'));
    expect(after).toEqual(before);
  }, 240_000);
});
