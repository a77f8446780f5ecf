import type { targetsV1 } from '@caseledger/contracts';
import { contactsWorld, type ContactsWorld, type WorldRun } from '../spec/contacts-world.js';
import { unsound } from '../spec/contacts-invariants.js';
import { options, row } from './row.fixture.js';
import { recordId } from './judge-context.js';

let world: ContactsWorld;
beforeAll(async () => {
  world = await contactsWorld('apply_parts');
});
afterAll(() => world.close());

const cases = { caseType: '', list: '', newList: '', addSkipped: true, clientDuplicatePolicy: 'UPDATE' };
const ofCases = (apply = 'CURRENT_STATE') => options({ importType: 'CASES', cases, apply });
const ada = (email: string) => ({ firstName: 'Ada', lastName: 'Quill', email });

/** The id of the contact that a part of a row makes. */
const idOf = (run: WorldRun, number: number, part: number) => recordId(world.tenant, run.importId, number, part);

const told = ({ outcomes }: targetsV1.ChunkReply) =>
  outcomes.map(({ row: number, part, outcome, record, effects }) => ({ number, part, outcome, record, n: effects.length }));

describe('a chunk with the contacts of case rows', () => {
  it('writes each as a record of its own and tells which, again at a second delivery', async () => {
    const run = await world.openRun([1]);
    const rows = [row(1, ada('p1@kestrel.net')), row(1, { firstName: 'Bo', lastName: 'Reed', email: 'p2@kestrel.net' }, { part: 1 })];
    const reply = await run.apply(0, 0, rows, ofCases());
    expect(told(reply)).toEqual([
      { number: 1, part: 0, outcome: 'CREATED', record: idOf(run, 1, 0), n: 1 },
      { number: 1, part: 1, outcome: 'CREATED', record: idOf(run, 1, 1), n: 1 },
    ]);
    expect(idOf(run, 1, 0)).not.toBe(idOf(run, 1, 1));
    const again = await run.apply(0, 0, rows, ofCases());
    expect(again.replayed).toBe(true);
    expect(told(again)).toEqual(told(reply));
  });

  it('takes one person in two roles of one row: each part writes events of its own', async () => {
    const run = await world.openRun([1]);
    const person = ada('p3@kestrel.net');
    const rows = [row(1, person), row(1, { ...person, jobTitle: 'A' }, { part: 1 }), row(1, { ...person, jobTitle: 'B' }, { part: 2 })];
    expect(told(await run.apply(0, 0, rows, ofCases())).map(({ outcome, record }) => [outcome, record])).toEqual([
      ['CREATED', idOf(run, 1, 0)],
      ['UPDATED', idOf(run, 1, 0)],
      ['UPDATED', idOf(run, 1, 0)],
    ]);
    expect((await world.stateOf(idOf(run, 1, 0)))?.values['jobTitle']).toBe('B');
    expect(await unsound(world)).toEqual([]);
  });

  it('writes nothing of what is withheld and tells the record it would have been (RUN-012)', async () => {
    const run = await world.openRun([1]);
    const rows = [row(1, ada('p4@kestrel.net'), { withheld: true }), row(2, ada('p4@kestrel.net'))];
    expect(told(await run.apply(0, 0, rows, ofCases()))).toEqual([
      { number: 1, part: 0, outcome: 'CREATED', record: idOf(run, 1, 0), n: 0 },
      { number: 2, part: 0, outcome: 'CREATED', record: idOf(run, 2, 0), n: 1 },
    ]);
    expect(await world.stateOf(idOf(run, 1, 0))).toBeUndefined();
    expect((await world.owners()).flat()).not.toContain(idOf(run, 1, 0));
  });

  it('holds each part to its own prediction (PRE-005)', async () => {
    const run = await world.openRun([2]);
    const rows = [row(1, ada('p5@kestrel.net')), row(1, ada('p6@kestrel.net'), { part: 1 })];
    const planned = await run.judge(rows, ofCases('EXACT_PLAN'));
    expect(planned.map(({ part, record }) => [part, record])).toEqual([
      [0, idOf(run, 1, 0)],
      [1, idOf(run, 1, 1)],
    ]);
    const other = await world.openRun([1]);
    await other.apply(0, 0, [row(1, ada('p6@kestrel.net'))]);
    const pinned = rows.map((each, at) => world.expecting(each, planned[at]));
    const { outcomes } = await run.apply(0, 0, pinned, ofCases('EXACT_PLAN'));
    expect(outcomes.map(({ outcome, reason }) => `${outcome} ${reason}`.trim())).toEqual(['CREATED', 'FAILED PLAN_ROW_STALE']);
  });

  it('finds the contact of each part again when an attempt repeats the row', async () => {
    const first = await world.openRun([1]);
    const rows = [row(1, { firstName: 'Cy', lastName: 'Vane' }), row(1, { firstName: 'Di', lastName: 'Vane' }, { part: 1 })];
    await first.apply(0, 0, rows, ofCases());
    const retry = await world.openRun([1], { importId: first.importId, attempt: 2, kind: 2 });
    const reply = await retry.apply(0, 0, rows, ofCases());
    expect(told(reply).map(({ outcome, record }) => [outcome, record])).toEqual([
      ['UNCHANGED', idOf(first, 1, 0)],
      ['UNCHANGED', idOf(first, 1, 1)],
    ]);
  });
});
