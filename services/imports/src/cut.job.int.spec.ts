import type { targetsV1 } from '@caseledger/contracts';
import { refused } from '@caseledger/errors';
import { laneCount } from './file/components.js';
import { EVERY_PLAN_ROW, listPlanRows } from './projections/plan.queries.js';
import { importsHarness, TENANT, type ImportsHarness } from './imports.fixture.js';
import { BusyTarget } from './plan-rounds.fixture.js';

let busy: BusyTarget;
let harness: ImportsHarness;
/** What the target refuses to open a run with. */
let refusal: Error | undefined;
/** The chunks of runs as the target was handed them. */
const applied: targetsV1.ApplyChunkRequest[] = [];

beforeAll(async () => {
  harness = await importsHarness('cut-job', async () => {
    busy = new BusyTarget();
    const apply: typeof busy.target.apply = (request) => {
      applied.push(request);
      return busy.target.apply(request);
    };
    const open: typeof busy.target.open = async (request) => {
      if (refusal !== undefined) throw refusal;
      return busy.target.open(request);
    };
    return { target: { ...busy.target, apply, open }, feed: busy.feed };
  });
  await harness.allow(['contacts.write', 'imports.run']);
  await harness.worker();
});

afterAll(() => harness.close());

describe('the chunks of a run', () => {
  it('lie in the lanes in which the plan judged their rows last, those tied by a change included', async () => {
    const emails = Array.from({ length: 1_200 }, (_, at) => `lane${at + 1}@kestrel-mail.net`);
    const [first = ''] = emails;
    const last = emails.at(-1) ?? '';
    busy.edit(first);
    let isTied = false;
    busy.meanwhile.judged = () => {
      if (!isTied) busy.giveAddress(first, last);
      isTied = true;
    };
    const id = await harness.upload(`First name,Last name,Email,City\n${emails.map((email, at) => `Ana,Lee ${at},${email},Town`).join('\n')}\n`);
    await harness.run(id);
    const { plans } = await harness.until(id, 'COMPLETED');
    const planned = await harness.context.store.transaction(TENANT, (tx) => listPlanRows(tx, plans.at(-1)?.id ?? '', EVERY_PLAN_ROW, { first: 10_000, afterRow: 0 }));
    const planLanes = new Map(planned.rows.map(({ row, lane }) => [row, lane]));
    const runLanes = new Map(applied.flatMap(({ lane, rows }) => rows.map(({ row }) => [row, lane])));
    expect([plans.at(-1)?.generation, new Set(planLanes.values()).size]).toEqual([2, laneCount(1_200)]);
    expect(runLanes.get(1_200)).toBe(runLanes.get(1));
    expect(runLanes).toEqual(planLanes);
  });

  it('OPT-006 a name that another list got after the start rests the import with that code, and it goes on when it is free', async () => {
    refusal = refused('LIST_NAME_TAKEN');
    const id = await harness.upload('First name,Last name,Email,City\nUna,Lee,taken@kestrel-mail.net,Town\n');
    await harness.run(id);
    expect((await harness.until(id, 'PAUSED')).reason).toMatchObject({ code: 'LIST_NAME_TAKEN' });
    refusal = undefined;
    await harness.control.resume(harness.caller, id);
    expect((await harness.until(id, 'COMPLETED')).counts).toMatchObject({ created: 1 });
  });
});
