import type { EventStore, NamedQuery, StoreTransaction } from '@caseledger/event-store';
import { contactTarget } from '../contact.target.js';
import { KeyTakenMeanwhile, applyRows } from '@caseledger/row-target';
import { contactsWorld, type ContactsWorld } from '../spec/contacts-world.js';
import { contactKind } from './contact.kind.js';
import { options, row } from './row.fixture.js';

/** Stands for the thread that judges suspected rows: none of them is broken. */
const HARMLESS = {
  url: new URL("data:text/javascript,import('node:worker_threads').then((t) => t.parentPort.postMessage('done'))"),
};

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
    const deps = { ...world.contacts, kind: contactKind, crashPoint: () => undefined };
    const reply = await applyRows(deps, run.request(0, 0, pinned, exact), new Set([1]));
    expect(reply.outcomes.map(({ reason }) => reason)).toEqual(['INTERNAL_ERROR', 'PLAN_ROW_STALE']);
    expect((await world.stateOf(seed.record(1)))?.values['jobTitle']).toBe('Changed');
  });
});

/** The store, in which somebody else is always faster with the keys of a chunk. */
function contended(store: EventStore): EventStore {
  const query = (tx: StoreTransaction) => async (sql: string | NamedQuery, params?: readonly unknown[]) => {
    if (typeof sql !== 'string' && sql.name === 'match_key_lock') throw new KeyTakenMeanwhile('faster');
    return tx.query(sql, params);
  };
  const transaction: EventStore['transaction'] = (tenant, work, more) =>
    store.transaction(
      tenant,
      (tx) => work(Object.create(tx, { query: { value: query(tx) } }) as StoreTransaction),
      more,
    );
  return Object.create(store, { transaction: { value: transaction } }) as EventStore;
}

describe('a chunk whose keys others keep taking (RUN-007)', () => {
  it('is tried again later: no row is blamed for it', async () => {
    const target = contactTarget({ ...world.contacts, store: contended(world.store), judgeThread: HARMLESS });
    const run = await world.openRun([1]);
    const request = run.request(0, 0, [row(1, { ...ada, email: 'contended@kestrel.net' })]);
    for (let attempt = 1; attempt <= 4; attempt += 1) {
      await expect(target.apply(request)).rejects.toBeInstanceOf(KeyTakenMeanwhile);
    }
    expect((await run.apply(0, 0, request.rows)).outcomes[0]?.outcome).toBe('CREATED');
  });
});
