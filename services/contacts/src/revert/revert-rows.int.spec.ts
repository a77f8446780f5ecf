import { targetsV1 } from '@caseledger/contracts';
import { contactsWorld, type ContactsWorld, type WorldRun } from '../spec/contacts-world.js';
import { options, row } from '../rows/row.fixture.js';

let world: ContactsWorld;
beforeAll(async () => {
  world = await contactsWorld('revert_rows');
});
afterAll(() => world.close());

const ada = { firstName: 'Ada', lastName: 'Quill' };
const update = options({ duplicatePolicy: 'UPDATE' });

interface Reverting {
  readonly restore?: boolean;
  readonly policy?: string;
  readonly dependents?: targetsV1.Dependents[];
}

/** Reverts or restores a whole import: everything it touched, in one chunk. */
async function revert(of: WorldRun, { restore = false, policy = 'KEEP', dependents = [] }: Reverting = {}) {
  const { tenant, target } = world;
  const touched = await target.touched({ tenant, importId: of.importId, after: '', limit: 1000 });
  const kind = restore ? targetsV1.RunKind.RUN_KIND_RESTORE : targetsV1.RunKind.RUN_KIND_REVERT;
  const run = await world.openRun([1], { importId: of.importId, kind });
  const request = {
    ...{ tenant, importId: of.importId, run: run.id, attempt: 1, lane: 0, seq: 0, actor: 'u2', traceparent: '' },
    records: touched.records.map(({ record }) => record),
    versions: touched.records.map(({ version }) => version),
    restore,
    dryRun: false,
    createdPolicy: policy,
    recordPolicies: {}, targets: [],
    dependents,
  };
  const predicted = await target.revert({ ...request, dryRun: true });
  const done = await target.revert(request);
  return { predicted, done, again: () => target.revert(request) };
}

const outcomes = (reply: targetsV1.ChunkReply) => reply.outcomes.map(({ outcome }) => outcome);

describe('reverting an import', () => {
  it('archives what it made, releases the keys, and lets the same file be imported again (R9)', async () => {
    const cells = { ...ada, email: 'r1@kestrel.net', phone: '+14155550101' };
    const first = await world.openRun([1]);
    await first.apply(0, 0, [row(1, cells)]);
    const { predicted, done, again } = await revert(first);
    expect(outcomes(done)).toEqual(['ARCHIVED']);
    expect(predicted.outcomes).toEqual(done.outcomes);
    expect(predicted.changes).toMatchObject([{ field: 'archived', after: '{"reason":"IMPORT_REVERTED"}' }]);
    const replay = await again();
    expect(replay.replayed).toBe(true);
    expect(replay.outcomes).toEqual(done.outcomes);
    const second = await world.openRun([1]);
    expect((await second.apply(0, 0, [row(1, cells)])).outcomes[0]?.outcome).toBe('CREATED');
    expect((await world.owners()).flat()).not.toContain(first.record(1));
  });

  it('keeps later work and restores by the same rule', async () => {
    const seed = await world.openRun([1]);
    await seed.apply(0, 0, [row(1, { ...ada, email: 'r2@kestrel.net', jobTitle: 'A' })]);
    const wrong = await world.openRun([1]);
    await wrong.apply(0, 0, [row(1, { ...ada, email: 'r2@kestrel.net', jobTitle: 'B', source: 'Wrong' })], update);
    const later = await world.openRun([1]);
    await later.apply(0, 0, [row(1, { ...ada, email: 'r2@kestrel.net', source: 'Right' })], update);
    const { predicted, done } = await revert(wrong);
    expect(outcomes(done)).toEqual(['RESTORED']);
    expect(predicted.changes.find(({ field }) => field === 'source')).toMatchObject({
      before: '"Right"',
      after: '"Right"',
      keptBecause: `import:${later.importId}`,
    });
    expect((await world.stateOf(seed.record(1)))?.values).toMatchObject({ jobTitle: 'A', source: 'Right' });
    await revert(wrong, { restore: true });
    expect((await world.stateOf(seed.record(1)))?.values).toMatchObject({ jobTitle: 'B', source: 'Right' });
  });

  it('keeps a made record that was touched, and takes it after the other import is gone (REV-013)', async () => {
    const made = await world.openRun([1]);
    await made.apply(0, 0, [row(1, { ...ada, email: 'r3@kestrel.net' })]);
    const other = await world.openRun([1]);
    await other.apply(0, 0, [row(1, { ...ada, email: 'r3@kestrel.net', jobTitle: 'X' })], update);
    expect(outcomes((await revert(made)).done)).toEqual(['KEPT']);
    expect((await world.stateOf(made.record(1)))?.review).toEqual(['IMPORT_REVERTED']);
    await revert(other);
    expect(outcomes((await revert(made)).done)).toEqual(['ARCHIVED']);
  });

  it('keeps a made record that a case builds on, and shows the cases (REV-004, REV-005, REV-008)', async () => {
    const made = await world.openRun([1]);
    await made.apply(0, 0, [row(1, { ...ada, email: 'dep@kestrel.net' }), row(2, { ...ada, email: 'free@kestrel.net' })]);
    const cases = ['6f0d7f5e-3a54-4b0e-8f59-3c1f6f3f9c11'];
    const dependents = [{ record: made.record(1), cases, n: 1 }];
    const ends = ({ outcomes: all }: targetsV1.ChunkReply) =>
      new Map(all.map(({ outcome, effects }) => [effects[0]?.record, outcome]));
    const shown = ({ changes }: targetsV1.ChunkReply) =>
      changes.filter(({ field }) => field === 'cases').map(({ record, after }) => [record, after.includes(cases[0] ?? '-')]);

    const kept = await revert(made, { dependents });
    expect(ends(kept.done)).toEqual(new Map([[made.record(1), 'KEPT'], [made.record(2), 'ARCHIVED']]));
    expect(kept.predicted.outcomes).toEqual(kept.done.outcomes);
    expect(shown(kept.predicted)).toEqual([[made.record(1), true]]);
    expect((await world.stateOf(made.record(1)))?.archived).toBeNull();
    const archived = await revert(made, { dependents, policy: 'ARCHIVE' });
    expect(ends(archived.done).get(made.record(1))).toBe('ARCHIVED');
    expect(shown(archived.predicted)).toEqual([[made.record(1), true]]);
  });

  it('releases every key before any is taken: two records that exchanged an external id (DESIGN §4)', async () => {
    const pair = { externalSystem: 'old', externalId: '77' };
    const seed = await world.openRun([1]);
    await seed.apply(0, 0, [
      row(1, { ...ada, ...pair, email: 'r4@kestrel.net' }),
      row(2, { ...ada, email: 'r5@kestrel.net' }),
    ]);
    const swap = await world.openRun([1]);
    const cleared = { recordId: seed.record(1), externalSystem: 'old', externalId: '<clear>' };
    const rows = [row(1, cleared), row(2, { recordId: seed.record(2), ...pair })];
    expect(outcomes(await swap.apply(0, 0, rows, update))).toEqual(['UPDATED', 'UPDATED']);
    const touched = await world.target.touched({ tenant: world.tenant, importId: swap.importId, after: '', limit: 10 });
    expect(new Set(touched.records.map(({ component }) => component)).size).toBe(1);
    expect(outcomes((await revert(swap)).done)).toEqual(['RESTORED', 'RESTORED']);
    expect((await world.stateOf(seed.record(1)))?.externalIds).toEqual([{ system: 'old', id: '77' }]);
    expect((await world.stateOf(seed.record(2)))?.externalIds).toEqual([]);
  });

  it('leaves a record whose external id another one has got meanwhile, and the others go on (REV-010, REV-016)', async () => {
    const pair = { externalSystem: 'old', externalId: '88' };
    const made = await world.openRun([1]);
    await made.apply(0, 0, [
      row(1, { ...ada, ...pair, email: 'r6@kestrel.net' }),
      row(2, { ...ada, email: 'r7@kestrel.net' }),
    ]);
    await revert(made);
    const taker = await world.openRun([1]);
    await taker.apply(0, 0, [row(1, { firstName: 'Bo', lastName: 'Reed', ...pair })]);
    const { done } = await revert(made, { restore: true });
    expect(outcomes(done).sort()).toEqual(['CONFLICT', 'RESTORED']);
    expect(done.outcomes.find(({ outcome }) => outcome === 'CONFLICT')?.reason).toBe('EXTERNAL_ID_TAKEN');
  });

  it('ends the same in either order where nothing is kept (REV-013)', async () => {
    const ends = [];
    for (const which of [0, 1]) {
      const seed = await world.openRun([1]);
      const email = `order${which}@kestrel.net`;
      await seed.apply(0, 0, [row(1, { ...ada, email, jobTitle: '0' })]);
      const runs = [await world.openRun([1]), await world.openRun([1])];
      for (const [at, run] of runs.entries())
        await run.apply(0, 0, [row(1, { ...ada, email, jobTitle: `J${at}`, source: `S${at}` })], update);
      for (const run of which === 0 ? runs : [...runs].reverse()) await revert(run);
      ends.push((await world.stateOf(seed.record(1)))?.values);
    }
    expect(ends[0]).toEqual(ends[1]);
    expect(ends[0]).toMatchObject({ jobTitle: '0' });
  });
});

describe('the views', () => {
  it('come back row for row from the log after reverts and restores (DESIGN 27)', async () => {
    const before = await world.checksums();
    await world.rebuild();
    expect(await world.checksums()).toEqual(before);
  });

  it('know which imports contribute', async () => {
    const run = await world.openRun([1]);
    await run.apply(0, 0, [row(1, { ...ada, email: 'contrib@kestrel.net' })]);
    const inForce = async () => {
      const sql = 'select in_force from app.contact_import where import = $1';
      const { rows } = await world.store.transaction(world.tenant, (tx) =>
        tx.query<{ in_force: boolean }>(sql, [run.importId]),
      );
      return rows.map((each) => each.in_force);
    };
    expect(await inForce()).toEqual([true]);
    await revert(run);
    expect(await inForce()).toEqual([false]);
    await revert(run, { restore: true });
    expect(await inForce()).toEqual([true]);
  });
});
