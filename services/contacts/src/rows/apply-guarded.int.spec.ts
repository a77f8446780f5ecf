import { targetsV1 } from '@caseledger/contracts';
import { ChunkDeclined, judgesToTheEnd, type ChunkCourse, type JudgeThread } from '@caseledger/row-target';
import { contactTarget } from '../contact.target.js';
import { contactsWorld, type ContactsWorld } from '../spec/contacts-world.js';
import { options, row } from './row.fixture.js';

const fromSource = ['--conditions=@caseledger/source', '--import', '@swc-node/register/esm-register'];
const thread: JudgeThread = { url: new URL('./judge.thread.ts', import.meta.url), execArgv: fromSource };

let world: ContactsWorld;
beforeAll(async () => {
  world = await contactsWorld('apply_guarded', { judgeThread: thread });
});
afterAll(() => world.close());

const job = { tenant: 't', importId: 'i', run: 'r', facts: undefined, options: options(), rows: [], owners: [], records: [] };
const script = (code: string): JudgeThread => ({
  url: new URL(`data:text/javascript,${encodeURIComponent(code)}`),
  deadlineMs: 3_000,
});

describe('a judge in a thread of its own', () => {
  it('comes to its end with good rows', async () => {
    const rows = [row(1, { firstName: 'Ada', lastName: 'Quill', email: 'a@kestrel.net' })];
    expect(await judgesToTheEnd({ ...job, rows, tenant: world.tenant }, thread)).toBe(true);
  }, 60_000);

  it.each([
    ['throws', 'throw new Error("broken")'],
    ['ends the thread', 'process.exit(0)'],
    ['never ends', 'for (;;) {}'],
    ['eats memory', 'const all = []; for (;;) all.push(new Array(1e6).fill(Math.random()))'],
  ])('does not bring the process down when it %s', async (_, code) => {
    expect(await judgesToTheEnd(job, script(code))).toBe(false);
  });
});

describe('a row that cannot be processed (RUN-007)', () => {
  // The database refuses NUL in text: reading keeps it out (FIL-010), so here it stands for any fault nobody foresaw.
  const rows = Array.from({ length: 12 }, (_, at) =>
    row(at + 1, { firstName: at === 7 ? 'A\u0000da' : 'Ada', lastName: 'Quill', email: `poison${at}@kestrel.net` }),
  );

  it('breaks its chunk three times, then fails alone and the others go on', async () => {
    const run = await world.openRun([2]);
    for (let attempt = 1; attempt <= 3; attempt += 1) await expect(run.apply(0, 0, rows)).rejects.toThrow();
    const reply = await run.apply(0, 0, rows);
    expect(reply.answer).toBe(targetsV1.ChunkAnswer.CHUNK_ANSWER_APPLIED);
    const failed = reply.outcomes.filter(({ outcome }) => outcome === 'FAILED');
    expect(failed.map(({ row: number, reason }) => [number, reason])).toEqual([[8, 'INTERNAL_ERROR']]);
    expect(await run.created()).toBe(11);
    // The lane goes on, and the count begins anew.
    expect((await run.apply(0, 1, [row(20, { firstName: 'Bo', lastName: 'Reed' })])).nextSeq).toBe(2);
  }, 60_000);

  it('is not looked for where the judging thread itself does not work: no row pays for that', async () => {
    const broken = contactTarget({ ...world.contacts, judgeThread: script('throw new Error("no thread")') });
    const run = await world.openRun([1]);
    for (let attempt = 1; attempt <= 3; attempt += 1) await expect(run.apply(0, 0, rows)).rejects.toThrow();
    await expect(broken.apply(run.request(0, 0, rows))).rejects.toThrow('judging thread');
    expect(await run.created()).toBe(0);
  });
});

describe('a chunk that follows a course', () => {
  const named = (at: number) => row(at, { firstName: 'Cora', lastName: 'Quill', email: `course${at}@kestrel.net` });
  const declining: ChunkCourse = async (judge) => {
    await judge([named(1)]);
    throw new ChunkDeclined();
  };

  it('is written as it was judged last', async () => {
    const run = await world.openRun([1]);
    const course: ChunkCourse = async (judge) => {
      expect((await judge([named(2), named(3)])).map(({ outcome }) => outcome)).toEqual(['CREATED', 'CREATED']);
      await judge([named(4)]);
    };
    const reply = await world.target.apply(run.request(0, 0, []), course);
    expect(reply.outcomes.map(({ row: number, outcome }) => [number, outcome])).toEqual([[4, 'CREATED']]);
    expect(await run.created()).toBe(1);
  });

  it('is not written when the course declines, which is no try however often', async () => {
    const run = await world.openRun([1]);
    for (let times = 1; times <= 5; times += 1) await expect(world.target.apply(run.request(0, 0, []), declining)).rejects.toThrow(ChunkDeclined);
    expect(await run.created()).toBe(0);
    expect((await world.target.apply(run.request(0, 0, []), async (judge) => void (await judge([named(5)])))).nextSeq).toBe(1);
  });

  it('follows none while its rows are suspected, for they must be known to be searched (RUN-007)', async () => {
    const run = await world.openRun([1]);
    const broken = [named(6), row(7, { firstName: 'A\u0000da', lastName: 'Quill' })];
    const course: ChunkCourse = async (judge) => void (await judge(broken));
    for (let times = 1; times <= 3; times += 1) await expect(world.target.apply(run.request(0, 0, broken), course)).rejects.not.toThrow(ChunkDeclined);
    await expect(world.target.apply(run.request(0, 0, broken), course)).rejects.toThrow(ChunkDeclined);
    expect((await run.apply(0, 0, broken)).outcomes.map(({ outcome }) => outcome)).toEqual(['CREATED', 'FAILED']);
  }, 60_000);
});
