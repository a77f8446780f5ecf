import { randomUUID } from 'node:crypto';
import { uuid7 } from './ids.js';
import { tableChecksum } from './rebuild.js';
import { StoreUnavailable } from './store-errors.js';
import { added, peopleProjection, person, tagged } from './spec/people.js';
import { storeHarness, type StoreHarness } from './spec/store-harness.js';

/** The log is the truth: views are emptied and come back (DESIGN 27). */
describe('rebuild', () => {
  let harness: StoreHarness;

  beforeEach(async () => {
    harness = await storeHarness('rebuild');
  });
  afterEach(() => harness.drop());

  const checksum = () => tableChecksum(harness.tail, 'app.person');

  it('brings inline projections back row for row, for every company', async () => {
    const { append, store, owner } = harness;
    const tenants = [harness.tenant, randomUUID(), randomUUID()];
    for (let round = 0; round < 12; round++) {
      const tenant = tenants[round % 3] ?? '';
      const streams = Array.from({ length: 30 }, () => uuid7());
      await append(streams.map((stream) => person([added(`Person ${round}`), tagged('a')], { stream })), { tenant });
      await append(streams.slice(0, 9).map((stream) => person([tagged('b'), { type: 'PersonRenamed', data: { name: 'New' } }], { stream, expected: 2 })), { tenant });
    }
    const before = await checksum();
    expect(before.startsWith('360:')).toBe(true);
    const report = await store.rebuild({ owner, drop: true });
    expect(report).toEqual({ events: 12 * 78, projections: { people: 12 * 78 } });
    expect(await checksum()).toBe(before);
    await store.check();
  });

  it('tells a view that was written by anything but the log', async () => {
    const { append, store, owner, tenant } = harness;
    const stream = uuid7();
    await append([person([added()], { stream })]);
    await store.transaction(tenant, (tx) => tx.query("update app.person set name = 'written by a command' where id = $1", [stream]));
    const before = await checksum();
    await store.rebuild({ owner, drop: true });
    expect(await checksum()).not.toBe(before);
  });

  it('leaves out what can no longer be read of an erased person', async () => {
    const { append, store, owner, tenant, vault } = harness;
    const stream = uuid7();
    await append([person([added('Gone'), tagged('t')], { stream })]);
    await vault.erase(tenant, [stream]);
    await store.rebuild({ owner, drop: true });
    const { rows } = await store.transaction(tenant, (tx) => tx.query('select version, name, tags from app.person'));
    expect(rows).toEqual([{ version: 2, name: null, tags: ['t'] }]);
  });

  it('that is broken off is refused at the next start, and begins anew', async () => {
    const { append, store, owner } = harness;
    await append([person()]);
    const before = await checksum();
    const breaking = harness.another({
      projections: [{ ...peopleProjection, apply: () => Promise.reject(new Error('broken on purpose')) }],
    });
    await expect(breaking.rebuild({ owner, drop: true })).rejects.toThrow('on purpose');
    await expect(store.check()).rejects.toThrow('a rebuild was not finished');
    await store.rebuild({ owner, drop: true });
    await store.check();
    expect(await checksum()).toBe(before);
  });

  it('that is broken off lets nobody work on half a view', async () => {
    const { append, store, owner, tenant } = harness;
    await append([person()]);
    const breaking = harness.another({
      projections: [{ ...peopleProjection, apply: () => Promise.reject(new Error('broken on purpose')) }],
    });
    await expect(breaking.rebuild({ owner, drop: true })).rejects.toThrow('on purpose');
    // The process was running before, so no boot check stops it.
    const once = { attempts: 1 };
    await expect(store.transaction(tenant, (tx) => tx.query('select from app.person'), once)).rejects.toThrow(StoreUnavailable);
    await store.rebuild({ owner, drop: true });
    const { rowCount } = await store.transaction(tenant, (tx) => tx.query('select from app.person'), once);
    expect(rowCount).toBe(1);
  });

  it('knows its projections, and empties no table of the store', async () => {
    const { owner } = harness;
    await expect(harness.store.rebuild({ owner, drop: true, projections: ['cases'] })).rejects.toThrow('Unknown projections: cases');
    const greedy = harness.another({ projections: [{ ...peopleProjection, tables: ['es.event'] }] });
    await expect(greedy.rebuild({ owner, drop: true })).rejects.toThrow('Not tables of a projection');
  });

  it('hands the states a caller holds to the projections, and none on a rebuild', async () => {
    const seen: unknown[] = [];
    const store = harness.another({
      projections: [{ ...peopleProjection, apply: async (_tx, _events, known) => void seen.push(known?.get('state')) }],
    });
    const { tenant, owner } = harness;
    const known = new Map([['state', 'held']]);
    await store.transaction(tenant, (tx) => tx.append({ tenant, origin: { kind: 'user' } }, [person()], { known }));
    await store.rebuild({ owner, drop: true });
    expect(seen).toEqual(['held', undefined]);
  });
});
