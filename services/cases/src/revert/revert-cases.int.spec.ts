import { uuid7 } from '@caseledger/event-store';
import { targetsV1 } from '@caseledger/contracts';
import { listOfImport } from '@caseledger/row-target';
import { unsound } from '../spec/cases-invariants.js';
import { casesWorld, type CasesWorld, type WorldRun } from '../spec/cases-world.js';
import { caseOptions, client, further, options, row } from '../rows/row.fixture.js';

let world: CasesWorld;
beforeAll(async () => {
  world = await casesWorld('revert_cases');
});
afterAll(() => world.close());

const update = options({ duplicatePolicy: 'UPDATE' });
const named = (caseName: string, cells = {}) => ({ caseName, caseType: 'Personal Injury', ...cells });
const of = (id: string) => ({ parts: [client(id)] });
const outcomes = (reply: targetsV1.ChunkReply) => reply.outcomes.map(({ outcome }) => outcome);
const { RUN_KIND_REVERT, RUN_KIND_RESTORE } = targetsV1.RunKind;
const { RUN_STATE_CLOSED } = targetsV1.RunState;

interface Reverting {
  readonly restore?: boolean;
  readonly policy?: string;
}

/** Reverts or restores a whole import: everything it touched, in one chunk, the run closed after it. */
async function revert(run: WorldRun, { restore = false, policy = 'KEEP' }: Reverting = {}) {
  const { tenant, target } = world;
  const { importId } = run;
  const touched = await target.touched({ tenant, importId, after: '', limit: 1000 });
  const reverting = await world.openRun([1], { importId, kind: restore ? RUN_KIND_RESTORE : RUN_KIND_REVERT });
  const request = {
    ...{ tenant, importId, run: reverting.id, attempt: 1, lane: 0, seq: 0, actor: 'u2', traceparent: '' },
    records: touched.records.map(({ record }) => record),
    versions: touched.records.map(({ version }) => version),
    ...{ restore, dryRun: false, createdPolicy: policy, recordPolicies: {}, targets: [], dependents: [] },
  };
  const predicted = await target.revert({ ...request, dryRun: true });
  const done = await target.revert(request);
  await reverting.setState(RUN_STATE_CLOSED);
  return { predicted, done, touched: touched.records, again: () => target.revert(request) };
}

describe('reverting an import of cases', () => {
  it('archives what it made, releases the keys, and lets the same file be imported again (R9)', async () => {
    const ada = uuid7();
    const cells = named('Made', { externalSystem: 'old', externalId: '1' });
    const first = await world.openRun([1]);
    await first.apply(0, 0, [row(1, cells, of(ada))]);
    const { predicted, done, touched, again } = await revert(first);
    expect(touched).toMatchObject([{ record: first.record(1), component: first.record(1), target: 'cases', ties: [ada] }]);
    expect(outcomes(done)).toEqual(['ARCHIVED']);
    expect(predicted.outcomes).toEqual(done.outcomes);
    expect(done.outcomes[0]?.effects).toMatchObject([{ kind: 'CASE_ARCHIVED', fromVersion: 1, toVersion: 2 }]);
    expect((await again()).replayed).toBe(true);
    const second = await world.openRun([1]);
    expect(outcomes(await second.apply(0, 0, [row(1, cells, of(ada))]))).toEqual(['CREATED']);
    expect((await world.owners()).flat()).not.toContain(first.record(1));
  });

  it('takes links, key dates, tags and memberships out of a case it had changed, and keeps later work (REV-003, REV-007)', async () => {
    const [ada, will, zoe] = [uuid7(), uuid7(), uuid7()];
    const seed = await world.openRun([1]);
    await seed.apply(0, 0, [row(1, named('Changed', { description: 'A', courtDate: '2026-05-01', tags: ['own'] }), of(ada))]);
    const before = await world.stateOf(seed.record(1));
    const list = caseOptions({ newList: `Changed ${uuid7()}` });
    const wrong = await world.openRun([1], { cases: list });
    const cells = named('Changed', { description: 'B', courtDate: '2026-06-01', deadline: '2026-07-01', tags: ['wrong'], caseStatus: 'Settled' });
    await wrong.apply(0, 0, [row(1, cells, { parts: [client(ada), further(1, will, 'WITNESS')] })], { ...update, cases: list });
    expect(await world.stateOf(seed.record(1))).toMatchObject({ category: 'CLOSED', closedOn: '2026-03-01', tags: ['wrong'] });
    await world.edit(seed.record(1), { type: 'CaseContactLinked', data: { contact: zoe, role: 'FAMILY' } });
    const { predicted, done } = await revert(wrong);
    expect(outcomes(done)).toEqual(['RESTORED']);
    const after = await world.stateOf(seed.record(1));
    expect(after).toEqual({
      ...before,
      lastKeyDate: 2,
      contacts: [...(before?.contacts ?? []), { contact: zoe, role: 'FAMILY' }].sort((a, b) => (a.contact < b.contact ? -1 : 1)),
    });
    expect(predicted.changes.map(({ field }) => field)).toEqual(expect.arrayContaining(['caseStatus', 'closedOn', 'contacts', 'description', 'lists', 'tags']));
    await revert(wrong, { restore: true });
    expect(await world.stateOf(seed.record(1))).toMatchObject({ description: 'B', tags: ['wrong'], lists: [listOfImport(world.tenant, wrong.importId)] });
  });

  it('keeps a case that a person has worked on since, and takes it after policy Archive (REV-004, REV-005)', async () => {
    const made = await world.openRun([1]);
    await made.apply(0, 0, [row(1, named('Worked on'), of(uuid7()))]);
    await world.edit(made.record(1), { type: 'CaseAddedToList', data: { list: uuid7() } });
    expect((await revert(made)).done.outcomes).toMatchObject([{ outcome: 'KEPT', reason: 'TOUCHED_SINCE' }]);
    expect((await world.stateOf(made.record(1)))?.review).toEqual(['IMPORT_REVERTED']);
    expect(outcomes((await revert(made, { policy: 'ARCHIVE' })).done)).toEqual(['ARCHIVED']);
  });

  it('keeps a case that stripped would have no client (REV-005)', async () => {
    const made = await world.openRun([1]);
    await made.apply(0, 0, [row(1, named('Stripped'), of(uuid7()))]);
    await world.edit(made.record(1), { type: 'CaseFieldsChanged', data: { set: { caseName: 'By a person' }, cleared: [], fields: ['caseName'] } });
    expect(outcomes((await revert(made, { policy: 'STRIP' })).done)).toEqual(['KEPT']);
  });

  it('leaves a case whose external id another one has got meanwhile (REV-010, REV-016)', async () => {
    const pair = { externalSystem: 'old', externalId: '88' };
    const made = await world.openRun([1]);
    await made.apply(0, 0, [row(1, named('Taken', pair), of(uuid7())), row(2, named('Free'), of(uuid7()))]);
    await revert(made);
    const taker = await world.openRun([1]);
    await taker.apply(0, 0, [row(1, named('Taker', pair), of(uuid7()))]);
    const { done } = await revert(made, { restore: true });
    expect(outcomes(done).sort()).toEqual(['CONFLICT', 'RESTORED']);
  });

  it('ends the same in either order where nothing is kept (REV-013)', async () => {
    const ends = [];
    for (const which of [0, 1]) {
      const ada = uuid7();
      const name = `Order ${which}`;
      const seed = await world.openRun([1]);
      await seed.apply(0, 0, [row(1, named(name, { description: '0' }), of(ada))]);
      const runs = [await world.openRun([1]), await world.openRun([1])];
      for (const [at, run] of runs.entries())
        await run.apply(0, 0, [row(1, named(name, { description: `D${at}`, tags: [`t${at}`] }), of(ada))], update);
      for (const run of which === 0 ? runs : [...runs].reverse()) await revert(run);
      const state = await world.stateOf(seed.record(1));
      ends.push([state?.description, state?.tags]);
    }
    expect(ends).toEqual([['0', []], ['0', []]]);
  });
});

describe('the list that an import made (REV-007)', () => {
  const listCases = () => caseOptions({ newList: `List ${uuid7()}` });
  const archived = async (run: WorldRun) => {
    const sql = 'select archived from app.case_list where tenant = $1 and id = $2';
    const values = [world.tenant, listOfImport(world.tenant, run.importId)];
    const { rows } = await world.store.transaction(world.tenant, (tx) => tx.query<{ archived: boolean }>(sql, values));
    return rows[0]?.archived;
  };

  it('goes after the last chunk, and comes back with its cases', async () => {
    const cases = listCases();
    const run = await world.openRun([1], { cases });
    await run.apply(0, 0, [row(1, named('Listed'), of(uuid7()))], { ...options(), cases });
    await revert(run);
    expect(await archived(run)).toBe(true);
    await revert(run, { restore: true });
    expect(await archived(run)).toBe(false);
    expect(await world.stateOf(run.record(1))).toMatchObject({ archived: null, lists: [listOfImport(world.tenant, run.importId)] });
  });

  it('stays while somebody else has a case on it', async () => {
    const cases = listCases();
    const other = await world.openRun([1]);
    await other.apply(0, 0, [row(1, named('Other'), of(uuid7()))]);
    const run = await world.openRun([1], { cases });
    await run.apply(0, 0, [row(1, named('Listed too'), of(uuid7()))], { ...options(), cases });
    await world.edit(other.record(1), { type: 'CaseAddedToList', data: { list: listOfImport(world.tenant, run.importId) } });
    await revert(run);
    expect(await archived(run)).toBe(false);
  });

  it('stays away where a list of its name has been made meanwhile', async () => {
    const cases = listCases();
    const run = await world.openRun([1], { cases });
    await run.apply(0, 0, [row(1, named('Renamed'), of(uuid7()))], { ...options(), cases });
    await revert(run);
    await world.openRun([1], { cases });
    await revert(run, { restore: true });
    expect(await archived(run)).toBe(true);
  });
});

describe('what builds on contacts (REV-008)', () => {
  const dependents = async (records: string[], without: string[] = [], lost: targetsV1.LostLink[] = []) =>
    (await world.target.dependents({ tenant: world.tenant, records, without, lost })).dependents;

  it('is every case that stays, whoever made it, once, and none that a revert took out', async () => {
    const [ada, will, nobody] = [uuid7(), uuid7(), uuid7()];
    const first = await world.openRun([1]);
    const second = await world.openRun([1]);
    await first.apply(0, 0, [row(1, named('First'), { parts: [client(ada), further(1, will, 'WITNESS'), further(2, ada, 'FAMILY')] })]);
    await second.apply(0, 0, [row(1, named('Second'), of(ada))]);
    const [one, other] = [first.record(1), second.record(1)];
    expect(await dependents([ada, will, nobody])).toEqual(
      [{ record: ada, n: 2, cases: [one, other].sort() }, { record: will, n: 1, cases: [one] }].sort((a, b) => (a.record < b.record ? -1 : 1)),
    );
    expect(await dependents([ada], [one])).toEqual([{ record: ada, n: 1, cases: [other] }]);
    expect(await dependents([ada, will], [], [{ dependent: one, record: will }, { dependent: other, record: ada }])).toEqual([
      { record: ada, n: 1, cases: [one] },
    ]);
    await revert(first);
    expect(await dependents([ada, will])).toEqual([{ record: ada, n: 1, cases: [other] }]);
    await world.edit(other, { type: 'CaseArchived', data: { reason: 'Done' } });
    expect(await dependents([ada])).toHaveLength(1);
  });
});

describe('the views of cases after reverts and restores', () => {
  it('are what the streams of the cases give', async () => {
    expect(await unsound(world)).toEqual([]);
  });

  it('come back row for row from the log (DESIGN 27)', async () => {
    const before = await world.checksums();
    await world.rebuild();
    expect(await world.checksums()).toEqual(before);
  });
});

describe('the markers around an import (EVT-004)', () => {
  it('lie on every partition, started with the run and completed with its end, once each', async () => {
    const run = await world.openRun([1]);
    await run.apply(0, 0, [row(1, named('Marked'), of(uuid7()))]);
    await run.setState(RUN_STATE_CLOSED);
    await run.setState(RUN_STATE_CLOSED);
    const sql = `select type, count(distinct data ->> 'partition')::int as partitions, count(*)::int as n from es.event
      where tenant = $1 and category = 'import-marker' and meta ->> 'run' = $2 group by type order by type`;
    const { rows } = await world.store.transaction(world.tenant, (tx) => tx.query(sql, [world.tenant, run.id]));
    expect(rows).toEqual([{ type: 'ImportCompleted', partitions: 12, n: 12 }, { type: 'ImportStarted', partitions: 12, n: 12 }]);
  });
});
