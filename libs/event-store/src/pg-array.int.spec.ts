import { pgArray, type ArrayKind } from './pg-array.js';
import { storeHarness, type StoreHarness } from './spec/store-harness.js';
import { uuid7 } from './ids.js';

/** The server must read each binary array as it would read the values themselves. */
describe('pgArray', () => {
  let harness: StoreHarness;

  beforeAll(async () => {
    harness = await storeHarness('arrays');
  });
  afterAll(() => harness.drop());

  const roundTrip = async <K extends ArrayKind>(kind: K, values: Parameters<typeof pgArray<K>>[1]): Promise<unknown[]> => {
    const rows: { u: unknown }[] = await harness.app.query(`select u from unnest($1::${kind}[]) with ordinality x(u, o) order by o`, [pgArray(kind, values)]);
    return rows.map((row) => row.u);
  };

  it('carries every kind, with and without nulls, and nothing', async () => {
    const ids = [uuid7(), uuid7()];
    expect(await roundTrip('uuid', [...ids, null])).toEqual([...ids, null]);
    expect(await roundTrip('text', ['a', '', 'ünïcödé "{},\\', null])).toEqual(['a', '', 'ünïcödé "{},\\', null]);
    expect(await roundTrip('jsonb', ['{"a":[1,null]}', '"x"', Buffer.from('["ü"]')])).toEqual([{ a: [1, null] }, 'x', ['ü']]);
    expect(await roundTrip('bytea', [Buffer.from([0, 255]), Buffer.alloc(0)])).toEqual([Buffer.from([0, 255]), Buffer.alloc(0)]);
    expect(await roundTrip('int2', [-32_768, 7])).toEqual([-32_768, 7]);
    expect(await roundTrip('int4', [-2_147_483_648, 2_147_483_647])).toEqual([-2_147_483_648, 2_147_483_647]);
    expect(await roundTrip('int8', [Number.MAX_SAFE_INTEGER, -1])).toEqual(['9007199254740991', '-1']);
    expect(await roundTrip('bool', [true, false, null])).toEqual([true, false, null]);
    const times = [new Date('1969-07-20T20:17:40.123Z'), new Date('2031-01-01T00:00:00Z')];
    expect(await roundTrip('timestamptz', times)).toEqual(times);
    expect(await roundTrip('text', [])).toEqual([]);
  });
});
