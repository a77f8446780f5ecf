import { uuid7 } from '@caseledger/event-store';
import { targetsV1 } from '@caseledger/contracts';
import { applyRows } from '@caseledger/row-target';
import { eventually } from '@caseledger/testing';
import { unsound } from '../spec/cases-invariants.js';
import { casesWorld, type CasesWorld } from '../spec/cases-world.js';
import { caseKind } from './case.kind.js';
import { caseOptions, client, options, row } from './row.fixture.js';

let world: CasesWorld;
beforeAll(async () => {
  world = await casesWorld('apply_cases');
});
afterAll(() => world.close());

const injury = { caseType: 'Personal Injury' };
const update = options({ duplicatePolicy: 'UPDATE' });
/** A case of a client of its own, so that specs do not meet. */
const named = (caseName: string, cells = {}) => ({ caseName, ...injury, ...cells });
const of = (id: string) => ({ parts: [client(id)] });
const said = (reply: targetsV1.ChunkReply) => reply.outcomes.map(({ outcome, reason }) => [outcome, reason].filter(Boolean).join(' '));
const { CHUNK_ANSWER_APPLIED, CHUNK_ANSWER_NOT_NOW } = targetsV1.ChunkAnswer;

describe('one chunk of case rows', () => {
  it('is applied once, and a second delivery gets the stored outcome (RUN-004)', async () => {
    const run = await world.openRun([2]);
    const rows = [row(1, named('Once'), of(uuid7())), row(2, { caseName: 'No type' }, of(uuid7()))];
    const first = await run.apply(0, 0, rows);
    expect(said(first)).toEqual(['CREATED', 'FAILED CASE_TYPE_MISSING']);
    const again = await run.apply(0, 0, rows);
    expect(again).toMatchObject({ answer: first.answer, replayed: true, nextSeq: 1 });
    expect(again.outcomes).toEqual(first.outcomes);
    expect(await run.created()).toBe(1);
  });

  it('is applied once by many workers at once', async () => {
    const run = await world.openRun([1]);
    const rows = Array.from({ length: 20 }, (_, at) => row(at + 1, named(`Many ${at}`), of(uuid7())));
    const replies = await Promise.all(Array.from({ length: 6 }, () => run.apply(0, 0, rows)));
    expect(replies.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(await run.created()).toBe(20);
  });

  it('is not written after a cancel was answered, and one in hand is waited for (RUN-005)', async () => {
    const run = await world.openRun([2]);
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let arrive = (): void => undefined;
    const inHand = new Promise<void>((resolve) => (arrive = resolve));
    const slow = world.targetWith(async (name) => {
      if (name !== 'before_append') return;
      arrive();
      await held;
    });
    const applying = slow.apply(run.request(0, 0, [row(1, named('In hand'), of(uuid7()))]));
    await inHand;
    let isAnswered = false;
    const cancelling = run.setState(targetsV1.RunState.RUN_STATE_CANCELLED).then(() => (isAnswered = true));
    await eventually(async () => isAnswered || (await world.waiting()) > 0, { deadlineMs: 4_000 });
    expect(isAnswered).toBe(false);
    release();
    expect((await applying).answer).toBe(CHUNK_ANSWER_APPLIED);
    await cancelling;
    expect((await run.apply(0, 1, [row(2, named('Late'), of(uuid7()))])).answer).toBe(CHUNK_ANSWER_NOT_NOW);
    expect(await run.created()).toBe(1);
  });

  it('tells the effects on its contacts with its own (LED-002)', async () => {
    const run = await world.openRun([1]);
    const contact = uuid7();
    const effects = [{ kind: 'CONTACT_CREATED', record: contact, fromVersion: 0, toVersion: 1 }];
    const made = client(contact, { outcome: 'CREATED', reason: '', effects });
    const reply = await run.apply(0, 0, [row(1, named('Effects'), { parts: [made] }), row(2, named('Linked'), of(contact))]);
    expect(reply.outcomes.map((each) => each.effects.map(({ kind, record }) => [kind, record]))).toEqual([
      [['CONTACT_CREATED', contact], ['CASE_CREATED', run.record(1)]],
      [['CASE_CREATED', run.record(2)], ['CLIENT_LINKED', contact]],
    ]);
  });
});

describe('a case row that cannot be processed at all (RUN-007)', () => {
  it('fails alone, and what its client was given is listed (RUN-012)', async () => {
    const run = await world.openRun([1]);
    const contact = uuid7();
    const effects = [{ kind: 'CONTACT_CREATED', record: contact, fromVersion: 0, toVersion: 1 }];
    const made = client(contact, { outcome: 'CREATED', reason: '', effects });
    const rows = [row(1, named('Broken'), { parts: [made] }), row(2, named('Whole'), of(uuid7()))];
    const deps = { ...world.cases, kind: caseKind, crashPoint: () => undefined };
    const reply = await applyRows(deps, run.request(0, 0, rows), new Set([1]));
    expect(said(reply)).toEqual(['FAILED INTERNAL_ERROR', 'CREATED']);
    expect(reply.outcomes[0]?.effects).toEqual(effects);
  });
});

describe('numbers (RUN-015)', () => {
  it('follow the rows of the file, whatever lane comes first, and no two imports share one', async () => {
    const [one, other] = await Promise.all([world.openRun([1, 1], { rows: 10 }), world.openRun([1], { rows: 10 })]);
    await one.apply(1, 0, [row(7, named('Seventh'), of(uuid7()))]);
    await one.apply(0, 0, [row(2, named('Second'), of(uuid7()))]);
    await other.apply(0, 0, [row(7, named('Other'), of(uuid7()))]);
    const numbers = await Promise.all([one.record(2), one.record(7), other.record(7)].map(async (id) => (await world.stateOf(id))?.number ?? ''));
    const ordinals = numbers.map((number) => Number(number.slice(-6)));
    expect(numbers.every((number) => /^C-2026-\d{6}$/.test(number))).toBe(true);
    expect((ordinals[1] ?? 0) - (ordinals[0] ?? 0)).toBe(5);
    expect(Math.abs((ordinals[1] ?? 0) - (ordinals[2] ?? 0))).toBeGreaterThanOrEqual(10);
  });

  it('stay those of the row in a retry', async () => {
    const first = await world.openRun([1], { rows: 10 });
    await first.apply(0, 0, [row(1, named('Kept number'), of(uuid7()))]);
    const retry = await world.openRun([1], { importId: first.importId, kind: targetsV1.RunKind.RUN_KIND_RETRY, rows: 10 });
    await retry.apply(0, 0, [row(4, named('Tried again'), of(uuid7()))]);
    const numbers = await Promise.all([1, 4].map(async (at) => Number((await world.stateOf(first.record(at)))?.number.slice(-6))));
    expect((numbers[1] ?? 0) - (numbers[0] ?? 0)).toBe(3);
  });

  it('are not reserved by a plan (PRE-006)', async () => {
    const before = await world.count('app.case_number_block');
    const importId = uuid7();
    const ask = { tenant: world.tenant, importId, run: '', options: options(), rows: [row(1, named('Planned'), of(uuid7()))] };
    const { verdicts } = await world.target.judge({ ...ask, overlay: Buffer.alloc(0) });
    expect(verdicts[0]?.outcome).toBe('CREATED');
    expect(await world.count('app.case_number_block')).toBe(before);
  });
});

describe('the list of an import (OPT-005, OPT-006)', () => {
  it('is made once with the run, bound to the type, and takes its cases and the duplicates it skips', async () => {
    const contact = uuid7();
    const before = await world.openRun([1]);
    await before.apply(0, 0, [row(1, named('There before'), of(contact))]);
    const types = await world.target.judge({
      ...{ tenant: world.tenant, importId: uuid7(), run: '', overlay: Buffer.alloc(0) },
      ...{ options: options(), rows: [row(1, named('Type'), of(uuid7()))] },
    });
    const change = types.verdicts[0]?.changes.find(({ field }) => field === 'caseType');
    const cases = caseOptions({ caseType: JSON.parse(change?.after ?? '""') as string, newList: ' Crash of May ' });
    const run = await world.openRun([1], { cases });
    const rows = [
      row(1, { caseName: 'New on the list' }, of(uuid7())),
      row(2, named('There before'), of(contact)),
      row(3, { caseName: 'Other type', caseType: 'Family Law' }, of(uuid7())),
    ];
    const reply = await run.apply(0, 0, rows, options({}, cases));
    expect(said(reply)).toEqual(['CREATED', 'SKIPPED DUPLICATE_EXISTING', 'FAILED LIST_CASE_TYPE_MISMATCH']);
    // The names of types fill its message in the ledger as they do in the plan.
    expect(reply.outcomes[2]?.codes.at(-1)?.params).toEqual({ listType: expect.any(String), type: expect.any(String) });
    const [made, known] = await Promise.all([run.record(1), before.record(1)].map((id) => world.stateOf(id)));
    expect(made?.lists).toHaveLength(1);
    expect(known?.lists).toEqual(made?.lists);
    expect(await world.openRun([1], { importId: run.importId, kind: targetsV1.RunKind.RUN_KIND_RETRY, cases })).toBeDefined();
    await expect(world.openRun([1], { cases: { ...cases, newList: 'CRASH of may' } })).rejects.toMatchObject({ code: 'LIST_NAME_TAKEN' });
  });

  it('that is gone fails the rows that were to be put on it', async () => {
    const run = await world.openRun([1]);
    const reply = await run.apply(0, 0, [row(1, named('No list'), of(uuid7()))], options({}, { list: uuid7() }));
    expect(said(reply)).toEqual(['FAILED LINK_NOT_FOUND']);
  });
});

describe('the confirmed plan of case rows (PRE-005)', () => {
  it('fails only the row whose case changed since, and what rests on it', async () => {
    const [ada, bo] = [uuid7(), uuid7()];
    const seed = await world.openRun([1]);
    await seed.apply(0, 0, [row(1, named('Plan'), of(ada)), row(2, named('Plan'), of(bo))]);
    const run = await world.openRun([1]);
    const exact = options({ duplicatePolicy: 'UPDATE', apply: 'EXACT_PLAN' });
    const rows = [
      row(1, named('Plan', { description: 'A' }), { ...of(ada), tied: true }),
      row(2, named('Plan', { description: 'B' }), { ...of(ada), tied: true }),
      row(3, named('Plan', { description: 'C' }), of(bo)),
    ];
    const planned = await run.judge(rows, exact);
    expect(planned.map(({ outcome, pinnedVersion }) => [outcome, pinnedVersion])).toEqual([['UPDATED', 1], ['UPDATED', 2], ['UPDATED', 1]]);
    await world.edit(seed.record(1), { type: 'CaseTagged', data: { tags: ['seen'] } });
    const pinned = rows.map((each, at) => world.expecting(each, planned[at]));
    expect(said(await run.apply(0, 0, pinned, exact))).toEqual(['FAILED PLAN_ROW_STALE', 'FAILED PLAN_ROW_STALE', 'UPDATED']);
    expect(await world.stateOf(seed.record(1))).toMatchObject({ description: '', tags: ['seen'] });
  });

  it('a change by a person while a chunk is computed is neither lost nor overwritten', async () => {
    const ada = uuid7();
    const seed = await world.openRun([1]);
    await seed.apply(0, 0, [row(1, named('Race', { description: 'Old' }), of(ada))]);
    const run = await world.openRun([1]);
    let isEdited = false;
    const racing = world.targetWith(async (name) => {
      if (name !== 'before_lock' || isEdited) return;
      isEdited = true;
      await world.edit(seed.record(1), { type: 'CaseTagged', data: { tags: ['by a person'] } });
    });
    const reply = await racing.apply(run.request(0, 0, [row(1, named('Race', { description: 'New' }), of(ada))], update));
    expect(said(reply)).toEqual(['UPDATED']);
    expect(await world.stateOf(seed.record(1))).toMatchObject({ description: 'New', tags: ['by a person'] });
  });

  it('two runs that make the same case at once end with one (RUN-010)', async () => {
    const clients = Array.from({ length: 20 }, () => uuid7());
    const runs = await Promise.all(Array.from({ length: 4 }, () => world.openRun([1])));
    const replies = await Promise.all(
      runs.map((run, which) => {
        const mine = which % 2 === 0 ? clients : [...clients].reverse();
        return run.apply(0, 0, mine.map((each, at) => row(at + 1, named('Raced'), of(each))));
      }),
    );
    const outcomes = replies.flatMap(said);
    expect(outcomes.filter((each) => each === 'CREATED')).toHaveLength(20);
    expect(outcomes.filter((each) => each === 'SKIPPED DUPLICATE_EXISTING')).toHaveLength(60);
  });
});

describe('prediction and run over the chunks of a lane', () => {
  it('agree row by row, the overlay carrying what earlier chunks would do', async () => {
    const clients = Array.from({ length: 3 }, () => uuid7());
    const rows = Array.from({ length: 60 }, (_, at) =>
      row(at + 1, named(`Lane ${at % 5}`, { description: `D${at % 7}` }), { ...of(clients[at % 3] ?? ''), tied: true }),
    );
    const run = await world.openRun([3]);
    const chunks = [rows.slice(0, 20), rows.slice(20, 40), rows.slice(40)];
    const planned = await run.judgeLane(chunks, update);
    const done = [];
    for (const [seq, chunk] of chunks.entries()) done.push(...(await run.apply(0, seq, chunk, update)).outcomes);
    const told = ({ outcome, reason, effects, record }: { outcome: string; reason: string; effects: object[]; record: string }) => ({ outcome, reason, effects, record });
    expect(done.map(told)).toEqual(planned.map(told));
    expect(done.filter(({ outcome }) => outcome === 'CREATED')).toHaveLength(15);
  });
});

describe('what ties case rows', () => {
  it('is the case of any contact that may be the client, under its name and type', async () => {
    const ada = uuid7();
    const seed = await world.openRun([1]);
    await seed.apply(0, 0, [row(1, named('Tied'), of(ada))]);
    const tied = (cells: object, candidates: string[]) => row(1, { caseName: 'TIED', ...cells }, { parts: [], candidates });
    const asked = [tied(injury, [uuid7(), ada]), tied({}, [ada]), tied({ caseType: 'Family Law' }, [ada]), tied(injury, [uuid7()])];
    const matches = await seed.match(asked);
    const hit = [seed.record(1), ada].sort();
    expect(matches.map(({ records }) => records)).toEqual([hit, hit, [], []]);
  });

  it('is any client of a case that a row names: it may give it the name under which another row finds it', async () => {
    const ada = uuid7();
    const seed = await world.openRun([1]);
    await seed.apply(0, 0, [row(1, named('Before', { externalSystem: 'tie', externalId: '1' }), of(ada))]);
    const renaming = { caseName: 'After', externalSystem: 'tie', externalId: '1' };
    const byId = { caseName: 'After', recordId: seed.record(1) };
    const matches = await seed.match([renaming, byId].map((cells) => row(1, cells, { parts: [] })));
    expect(matches.map(({ records }) => records.includes(ada))).toEqual([true, true]);
  });

  it('tells which of them changed since positions, not counting its own run', async () => {
    const ada = uuid7();
    const run = await world.openRun([2]);
    await run.apply(0, 0, [row(1, named('Since'), of(ada))]);
    const positions = await world.store.head();
    const [match] = await run.match([row(1, named('Since'), { parts: [], candidates: [ada] })]);
    const ask = { tenant: world.tenant, positions, records: [run.record(1)], keys: match?.keys ?? [], run: run.id };
    await run.apply(0, 1, [row(2, named('Since', { description: 'Own' }), of(ada))], update);
    expect(await world.target.changedSince(ask)).toMatchObject({ records: [], keys: [] });
    await world.edit(run.record(1), { type: 'CaseTagged', data: { tags: ['x'] } });
    expect(await world.target.changedSince(ask)).toMatchObject({ records: [run.record(1)] });
  });
});

describe('the views of cases', () => {
  it('are what the streams of the cases give', async () => {
    expect(await unsound(world)).toEqual([]);
  });

  it('come back row for row from the log (DESIGN 27)', async () => {
    const before = await world.checksums();
    await world.rebuild();
    expect(await world.checksums()).toEqual(before);
  });
});
