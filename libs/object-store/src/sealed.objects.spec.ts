import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { folderStore } from './folder.store.js';
import type { ObjectStore } from './object.store.js';
import { sealedObjects } from './sealed.objects.js';

const KEY = 'tenants/t/files/1';
const FRAME = 64 * 1024;
const secret = Buffer.alloc(32, 7);
let folder: string;
let store: ObjectStore;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'caseledger-sealed-'));
  store = folderStore(folder);
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function collect(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const corrupt = { code: 'CHUNK_CORRUPT' };

describe('sealed objects', () => {
  it.each([0, 1, FRAME - 1, FRAME, FRAME + 1, 2 * FRAME, 20 * FRAME + 5])('opens what it sealed: %i bytes, whole, streamed and by range', async (length) => {
    const sealed = sealedObjects(store);
    const plain = randomBytes(length);
    for (const putIt of [() => sealed.put(KEY, secret, plain), () => sealed.putStream(KEY, secret, pieces(plain, 10_007))]) {
      const put = await putIt();
      expect(put.plainSize).toBe(length);
      expect((await sealed.read(KEY, secret)).equals(plain)).toBe(true);
      expect((await collect(await sealed.get(KEY, secret))).equals(plain)).toBe(true);
      expect(await sealed.size(KEY)).toBe(length);
      const source = await sealed.source(KEY, secret);
      const middle = Math.floor(length / 2);
      expect((await source.read(middle, 100)).equals(plain.subarray(middle, middle + 100))).toBe(true);
      expect((await collect(source.stream(middle))).equals(plain.subarray(middle))).toBe(true);
      expect((await source.read(length, 10)).length).toBe(0);
    }
  });

  it('reads any range of any object as the plaintext has it', async () => {
    const sealed = sealedObjects(store);
    const plain = randomBytes(3 * FRAME + 17);
    await sealed.put(KEY, secret, plain);
    await fc.assert(
      fc.asyncProperty(fc.nat(plain.length + 10), fc.nat(plain.length), async (offset, length) => {
        expect((await sealed.read(KEY, secret, { offset, length })).equals(plain.subarray(offset, offset + length))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('gives equal bytes for a repeated put and other bytes for another path or secret (DESIGN 23)', async () => {
    const sealed = sealedObjects(store);
    const plain = Buffer.from('the rows of a file');
    const bytesAt = async (key: string, with_: Buffer): Promise<string> => {
      await sealed.put(key, with_, plain);
      return (await store.read(key)).toString('hex');
    };
    const first = await bytesAt(KEY, secret);
    expect(await bytesAt(KEY, secret)).toBe(first);
    expect((await bytesAt('tenants/t/files/2', secret)).slice(8)).not.toBe(first.slice(8));
    expect((await bytesAt(KEY, Buffer.alloc(32, 8))).slice(8)).not.toBe(first.slice(8));
  });

  it('never shows plaintext in the stored bytes', async () => {
    await sealedObjects(store).put(KEY, secret, Buffer.from('Ada Example, ada@example.test'));
    expect((await store.read(KEY)).includes('Example')).toBe(false);
  });

  it('detects every changed byte, every cut and a foreign secret as CHUNK_CORRUPT', async () => {
    const sealed = sealedObjects(store);
    await sealed.put(KEY, secret, randomBytes(100));
    const good = await store.read(KEY);
    for (let at = 0; at < good.length; at += 1) {
      const changed = Buffer.from(good);
      changed[at] = (changed[at] ?? 0) ^ 1;
      await store.put(KEY, changed);
      await expect(sealed.read(KEY, secret)).rejects.toMatchObject(corrupt);
      await store.put(KEY, good.subarray(0, at));
      await expect(sealed.read(KEY, secret)).rejects.toMatchObject(corrupt);
    }
    await store.put(KEY, good);
    await expect(sealed.read(KEY, Buffer.alloc(32, 9))).rejects.toMatchObject(corrupt);
  });

  it('detects a cut at a frame border, frames in another order, and an object in the place of another', async () => {
    const sealed = sealedObjects(store);
    await sealed.put(KEY, secret, randomBytes(3 * FRAME));
    const good = await store.read(KEY);
    const [head, frame] = [36, FRAME + 16];
    await store.put(KEY, good.subarray(0, head + 2 * frame));
    await expect(sealed.read(KEY, secret)).rejects.toMatchObject(corrupt);
    const at = (index: number): Buffer => good.subarray(head + index * frame, head + (index + 1) * frame);
    await store.put(KEY, Buffer.concat([good.subarray(0, head), at(1), at(0), at(2)]));
    await expect(sealed.read(KEY, secret)).rejects.toMatchObject(corrupt);
    await expect(collect(await sealed.get(KEY, secret))).rejects.toMatchObject(corrupt);
    await store.put('tenants/t/files/other', good);
    await expect(sealed.read('tenants/t/files/other', secret)).rejects.toMatchObject(corrupt);
  });

  it('answers NOT_FOUND for a missing object and refuses a secret that is not 32 bytes', async () => {
    const sealed = sealedObjects(store);
    await expect(sealed.read('tenants/t/none', secret)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await sealed.size('tenants/t/none')).toBeUndefined();
    await expect(sealed.put(KEY, Buffer.alloc(16), Buffer.from('x'))).rejects.toThrow(RangeError);
  });

  it('keeps the first of two puts with ifNoneMatch', async () => {
    const sealed = sealedObjects(store);
    await sealed.put('tenants/t/once', secret, Buffer.from('first'), { ifNoneMatch: true });
    const second = await sealed.put('tenants/t/once', secret, Buffer.from('second'), { ifNoneMatch: true });
    expect(second.existed).toBe(true);
    expect((await sealed.read('tenants/t/once', secret)).toString()).toBe('first');
  });
});
