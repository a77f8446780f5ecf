import type { PlanView } from './projections/import-view.js';
import { EVERY_PLAN_ROW, listPlanRows } from './projections/plan.queries.js';
import { importsHarness, TENANT, type ImportsHarness } from './imports.fixture.js';
import { BusyTarget } from './plan-rounds.fixture.js';

const ROUNDS_MAX = 5;

let busy: BusyTarget;
let harness: ImportsHarness;

beforeAll(async () => {
  harness = await importsHarness('finish-plan', async () => (busy = new BusyTarget()));
  await harness.allow(['contacts.write', 'imports.run']);
  await harness.worker();
  await harness.worker();
});

afterAll(() => harness.close());

afterEach(() => {
  busy.meanwhile.judged = () => undefined;
  busy.meanwhile.matched = () => undefined;
  busy.tellsKeysOnly = false;
});

/** Addresses of one test, as many as it has rows; row numbers begin at 1. */
function addresses(test: string, rows: number): string[] {
  return Array.from({ length: rows }, (_, at) => `${test}${at + 1}@kestrel-mail.net`);
}

const fileOf = (emails: readonly string[]): string => `First name,Last name,Email,City\n${emails.map((email, at) => `Ana,Lee ${at},${email},Town`).join('\n')}\n`;

/** Calls back each time this row has been judged, with how often that was. */
function whenJudged(row: number, then: (times: number) => void): void {
  let times = 0;
  busy.meanwhile.judged = (rows) => {
    if (!rows.includes(row)) return;
    times += 1;
    then(times);
  };
}

/** Calls back once, the first time that this row has been looked up `nth` times. */
function whenMatched(row: number, nth: number, then: () => void): void {
  let times = 0;
  busy.meanwhile.matched = (rows) => {
    if (!rows.includes(row)) return;
    times += 1;
    if (times === nth) then();
  };
}

interface Planned {
  readonly plan: PlanView;
  /** What each row is predicted to become, without what tells generations apart. */
  readonly rows: readonly object[];
  /** How often each row was judged. */
  readonly judged: ReadonlyMap<number, number>;
}

async function planned(text: string): Promise<Planned> {
  const id = await harness.upload(text);
  busy.judgements.length = 0;
  await harness.operations.plan(harness.caller, id);
  const plan = (await harness.until(id, 'AWAITING_CONFIRMATION')).plans.at(-1);
  if (plan === undefined) throw new Error('The import has no plan');
  const found = await harness.context.store.transaction(TENANT, (tx) => listPlanRows(tx, plan.id, EVERY_PLAN_ROW, { first: 10_000, afterRow: 0 }));
  const rows = found.rows.map(({ row, outcome, reason, record, version, earlierRow, effects, lane }) => ({ row, outcome, reason, record, version, earlierRow, effects, lane }));
  const judged = new Map<number, number>();
  for (const row of busy.judgements.flat()) judged.set(row, (judged.get(row) ?? 0) + 1);
  return { plan, rows, judged };
}

/** The plan must be the one that nobody had disturbed. */
async function expectAsFromScratch(text: string, disturbed: Planned): Promise<void> {
  busy.meanwhile.judged = () => undefined;
  busy.meanwhile.matched = () => undefined;
  const quiet = await planned(text);
  expect(quiet.plan.generation).toBe(1);
  expect(disturbed.rows).toEqual(quiet.rows);
  expect(disturbed.plan.hash).toBe(quiet.plan.hash);
}

const judgedMoreThanOnce = ({ judged }: Planned): number[] => [...judged].filter(([, times]) => times > 1).map(([row]) => row).sort((a, b) => a - b);

describe('a plan whose records change while it is made (DESIGN §4)', () => {
  it('judges the rows again that a change touches, and only those', async () => {
    const emails = addresses('one', 40);
    for (const email of emails.slice(0, 20)) busy.edit(email);
    whenJudged(7, (times) => {
      if (times === 1) for (const row of [3, 7, 30]) busy.edit(emails[row - 1] ?? '');
    });
    const disturbed = await planned(fileOf(emails));
    expect(judgedMoreThanOnce(disturbed)).toEqual([3, 7, 30]);
    expect(disturbed.judged.size).toBe(40);
    expect(disturbed.plan.generation).toBe(2);
    expect(disturbed.rows[29]).toMatchObject({ outcome: 'UPDATED', version: 1 });
    await expectAsFromScratch(fileOf(emails), disturbed);
  });

  it('judges nothing again when nothing changed that its rows hit', async () => {
    const emails = addresses('none', 5);
    whenJudged(1, () => busy.edit('somebody-else@kestrel-mail.net'));
    const disturbed = await planned(fileOf(emails));
    expect([disturbed.plan.generation, judgedMoreThanOnce(disturbed)]).toEqual([1, []]);
  });

  it('goes on for as many rounds as there are changes, each with its own rows', async () => {
    const emails = addresses('rounds', 12);
    whenJudged(5, (times) => {
      if (times <= 3) busy.edit(emails[4] ?? '');
      if (times === 2) busy.edit(emails[8] ?? '');
    });
    const disturbed = await planned(fileOf(emails));
    expect(disturbed.plan.generation).toBe(4);
    expect([disturbed.judged.get(5), disturbed.judged.get(9), disturbed.judged.get(1)]).toEqual([4, 2, 1]);
    await expectAsFromScratch(fileOf(emails), disturbed);
  });

  it('finds rows in every object of a long file again', async () => {
    const emails = addresses('long', 1_300);
    const changed = emails.filter((_, at) => at % 2 === 0);
    whenJudged(1, (times) => {
      if (times === 1) for (const email of changed) busy.edit(email);
    });
    const disturbed = await planned(fileOf(emails));
    expect(judgedMoreThanOnce(disturbed)).toEqual(changed.map((email) => emails.indexOf(email) + 1));
    expect(disturbed.plan.counts).toMatchObject({ read: 1_300, updated: 650, created: 650 });
    await expectAsFromScratch(fileOf(emails), disturbed);
  });

  it.each(['records and keys', 'keys alone'])('joins rows that a change has tied, told of %s', async (told) => {
    const emails = addresses(`join-${told.slice(0, 4)}`, 30);
    for (const email of emails) busy.edit(email);
    const stranger = `stranger-${told.slice(0, 4)}@kestrel-mail.net`;
    const text = fileOf([...emails, stranger]);
    busy.tellsKeysOnly = told === 'keys alone';
    whenJudged(31, (times) => {
      if (times === 1) busy.giveAddress(emails[1] ?? '', stranger);
    });
    const disturbed = await planned(text);
    expect(judgedMoreThanOnce(disturbed)).toEqual([2, 31]);
    expect(disturbed.rows[30]).toMatchObject({ outcome: 'UPDATED', earlierRow: 2 });
    await expectAsFromScratch(text, disturbed);
  });

  it('sees a change that comes while what changed is looked up', async () => {
    const emails = addresses('late', 10);
    whenJudged(2, (times) => {
      if (times === 1) busy.edit(emails[1] ?? '');
    });
    whenMatched(2, 2, () => busy.edit(emails[1] ?? ''));
    const disturbed = await planned(fileOf(emails));
    expect(disturbed.plan.generation).toBe(3);
    expect(disturbed.rows[1]).toMatchObject({ version: 2 });
    await expectAsFromScratch(fileOf(emails), disturbed);
  });

  it('sees a change that comes while the file is looked up first', async () => {
    const emails = addresses('early', 10);
    whenMatched(4, 1, () => busy.giveAddress(emails[8] ?? '', emails[3] ?? ''));
    const disturbed = await planned(fileOf(emails));
    expect(disturbed.plan.generation).toBe(2);
    expect(judgedMoreThanOnce(disturbed)).toEqual([4, 9]);
    await expectAsFromScratch(fileOf(emails), disturbed);
  });

  it('ends the same when the job breaks off in between', async () => {
    const emails = addresses('broken', 10);
    whenJudged(6, (times) => {
      if (times === 1) busy.edit(emails[5] ?? '');
    });
    whenMatched(6, 2, () => {
      throw Object.assign(new Error('The worker was killed here'), { code: 'ECONNRESET' });
    });
    const disturbed = await planned(fileOf(emails));
    expect([disturbed.plan.generation, judgedMoreThanOnce(disturbed)]).toEqual([2, [6]]);
    await expectAsFromScratch(fileOf(emails), disturbed);
  });

  it('is given up as PLAN_STALE after five rounds, naming the record, and can be asked for again', async () => {
    const emails = addresses('restless', 8);
    let judged = 0;
    whenJudged(3, (times) => {
      judged = times;
      busy.edit(emails[2] ?? '');
    });
    const id = await harness.upload(fileOf(emails));
    await harness.operations.plan(harness.caller, id);
    const view = await harness.until(id, 'MAPPING');
    expect(judged).toBe(ROUNDS_MAX + 1);
    expect(view.reason).toMatchObject({ code: 'PLAN_STALE' });
    expect(view.stale).toEqual({ code: 'PLAN_STALE', records: [busy.memory.records.get(emails[2] ?? '')?.id] });
    expect(view.plans.map(({ state }) => state)).toEqual(['STALE']);

    busy.meanwhile.judged = () => undefined;
    await harness.operations.plan(harness.caller, id);
    expect((await harness.until(id, 'AWAITING_CONFIRMATION')).plans.at(-1)).toMatchObject({ number: 2, generation: 1 });
  });
});
