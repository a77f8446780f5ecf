import { join } from 'node:path';
import { newCompany, type ImportView } from '../company.js';
import { readPlayConfig } from '../config.js';
import { randomOf } from '../oracle/random-file.js';
import { aroundRebuild } from '../rebuilt.js';
import { CaseReverts } from './case-reverts.js';
import { CaseWorldPlayed } from './case-world.js';
import { CRASH_POINTS, type CrashOrder, type CrashPoint } from './crash-orders.js';
import { Redelivery } from './redelivery.js';
import { SourceNetwork } from './source-network.js';
import { underKills } from './under-kills.js';

/** Rows of a file, by company: one in two lanes, the others in one. */
const ROWS = [520, 80, 40, 25];
/** Imports that a company has before another one takes its place. */
const IMPORTS = 3;
/** Workers at the beginning of a round. */
const WORKERS = [1, 3, 8, 2, 5, 4, 7, 6];

const { killRounds, killSeed } = readPlayConfig();
const SEED = 5_026 + killSeed;
const rounds = Array.from({ length: killRounds }, (_, at) => ({ number: at + 1, workers: WORKERS[at % WORKERS.length] ?? 1 }));

/** Three rounds come by every place to die at, and each by the one between the two databases; at the first pass of all workers or at the next. */
function ordersOf(network: SourceNetwork, round: number): CrashOrder[] {
  const random = randomOf(SEED + round);
  const points: readonly CrashPoint[] = ['before_cases', ...CRASH_POINTS.filter((_, at) => at % IMPORTS === (round - 1) % IMPORTS)];
  return points.map((point) => ({ point, nth: random(2), tally: join(network.home, `order-${round}-${point}`) }));
}

interface Running {
  readonly world: CaseWorldPlayed;
  readonly item: ImportView;
}

describe('case imports under workers that are killed (CORRECTNESS I1, I4, I5; RUN-012)', () => {
  const network = new SourceNetwork();
  const killed: CrashPoint[] = [];
  let redelivery: Redelivery;
  let worlds: CaseWorldPlayed[] = [];
  let done: Running[] = [];

  beforeAll(async () => {
    await network.start();
    redelivery = await Redelivery.open(network);
  }, 180_000);
  afterAll(async () => {
    const tally = [...new Set(killed)].map((point) => `${point} ${killed.filter((one) => one === point).length}`).join(', ');
    process.stdout.write(`${killed.length} workers killed in ${killRounds} rounds of ${ROWS.length} imports of cases, seed ${SEED}: ${tally}\n`);
    await network.stop();
  }, 60_000);

  /** The companies of a round: those there are go on, or others take their place, as after a round that failed. */
  async function worldsOf(number: number): Promise<CaseWorldPlayed[]> {
    if ((number - 1) % IMPORTS > 0 && worlds.length > 0) return worlds;
    return Promise.all(ROWS.map(async (_, at) => CaseWorldPlayed.open(await newCompany(network), SEED + number * ROWS.length + at)));
  }

  it.each(rounds)('round $number: $workers working, contacts, cases, ids, numbers, lists and ledger are those of one reader in file order', async ({ number, workers }) => {
    await network.work(workers);
    const playing = await worldsOf(number);
    worlds = [];
    const turn = (number - 1 + killSeed) * ROWS.length;
    done = await Promise.all(playing.map(async (world, at) => ({ world, item: await world.plan(turn + at, ROWS[at] ?? 0) })));
    const orders = ordersOf(network, number);
    await underKills(network, orders, async () => {
      await Promise.all(done.map(({ world, item }) => world.run(item)));
      // Those of the next round load while these wait for the leases of the fallen.
      network.load((rounds[number]?.workers ?? 2) - 1);
      const ended = [];
      for (const { world, item } of done) ended.push({ told: world.told, ...(await world.ended(item)) });
      expect(ended).toEqual(done.map(({ world }) => ({ told: world.told, ...world.oracle() })));
    });
    killed.push(...orders.map(({ point }) => point));
    process.stdout.write(`round ${number} from seed ${SEED}: ${orders.length} killed of ${workers} and those that followed them, ${killed.length} in all\n`);
    await Promise.all(playing.map((world) => world.archiveOne()));
    worlds = playing;
    if (number % IMPORTS > 0 && number < killRounds) return;
    // Delivered again long after its run, no chunk changes anything.
    await Promise.all(done.map(({ item }) => redelivery.again(item.id, 1, randomOf(SEED + number))));
    for (const { world, item } of done) expect({ told: world.told, ...(await world.again(item)) }).toEqual({ told: world.told, ...world.lasting() });
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
