import { uuid7, uuid8 } from '@caseledger/event-store';
import { targetsV1 } from '@caseledger/contracts';
import { eventually } from '@caseledger/testing';
import { contactsWorld, type ContactsWorld } from '../spec/contacts-world.js';
import { decision, options, row } from './row.fixture.js';

let world: ContactsWorld;
beforeAll(async () => {
  world = await contactsWorld('apply_rows');
});
afterAll(() => world.close());

const ada = { firstName: 'Ada', lastName: 'Quill' };
const said = (reply: targetsV1.ChunkReply) =>
  reply.outcomes.map(({ outcome, reason }) => [outcome, reason].filter(Boolean).join(' '));

describe('one chunk', () => {
  it('is applied once, and a second delivery gets the stored outcome', async () => {
    const run = await world.openRun([2]);
    const rows = [row(1, { ...ada, email: 'one@kestrel.net' }), row(2, { firstName: 'Bo' })];
    const first = await run.apply(0, 0, rows);
    expect(said(first)).toEqual(['CREATED', 'FAILED REQUIRED_MISSING']);
    const again = await run.apply(0, 0, rows);
    expect(again).toMatchObject({ answer: first.answer, replayed: true, nextSeq: 1 });
    expect(again.outcomes).toEqual(first.outcomes);
    expect(await world.count('app.contact')).toBe(1);
    expect(first.outcomes[0]?.effects[0]?.record).toBe(uuid8('record', world.tenant, run.importId, '1', 'contact'));
  });

  it('is not applied before its turn, nor against a run that is not running (RUN-005)', async () => {
    const run = await world.openRun([3]);
    const rows = [row(1, { ...ada, email: 'turn@kestrel.net' })];
    expect((await run.apply(0, 1, rows)).answer).toBe(targetsV1.ChunkAnswer.CHUNK_ANSWER_NOT_NOW);
    await run.setState(targetsV1.RunState.RUN_STATE_PAUSED);
    expect(await run.apply(0, 0, rows)).toMatchObject({
      answer: targetsV1.ChunkAnswer.CHUNK_ANSWER_NOT_NOW,
      state: targetsV1.RunState.RUN_STATE_PAUSED,
    });
    await run.setState(targetsV1.RunState.RUN_STATE_RUNNING);
    expect((await run.apply(0, 0, rows)).answer).toBe(targetsV1.ChunkAnswer.CHUNK_ANSWER_APPLIED);
    await run.setState(targetsV1.RunState.RUN_STATE_CANCELLED);
    expect((await run.apply(0, 1, rows)).answer).toBe(targetsV1.ChunkAnswer.CHUNK_ANSWER_NOT_NOW);
    expect((await run.apply(0, 0, rows)).replayed).toBe(true);
  });

  it('holds up the answer to a cancel until it is stored, and none is written after it (RUN-005)', async () => {
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
    const rows = [row(1, { ...ada, email: 'cancel@kestrel.net' })];
    const applying = slow.apply(run.request(0, 0, rows));
    await inHand;
    let isAnswered = false;
    const cancelling = run.setState(targetsV1.RunState.RUN_STATE_CANCELLED).then(() => (isAnswered = true));
    await eventually(async () => isAnswered || (await world.waiting()) > 0, { deadlineMs: 4_000 });
    expect(isAnswered).toBe(false);
    release();
    expect((await applying).answer).toBe(targetsV1.ChunkAnswer.CHUNK_ANSWER_APPLIED);
    await cancelling;
    const late = await run.apply(0, 1, [row(2, { ...ada, email: 'late@kestrel.net' })]);
    expect(late.answer).toBe(targetsV1.ChunkAnswer.CHUNK_ANSWER_NOT_NOW);
  });

  it('is applied once by many workers at once', async () => {
    const run = await world.openRun([1]);
    const rows = Array.from({ length: 20 }, (_, at) => row(at + 1, { ...ada, email: `many${at}@kestrel.net` }));
    const replies = await Promise.all(Array.from({ length: 6 }, () => run.apply(0, 0, rows)));
    expect(replies.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(await run.created()).toBe(20);
  });
});

describe('existing records', () => {
  it('are matched, updated and merged by the live state', async () => {
    const seed = await world.openRun([1]);
    await seed.apply(0, 0, [row(1, { ...ada, email: 'seed@kestrel.net', jobTitle: 'Old' })]);
    const run = await world.openRun([2]);
    const update = await run.apply(
      0,
      0,
      [row(1, { ...ada, email: 'SEED@kestrel.net', jobTitle: 'New' })],
      options({ duplicatePolicy: 'UPDATE' }),
    );
    expect(update.outcomes[0]).toMatchObject({
      outcome: 'UPDATED',
      effects: [{ kind: 'CONTACT_UPDATED', fromVersion: 1, toVersion: 2 }],
      match: { verdict: 'MATCH', key: 'EMAIL', record: seed.record(1), score: 1, records: [seed.record(1)], earlierRow: 0 },
    });
    const merge = await run.apply(0, 1, [
      row(2, { ...ada, email: 'seed@kestrel.net', jobTitle: 'Other', source: 'Web' }, decision('MERGE')),
    ]);
    expect(said(merge)).toEqual(['MERGED']);
    const state = await world.stateOf(seed.record(1));
    expect(state?.values).toMatchObject({ jobTitle: 'New', source: 'Web' });
  });

  it('that two runs make at once for one key end as one record (RUN-010)', async () => {
    const runs = await Promise.all(Array.from({ length: 6 }, () => world.openRun([1])));
    const cells = Array.from({ length: 30 }, (_, at) => ({
      ...ada,
      email: `race${at}@kestrel.net`,
      phone: `+1415555${1000 + at}`,
    }));
    const replies = await Promise.all(
      runs.map((run, which) => {
        const mine = which % 2 === 0 ? cells : [...cells].reverse();
        return run.apply(
          0,
          0,
          mine.map((each, at) => row(at + 1, each)),
        );
      }),
    );
    const outcomes = replies.flatMap(said);
    expect(outcomes.filter((each) => each === 'CREATED')).toHaveLength(30);
    expect(outcomes.filter((each) => each === 'SKIPPED DUPLICATE_EXISTING')).toHaveLength(150);
  });
});

describe('the confirmed plan (PRE-005)', () => {
  it('fails only the row whose record changed since, and what rests on it', async () => {
    const seed = await world.openRun([1]);
    await seed.apply(0, 0, [
      row(1, { ...ada, email: 'plan1@kestrel.net' }),
      row(2, { ...ada, email: 'plan2@kestrel.net' }),
    ]);
    const run = await world.openRun([1]);
    const opts = options({ duplicatePolicy: 'UPDATE', apply: 'EXACT_PLAN' });
    const rows = [
      row(1, { ...ada, email: 'plan1@kestrel.net', jobTitle: 'A' }, { tied: true }),
      row(2, { ...ada, email: 'plan1@kestrel.net', jobTitle: 'B' }, { tied: true }),
      row(3, { ...ada, email: 'plan2@kestrel.net', jobTitle: 'C' }),
    ];
    const planned = await run.judge(rows, opts);
    expect(planned.map(({ outcome, pinnedVersion }) => [outcome, pinnedVersion])).toEqual([
      ['UPDATED', 1],
      ['UPDATED', 2],
      ['UPDATED', 1],
    ]);
    const other = await world.openRun([1]);
    await other.apply(
      0,
      0,
      [row(1, { ...ada, email: 'plan1@kestrel.net', source: 'Web' })],
      options({ duplicatePolicy: 'UPDATE' }),
    );
    const pinned = rows.map((each, at) => world.expecting(each, planned[at]));
    const reply = await run.apply(0, 0, pinned, opts);
    expect(said(reply)).toEqual(['FAILED PLAN_ROW_STALE', 'FAILED PLAN_ROW_STALE', 'UPDATED']);
    const state = await world.stateOf(seed.record(1));
    expect(state?.values['jobTitle']).toBeUndefined();
  });

  it('carries staleness into the lane’s next chunk', async () => {
    const seed = await world.openRun([1]);
    await seed.apply(0, 0, [row(1, { ...ada, email: 'plan3@kestrel.net' })]);
    const run = await world.openRun([2]);
    const opts = options({ duplicatePolicy: 'UPDATE', apply: 'EXACT_PLAN' });
    const chunks = ['A', 'B'].map((jobTitle, at) => [
      row(at + 1, { ...ada, email: 'plan3@kestrel.net', jobTitle }, { tied: true }),
    ]);
    const planned = await run.judgeLane(chunks, opts);
    const other = await world.openRun([1]);
    const changed = [row(1, { ...ada, email: 'plan3@kestrel.net', source: 'Web' })];
    await other.apply(0, 0, changed, options({ duplicatePolicy: 'UPDATE' }));
    for (const [seq, chunk] of chunks.entries()) {
      const pinned = chunk.map((each) => world.expecting(each, planned[seq]));
      expect(said(await run.apply(0, seq, pinned, opts))).toEqual(['FAILED PLAN_ROW_STALE']);
    }
  });

  it('tells which records and keys changed since its positions, not counting its own run', async () => {
    const run = await world.openRun([2]);
    await run.apply(0, 0, [row(1, { ...ada, email: 'since@kestrel.net' })]);
    const positions = await world.store.head();
    const keys = (
      await run.match([row(9, { email: 'since@kestrel.net' }), row(10, { email: 'new@kestrel.net' })])
    ).flatMap((each) => each.keys);
    const ask = { tenant: world.tenant, positions, records: [run.record(1)], keys, run: run.id };
    expect(await world.target.changedSince(ask)).toMatchObject({ records: [], keys: [] });
    const own = [
      row(2, { ...ada, email: 'new@kestrel.net' }),
      row(3, { ...ada, email: 'since@kestrel.net', source: 'Own' }),
    ];
    await run.apply(0, 1, own, options({ duplicatePolicy: 'UPDATE' }));
    expect(await world.target.changedSince(ask)).toMatchObject({ records: [], keys: [] });
    const other = await world.openRun([1]);
    await other.apply(
      0,
      0,
      [row(1, { ...ada, email: 'since@kestrel.net', phone: '+14155550777' })],
      options({ duplicatePolicy: 'UPDATE' }),
    );
    expect(await world.target.changedSince({ ...ask, run: uuid7() })).toMatchObject({
      records: [run.record(1)],
      keys: [keys[1]],
    });
  });
});

describe('prediction and run over chunks of a lane', () => {
  it('agree row by row, the overlay carrying what earlier chunks would do', async () => {
    const rows = Array.from({ length: 60 }, (_, at) =>
      row(at + 1, { ...ada, email: `ov${at % 7}@kestrel.net`, jobTitle: `T${at % 5}` }, { tied: true }),
    );
    const run = await world.openRun([3]);
    const opts = options({ duplicatePolicy: 'UPDATE' });
    const chunks = [rows.slice(0, 20), rows.slice(20, 40), rows.slice(40)];
    const planned = await run.judgeLane(chunks, opts);
    const done = [];
    for (const [seq, chunk] of chunks.entries()) done.push(...(await run.apply(0, seq, chunk, opts)).outcomes);
    expect(done.map(({ outcome, effects }) => ({ outcome, effects }))).toEqual(
      planned.map(({ outcome, effects }) => ({ outcome, effects })),
    );
  });

  it('agree where an earlier chunk changes a record without asking for all of its keys', async () => {
    const update = options({ duplicatePolicy: 'UPDATE' });
    const before = await world.openRun([1]);
    const known = { email: 'kept@kestrel.net', phone: '+14155550611' };
    const other = { email: 'given@kestrel.net', phone: '+14155550612' };
    const made = [
      row(1, { ...ada, ...known }),
      row(2, { firstName: 'Bo', lastName: 'Hale', ...other }),
      row(3, { firstName: 'Cy', lastName: 'Hale', phone: other.phone }),
    ];
    await before.apply(0, 0, made, options({ duplicatePolicy: 'CREATE' }));
    const chunks = [
      [
        row(1, { ...ada, email: known.email, jobTitle: 'Nurse' }, { tied: true }),
        row(2, { firstName: 'Bo', lastName: 'Hale', email: other.email, phone: '+14155550613' }, { tied: true }),
      ],
      [
        row(3, { ...ada, phone: known.phone, jobTitle: 'Pilot' }, { tied: true }),
        row(4, { firstName: 'Cy', lastName: 'Hale', phone: other.phone, jobTitle: 'Pilot' }, { tied: true }),
      ],
    ];
    const run = await world.openRun([2]);
    const planned = await run.judgeLane(chunks, update);
    const done = [];
    for (const [seq, chunk] of chunks.entries()) done.push(...(await run.apply(0, seq, chunk, update)).outcomes);
    const told = done.map(({ outcome, match }) => [outcome, match?.record]);
    expect(planned.map(({ outcome, match }) => [outcome, match?.record])).toEqual(told);
    expect(told).toEqual([1, 2, 1, 3].map((number) => ['UPDATED', before.record(number)]));
  });
});

describe('the views', () => {
  it('come back row for row from the log (DESIGN 27)', async () => {
    const before = await world.checksums();
    await world.rebuild();
    expect(await world.checksums()).toEqual(before);
    expect(before.map(([, sum]) => sum.startsWith('0:'))).toEqual([false, false, false, false, false]);
  });
});
