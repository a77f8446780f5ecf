import { join } from 'node:path';
import { readPlayConfig } from '../config.js';
import { newCompany, type ImportView } from '../company.js';
import { randomOf } from '../oracle/random-file.js';
import { aroundRebuild } from '../rebuilt.js';
import { CRASH_POINTS, type CrashOrder } from './crash-orders.js';
import { KilledWorld } from './killed-world.js';
import { Redelivery } from './redelivery.js';
import { revertLog, type Writes } from './revert-log.js';
import { SourceNetwork } from './source-network.js';
import { underKills } from './under-kills.js';

/** Rows of a file, by company: in two lanes, and in one. */
const ROWS = [520, 260];
/** Imports that a company has before another one takes its place. */
const IMPORTS = 3;
/** Workers at the beginning of a round. */
const WORKERS = [1, 3, 8];
const KILLS = 3;

const { killRounds, killSeed } = readPlayConfig();
const SEED = 2_026 + killSeed;
const rounds = Array.from({ length: killRounds }, (_, at) => ({ number: at + 1, workers: WORKERS[Math.min(at, WORKERS.length - 1)] ?? 1 }));

/** Places to die at: before, in and after the transaction in each round; three rounds come by all of them. */
function ordersOf(network: SourceNetwork, round: number, nth: () => number): CrashOrder[] {
  return Array.from({ length: KILLS }, (_, one) => {
    const at = round - 1 + (one * CRASH_POINTS.length) / KILLS;
    const point = CRASH_POINTS[at % CRASH_POINTS.length] ?? 'before_commit';
    return { point, nth: nth(), tally: join(network.home, `order-${round}-${point}`) };
  });
}

interface Running {
  readonly world: KilledWorld;
  readonly item: ImportView;
}

describe('import workers that are killed (CORRECTNESS I1, I4, I5)', () => {
  const network = new SourceNetwork();
  let redelivery: Redelivery;
  let writesOf: (revert: string) => Promise<Writes>;
  /** The companies at work, each with its last import. */
  let done: Running[] = [];

  beforeAll(async () => {
    await network.start();
    redelivery = await Redelivery.open(network);
    writesOf = await revertLog(network);
  }, 180_000);
  afterAll(() => network.stop(), 60_000);

  /** Delivered again and again, long after its run, no chunk changes anything. */
  async function expectStill(times: number, random: (below: number) => number): Promise<void> {
    await Promise.all(done.map(({ item }) => redelivery.again(item.id, times, random)));
    for (const { world, item } of done) expect({ told: world.told, ...(await world.again(item)) }).toEqual({ told: world.told, ...world.lasting() });
  }

  /** The worlds of a round: those there are go on, or others take their place. */
  async function worldsOf(number: number): Promise<KilledWorld[]> {
    for (const { world } of done) world.goOn();
    if (done.length > 0 && (number - 1) % IMPORTS > 0) return done.map(({ world }) => world);
    const first = Math.floor((number - 1) / IMPORTS) * IMPORTS * ROWS.length;
    return Promise.all(ROWS.map(async (_, at) => new KilledWorld(await newCompany(network), SEED + first + at)));
  }

  it.each(rounds)('round $number: $workers working, records, ledger, ids and versions are those of one reader in file order', async ({ number, workers }) => {
    const random = randomOf(SEED + number);
    await network.work(workers);
    const worlds = await worldsOf(number);
    // Planned by workers that live, run by workers that die.
    done = await Promise.all(worlds.map(async (world, at) => ({ world, item: await world.plan(number, ROWS[at] ?? 0) })));
    await underKills(network, ordersOf(network, number, () => random(2)), async () => {
      await Promise.all(done.map(({ world, item }) => world.run(item)));
      // Those of the next round load while these wait for the leases of the fallen.
      network.load((rounds[number]?.workers ?? 2) - 1);
      for (const { world, item } of done) expect({ told: world.told, ...(await world.ended(item)) }).toEqual({ told: world.told, ...world.oracle() });
    });
    await expectStill(2, random);
  }, 240_000);

  it('REV-011: an import is taken back, put back and taken back again, each record once', async () => {
    expect(done).not.toEqual([]);
    let going = done.map((running) => ({ ...running, revert: '' }));
    for (const step of [1, 2, 3]) {
      const isTakenBack = step !== 2;
      const ready = await Promise.all(going.map(async ({ world, item, revert }) => ({ world, item, preview: await world.previewBack(item, isTakenBack ? '' : revert) })));
      await underKills(network, ordersOf(network, killRounds + step, () => 0), async () => {
        await Promise.all(ready.map(({ world, preview }) => world.runBack(preview)));
        for (const { world, preview } of ready) {
          const { contacts, records } = world.expectedBack(isTakenBack);
          expect({ told: world.told, contacts: await world.endedBack(preview) }).toEqual({ told: world.told, contacts });
          expect(await writesOf(preview.id)).toEqual({ records, most: 1 });
        }
      });
      going = ready.map(({ world, item, preview: { id: revert } }) => ({ world, item, revert }));
    }
    await Promise.all(done.map(({ item }) => redelivery.again(item.id, 1, randomOf(SEED))));
    for (const { world } of done) expect(await world.listed()).toEqual(world.expectedBack(true).contacts);
  }, 240_000);

  it('decision 27: every log is whole, and what is emptied comes back from it', async () => {
    expect(done).not.toEqual([]);
    expect(await network.tool('verify')).not.toContain('"ok":false');
    const { before, after } = await aroundRebuild(network.environment(), () => network.tool('rebuild'));
    expect(after).toEqual(before);
  }, 240_000);
});
