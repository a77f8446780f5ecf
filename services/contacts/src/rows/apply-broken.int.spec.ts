import { contactsWorld, type ContactsWorld } from '../spec/contacts-world.js';
import { applyRows } from './apply-rows.js';
import { options, row } from './row.fixture.js';

let world: ContactsWorld;
beforeAll(async () => {
  world = await contactsWorld('apply_broken');
});
afterAll(() => world.close());

const ada = { firstName: 'Ada', lastName: 'Quill', email: 'broken@kestrel.net' };

describe('a planned row that cannot be processed at all (RUN-007, PRE-005)', () => {
  it('leaves the rows planned on top of it stale, although somebody has brought the record to their version', async () => {
    const seed = await world.openRun([1]);
    await seed.apply(0, 0, [row(1, ada)]);
    const run = await world.openRun([1]);
    const exact = options({ duplicatePolicy: 'UPDATE', apply: 'EXACT_PLAN' });
    const rows = ['A', 'B'].map((jobTitle, at) => row(at + 1, { ...ada, jobTitle }, { tied: true }));
    const planned = await run.judge(rows, exact);
    const other = await world.openRun([1]);
    await other.apply(0, 0, [row(1, { ...ada, jobTitle: 'Changed' })], options({ duplicatePolicy: 'UPDATE' }));

    const pinned = rows.map((each, at) => world.expecting(each, planned[at]));
    const deps = { ...world.contacts, crashPoint: () => undefined };
    const reply = await applyRows(deps, run.request(0, 0, pinned, exact), new Set([1]));
    expect(reply.outcomes.map(({ reason }) => reason)).toEqual(['INTERNAL_ERROR', 'PLAN_ROW_STALE']);
    expect((await world.stateOf(seed.record(1)))?.values['jobTitle']).toBe('Changed');
  });
});
