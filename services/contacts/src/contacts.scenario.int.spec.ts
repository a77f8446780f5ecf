import { contactsV1, targetsV1 } from '@caseledger/contracts';
import { isDomainError } from '@caseledger/errors';
import { uuid7 } from '@caseledger/event-store';
import { grantsOf } from '@caseledger/service-kit';
import { asked } from './spec/contacts-edge.js';
import { contactsOf, stableJson, unsound } from './spec/contacts-invariants.js';
import { contactsWorld, type ContactsWorld } from './spec/contacts-world.js';
import { Random } from './spec/random.js';
import { ContactCommands } from './contact/contact.commands.js';
import type { CrashPoint, RowTarget } from '@caseledger/row-target';
import { options, row } from './rows/row.fixture.js';

const SEED = 20_261_121;
const POLICIES = ['SKIP', 'UPDATE', 'CREATE', 'MERGE'];

/** The rows of one import, cut into lanes of components and chunks: people never share a key across lanes. */
interface Plan {
  readonly run: string;
  readonly importId: string;
  readonly opts: targetsV1.ApplyOptions;
  readonly lanes: readonly (readonly targetsV1.Row[][])[];
}

function planOf(random: Random, lanes: number): Plan {
  const opts = options({ duplicatePolicy: random.pick(POLICIES), onReview: random.pick(['HOLD', 'CREATE']) });
  let number = 0;
  const cut = Array.from({ length: lanes }, (_, lane) =>
    Array.from({ length: 3 }, () =>
      Array.from({ length: 6 }, () => {
        const who = random.below(4);
        const cells = {
          firstName: random.pick(['Ada', 'Bo']),
          lastName: 'Quill',
          email: `l${lane}w${who}@kestrel.net`,
          ...(random.below(3) === 0 ? { phone: `+1415555${1000 + lane * 10 + random.below(3)}` } : {}),
          ...(random.below(2) === 0 ? { jobTitle: `T${random.below(5)}` } : {}),
          ...(random.below(4) === 0 ? { tags: [`t${random.below(3)}`, `t${random.below(3)}`] } : {}),
          ...(random.below(6) === 0 ? { externalSystem: 's', externalId: `${lane}-${random.below(2)}` } : {}),
        };
        return row((number += 1), cells, { tied: true });
      }),
    ),
  );
  return { run: uuid7(), importId: uuid7(), opts, lanes: cut };
}

async function open(world: ContactsWorld, { run, importId, lanes }: Plan): Promise<void> {
  const kind = targetsV1.RunKind.RUN_KIND_IMPORT;
  const chunksPerLane = lanes.map((chunks) => chunks.length);
  await world.target.open({ tenant: world.tenant, run, importId, kind, attempt: 1, actor: 'u1', chunksPerLane, rows: 0, cases: undefined, importDay: '' });
}

function request(world: ContactsWorld, plan: Plan, lane: number, seq: number): targetsV1.ApplyChunkRequest {
  const { run, importId, opts } = plan;
  const rows = plan.lanes[lane]?.[seq] ?? [];
  return {
    tenant: world.tenant,
    importId,
    run,
    attempt: 1,
    lane,
    seq,
    actor: 'u1',
    options: opts,
    rows,
    traceparent: '',
  };
}

/** One worker after another, each lane in order: the run nobody disturbs. */
async function calm(world: ContactsWorld, plan: Plan): Promise<targetsV1.RowOutcome[]> {
  await open(world, plan);
  const outcomes: targetsV1.RowOutcome[] = [];
  for (const [lane, chunks] of plan.lanes.entries()) {
    for (const seq of chunks.keys())
      outcomes.push(...(await world.target.apply(request(world, plan, lane, seq))).outcomes);
  }
  return outcomes.sort((a, b) => a.row - b.row);
}

class Killed extends Error {}

/** Many workers that die at named places, get every chunk several times and in any order, and are started again. */
async function chaotic(world: ContactsWorld, plan: Plan, random: Random): Promise<targetsV1.RowOutcome[]> {
  await open(world, plan);
  const stored = new Map<string, targetsV1.RowOutcome[]>();
  const all = plan.lanes.flatMap((chunks, lane) => chunks.map((_, seq) => ({ lane, seq })));
  const worker = async (target: RowTarget): Promise<void> => {
    for (const { lane, seq } of random.shuffled([...all, ...all])) {
      try {
        const reply = await target.apply(request(world, plan, lane, seq));
        if (reply.answer === targetsV1.ChunkAnswer.CHUNK_ANSWER_APPLIED) {
          const before = stored.get(`${lane}/${seq}`);
          if (before !== undefined) expect(reply.outcomes).toEqual(before);
          stored.set(`${lane}/${seq}`, reply.outcomes);
        }
      } catch (thrown) {
        if (!(thrown instanceof Killed)) throw thrown;
      }
    }
  };
  const points: CrashPoint[] = ['before_lock', 'after_lock', 'before_append', 'before_commit', 'after_commit'];
  const deadly = world.targetWith(() => {
    if (random.below(6) === 0) throw new Killed(random.pick(points));
  });
  for (let round = 0; stored.size < all.length; round += 1) {
    if (round > 20) throw new Error('The chunks do not come to an end');
    await Promise.all([worker(deadly), worker(deadly), worker(world.target)]);
  }
  return [...stored.values()].flat().sort((a, b) => a.row - b.row);
}

describe('RUN-004: a run that is killed, doubled and reordered', () => {
  it('ends with the same records and the same ledger as one worker reading in order', async () => {
    const tenant = uuid7();
    const [undisturbed, disturbed] = await Promise.all([
      contactsWorld('calm', { tenant }),
      contactsWorld('chaos', { tenant, poolMax: 8 }),
    ]);
    try {
      const random = new Random(SEED);
      for (let which = 0; which < 4; which += 1) {
        const plan = planOf(random, 4);
        const expected = await calm(undisturbed, plan);
        const outcomes = await chaotic(disturbed, plan, random);
        expect(outcomes).toEqual(expected);
        expect(outcomes).toHaveLength(72);
      }
      const [is, should] = await Promise.all([contactsOf(disturbed), contactsOf(undisturbed)]);
      expect(stableJson(is)).toBe(stableJson(should));
      expect(await unsound(disturbed)).toEqual([]);
    } finally {
      await Promise.all([undisturbed.close(), disturbed.close()]);
    }
  }, 120_000);
});

/** Takes out or puts back a whole import while others work. */
async function takeOut(world: ContactsWorld, importId: string, restore: boolean, createdPolicy: string): Promise<void> {
  const { tenant, target } = world;
  const { records } = await target.touched({ tenant, importId, after: '', limit: 1_000 });
  const kind = restore ? targetsV1.RunKind.RUN_KIND_RESTORE : targetsV1.RunKind.RUN_KIND_REVERT;
  const run = await world.openRun([1], { importId, kind });
  const shared = { tenant, importId, run: run.id, attempt: 1, lane: 0, seq: 0, actor: 'u2', restore, createdPolicy };
  const reply = await target.revert({
    ...shared,
    records: records.map(({ record }) => record),
    versions: [],
    dryRun: false,
    recordPolicies: {}, targets: [], dependents: [],
    traceparent: '',
  });
  expect(reply.outcomes).toHaveLength(records.length);
}

describe('imports, edits, reverts and restores all at once (I10, I11, R5)', () => {
  it('leave every read model the fold of the log, and a rebuild gives the same rows', async () => {
    const world = await contactsWorld('mixed', { poolMax: 12 });
    try {
      const random = new Random(SEED + 1);
      const { tenant, store, contacts } = world;
      const commands = new ContactCommands({ ...contacts, input: { defaultCountry: 'US', timeZone: 'UTC' } });
      const caller = {
        kind: 'user' as const,
        tenant,
        subject: 'u3',
        roles: ['owner'],
        permissions: grantsOf(['owner']),
      };
      const edit = async (): Promise<void> => {
        const sql = 'select id, version from app.contact order by random() limit 1';
        const { rows } = await store.transaction(tenant, (tx) => tx.query<{ id: string; version: number }>(sql));
        const [found] = rows;
        if (found === undefined) return;
        const fields = [{ field: random.pick(['source', 'nickname']), text: `E${random.below(100)}`, clear: false }];
        const change = asked(contactsV1.UpdateContactRequest, { ...found, fields });
        // Two edits of one field at once: the second is told, which is all that matters here.
        await commands.update(change, { caller, idempotencyKey: '' }).catch((thrown: unknown) => {
          if (!isDomainError(thrown) || thrown.code !== 'VERSION_CONFLICT') throw thrown;
        });
      };
      const plans = Array.from({ length: 5 }, () => planOf(random, 3));
      for (const [at, plan] of plans.entries()) {
        const earlier = plans[at - 1]?.importId;
        const later = plans[at - 2]?.importId;
        await Promise.all([
          chaotic(world, plan, random),
          ...(earlier === undefined ? [] : [takeOut(world, earlier, false, random.pick(['KEEP', 'ARCHIVE', 'STRIP']))]),
          ...(later === undefined ? [] : [takeOut(world, later, true, 'KEEP')]),
          ...Array.from({ length: 6 }, edit),
        ]);
        expect(await unsound(world)).toEqual([]);
      }
      const before = await world.checksums();
      await world.rebuild();
      expect(await world.checksums()).toEqual(before);
      expect(await store.verify()).toMatchObject({ ok: true });
    } finally {
      await world.close();
    }
  }, 180_000);
});
