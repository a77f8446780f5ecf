import { randomUUID } from 'node:crypto';
import { uuid7 } from './ids.js';
import { WrongExpectedVersion } from './store-errors.js';
import { added, person, tagged } from './spec/people.js';
import { at, storeHarness, type StoreHarness } from './spec/store-harness.js';

/** The manual of the event store: what it does, in the order one meets it. */
describe('the event store', () => {
  let harness: StoreHarness;

  beforeAll(async () => {
    harness = await storeHarness('contract');
  });
  afterAll(() => harness.drop());

  it('passes its boot check', async () => {
    await harness.store.check();
  });

  it('appends events to a new stream and reads them back as they were', async () => {
    const { append, store, tenant } = harness;
    const stream = uuid7();
    const actor = randomUUID();
    const { versions } = await append([person([added('Grace Murray'), tagged('vip', { meta: { row: 7 } })], { stream })], {
      actor,
      origin: { kind: 'import', id: 'an-import' },
      correlation: 'a-correlation',
    });
    expect(versions).toEqual(new Map([[stream, 2]]));

    const events = await store.readStream(tenant, stream);
    expect(events.map(({ version, type, schemaVersion }) => ({ version, type, schemaVersion }))).toEqual([
      { version: 1, type: 'PersonAdded', schemaVersion: 1 },
      { version: 2, type: 'PersonTagged', schemaVersion: 1 },
    ]);
    expect(at(events, 0).data).toEqual({ name: 'Grace Murray', email: 'ada@analytical.example', kind: 'INDIVIDUAL' });
    expect(at(events, 1)).toMatchObject({
      tenant,
      stream,
      category: 'person',
      data: { tag: 'vip' },
      meta: { row: 7 },
      erased: false,
      actor,
      origin: { kind: 'import', id: 'an-import' },
      correlation: 'a-correlation',
    });
    expect(Math.abs(at(events, 0).at.getTime() - Date.now())).toBeLessThan(60_000);
  });
});
