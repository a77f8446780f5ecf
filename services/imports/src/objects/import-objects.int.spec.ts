import { importsHarness, TENANT, type ImportsHarness } from '../imports.fixture.js';
import { MemoryTarget } from '../target.fixture.js';

let harness: ImportsHarness;
let id = '';

beforeAll(async () => {
  harness = await importsHarness('import-objects', async () => {
    const memory = new MemoryTarget();
    return { target: memory.target, feed: memory.feed };
  });
  id = (await harness.uploads.create(harness.caller, { type: 'CLIENTS', fileName: 'a.csv', sizeBytes: 0, importKey: '', origin: 'FILE' })).id;
});

afterAll(() => harness.close());

const OTHER = '0'.repeat(64);

describe('sealed objects of an import (DESIGN 23)', () => {
  it('I6 the same bytes at the same place are the same object', async () => {
    const first = await harness.context.objects.put(TENANT, id, 'rows/x/0', Buffer.from('rows'));
    expect(await harness.context.objects.put(TENANT, id, 'rows/x/0', Buffer.from('rows'))).toEqual(first);
    expect((await harness.context.objects.getByKey(TENANT, id, first.key, first.sha256)).toString()).toBe('rows');
  });

  it('I7 bytes that differ from the hash named are refused, as are those that are not there', async () => {
    const { key } = await harness.context.objects.put(TENANT, id, 'rows/x/1', Buffer.from('rows'));
    const corrupt = expect.objectContaining({ code: 'CHUNK_CORRUPT' });
    await expect(harness.context.objects.getByKey(TENANT, id, key, OTHER)).rejects.toEqual(corrupt);
    await expect(harness.context.objects.get(TENANT, id, 'rows/x/2', OTHER)).rejects.toEqual(corrupt);
    await expect(harness.context.objects.getByKey(TENANT, id, 'tenants/other/imports/x/rows', OTHER)).rejects.toEqual(corrupt);
  });

  it('FIL-006 nothing can be read once the key is destroyed', async () => {
    const { sha256 } = await harness.context.objects.put(TENANT, id, 'rows/x/3', Buffer.from('rows'));
    await harness.context.store.transaction(TENANT, (tx) => harness.context.objects.destroyKey(tx, id));
    await expect(harness.context.objects.get(TENANT, id, 'rows/x/3', sha256)).rejects.toMatchObject({ code: 'FILE_EXPIRED' });
  });
});
