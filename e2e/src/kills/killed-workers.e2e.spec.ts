import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readPlayConfig } from '../config.js';
import { newCompany, type ImportView } from '../company.js';
import { randomOf } from '../oracle/random-file.js';
import { aroundRebuild } from '../rebuilt.js';
import { CRASH_POINTS, type CrashOrder } from './crash-orders.js';
import { KilledWorld } from './killed-world.js';
import { Redelivery } from './redelivery.js';
import { SourceNetwork } from './source-network.js';

const SEED = 2_026;
const ROWS = 800;
const COMPANIES = 2;
/** Imports that a company has before another one takes its place. */
const IMPORTS = 3;
/** Workers of a round; those there are stay for the next one. */
const WORKERS = [1, 3, 8];
const KILLS = 3;
const REDELIVERIES = 2;

const { killRounds } = readPlayConfig();
const rounds = Array.from({ length: killRounds }, (_, at) => ({ number: at + 1, workers: WORKERS[Math.min(at, WORKERS.length - 1)] ?? 1 }));

/** Places to die at: before, in and after the transaction in each round; three rounds come by all of them. */
function ordersOf(network: SourceNetwork, round: number, random: (below: number) => number): CrashOrder[] {
  return Array.from({ length: KILLS }, (_, one) => {
    const at = round - 1 + (one * CRASH_POINTS.length) / KILLS;
    const point = CRASH_POINTS[at % CRASH_POINTS.length] ?? 'before_commit';
    return { point, nth: random(3), tally: join(network.home, `order-${round}-${point}`) };
  });
}

interface Running {
  readonly world: KilledWorld;
  readonly item: ImportView;
}

describe('import workers that are killed (CORRECTNESS I1, I4, I5)', () => {
  const network = new SourceNetwork();
  let redelivery: Redelivery;
  let worlds: KilledWorld[] = [];
  const done: Running[] = [];

  beforeAll(async () => {
    await network.start();
    redelivery = await Redelivery.open(network);
  }, 180_000);
  afterAll(() => network.stop(), 60_000);

  /** Plans with workers that live, runs with workers that die. */
  async function runKilled(number: number, random: (below: number) => number): Promise<Running[]> {
    const planned = await Promise.all(worlds.map(async (world) => ({ world, item: await world.plan(number, ROWS) })));
    const orders = ordersOf(network, number, random);
    const fallen = network.fallen;
    await network.order(orders);
    await Promise.all(planned.map(({ world, item }) => world.run(item)));
    for (const { world, item } of planned) expect({ told: world.told, ...(await world.ended(item)) }).toEqual({ told: world.told, ...world.oracle() });
    // Each order was carried out, once, and nobody ended in any other way.
    expect(orders.filter(({ tally, nth }) => !existsSync(`${tally}.${nth}`))).toEqual([]);
    expect([network.fallen - fallen, network.faults]).toEqual([KILLS, []]);
    await network.order([]);
    return planned;
  }

  /** Delivered again and again, long after its run, no chunk changes anything. */
  async function expectStill(running: readonly Running[]): Promise<void> {
    for (const { world, item } of running) expect({ told: world.told, ...(await world.again(item)) }).toEqual({ told: world.told, ...world.lasting() });
  }

  it.each(rounds)('round $number: $workers working, records, ledger, ids and versions are those of one reader in file order', async ({ number, workers }) => {
    const random = randomOf(SEED + number);
    await network.work(workers, rounds[number]?.workers);
    const first = Math.floor((number - 1) / IMPORTS) * IMPORTS * COMPANIES;
    if (worlds.length === 0 || (number - 1) % IMPORTS === 0) {
      worlds = await Promise.all(Array.from({ length: COMPANIES }, async (_, at) => new KilledWorld(await newCompany(network), SEED + first + at)));
      done.length = 0;
    }
    const running = await runKilled(number, random);
    await Promise.all(running.map(({ item }) => redelivery.again(item.id, REDELIVERIES, random)));
    await expectStill(running);
    done.splice(0, done.length, ...running);
    for (const { world } of running) world.goOn();
  }, 240_000);

  it('decision 27: every log is whole, and what is emptied comes back from it', async () => {
    expect(done).not.toEqual([]);
    expect(await network.tool('verify')).not.toContain('"ok":false');
    const { before, after } = await aroundRebuild(network.environment(), () => network.tool('rebuild'));
    expect(after).toEqual(before);
    await expectStill(done);
  }, 240_000);
});
