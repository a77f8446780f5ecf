import { createHash } from 'node:crypto';
import { CreateMultipartUploadCommand, ListMultipartUploadsCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { httpFaults, startS3Server, type HttpFaults, type S3Server } from '@caseledger/testing';
import type { KeptObjects } from './object.store.js';
import { objectStoreContract } from './object-store.contract.js';
import type { S3Config } from './s3.calls.js';
import { s3Store } from './s3.store.js';
import { PART_BYTES } from './s3.upload.js';

const KEY = 'tenants/t/files/1';
const QUICK = { tries: 4, tryMs: 2_000, pauseMs: 5 };
let server: S3Server;

beforeAll(async () => {
  server = await startS3Server();
}, 900_000);
afterAll(() => server.stop());

function configOf(bucket: string, port = server.port): S3Config {
  return { bucket, region: 'us-east-1', endpoint: `http://127.0.0.1:${port}`, pathStyle: true, credentials: server.credentials, patience: QUICK };
}

function bytes(length: number, seed = 0): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, index) => (index * 31 + (index >> 7) + seed) % 251));
}

async function* pieces(whole: Buffer, size = 1_000_003): AsyncGenerator<Buffer> {
  for (let at = 0; at < whole.length; at += size) yield whole.subarray(at, at + size);
}

async function uploadsOf(bucket: string): Promise<number> {
  return (await server.client.send(new ListMultipartUploadsCommand({ Bucket: bucket }))).Uploads?.length ?? 0;
}

describe('object store contract', () => {
  for (const { name, run } of objectStoreContract('S3', async () => s3Store(configOf(await server.newBucket())))) it(name, run);
});

describe('an object of several parts', () => {
  let bucket: string;
  let store: KeptObjects;

  beforeEach(async () => {
    bucket = await server.newBucket();
    store = s3Store(configOf(bucket));
  });
  afterEach(() => store.close());

  it.each([PART_BYTES, PART_BYTES + 1, 2 * PART_BYTES + 77])('is given back as it was put: %i bytes', async (length) => {
    const whole = bytes(length);
    const put = await store.put(KEY, pieces(whole));
    expect(put).toEqual({ size: length, sha256: createHash('sha256').update(whole).digest('hex'), existed: false });
    expect((await store.read(KEY)).equals(whole)).toBe(true);
    expect((await store.read(KEY, { offset: PART_BYTES - 10, length: 20 })).equals(whole.subarray(PART_BYTES - 10, PART_BYTES + 10))).toBe(true);
    expect(await uploadsOf(bucket)).toBe(0);
  });

  it('leaves nothing behind when its source fails, not even parts', async () => {
    async function* failing(): AsyncGenerator<Buffer> {
      yield bytes(2 * PART_BYTES + 5);
      throw new Error('source cut');
    }
    await expect(store.put(KEY, failing())).rejects.toThrow('source cut');
    expect(await store.head(KEY)).toBeUndefined();
    expect(await uploadsOf(bucket)).toBe(0);
  });

  it('leaves what is there with ifNoneMatch, and no parts', async () => {
    await store.put(KEY, Buffer.from('first'));
    const second = await store.put(KEY, pieces(bytes(PART_BYTES + 9)), { ifNoneMatch: true });
    expect(second.existed).toBe(true);
    expect((await store.read(KEY)).toString()).toBe('first');
    expect(await uploadsOf(bucket)).toBe(0);
  });

  it('is not read on as another one when it is replaced meanwhile', async () => {
    await store.put(KEY, bytes(PART_BYTES + 100, 1));
    const reading = (await store.get(KEY))[Symbol.asyncIterator]();
    await reading.next();
    await store.put(KEY, bytes(PART_BYTES + 100, 2));
    await expect(reading.next()).rejects.toThrow('replaced while it was read');
  });
});

describe('a store that fails', () => {
  let faults: HttpFaults;
  let bucket: string;
  let store: KeptObjects;

  beforeEach(async () => {
    faults = await httpFaults(server);
    bucket = await server.newBucket();
    store = s3Store(configOf(bucket, faults.port));
  });
  afterEach(async () => {
    store.close();
    await faults.close();
  });

  it('is asked again after 503, for every call', async () => {
    for (const method of ['PUT', 'GET', 'HEAD', 'DELETE']) faults.harm(new RegExp(`^${method} /${bucket}/tenants`), 'unavailable', 'unavailable');
    faults.harm(/list-type=2/, 'unavailable');
    await store.put(KEY, Buffer.from('kept'));
    expect((await store.read(KEY)).toString()).toBe('kept');
    expect((await store.list('tenants/t/', { limit: 5 })).keys).toEqual([KEY]);
    expect((await store.head(KEY))?.size).toBe(4);
    await store.delete(KEY);
    expect(await store.head(KEY)).toBeUndefined();
  });

  it('is given up within its tries, as a failure that may pass', async () => {
    faults.harmAll(/^PUT/, 'unavailable');
    await expect(store.put(KEY, Buffer.from('x'))).rejects.toMatchObject({ name: 'ObjectsUnavailable', transient: true, code: 'ServiceUnavailable' });
    expect(faults.requests.length).toBe(QUICK.tries);
  });

  it('is asked again when it falls silent, each try within its deadline', async () => {
    store.close();
    store = s3Store({ ...configOf(bucket, faults.port), patience: { ...QUICK, tryMs: 300 } });
    faults.harm(/^PUT/, 'silent');
    await store.put(KEY, Buffer.from('after all'));
    faults.harmAll(/^GET/, 'silent');
    const asked = faults.requests.length;
    await expect(store.read(KEY)).rejects.toMatchObject({ name: 'ObjectsUnavailable' });
    expect(faults.requests.length - asked).toBe(QUICK.tries);
  });

  it('gives the whole object although its answer was cut in the body', async () => {
    const whole = bytes(3_000_000);
    await store.put(KEY, whole);
    faults.harm(/^GET/, 'body cut', 'body cut');
    expect((await store.read(KEY)).equals(whole)).toBe(true);
    expect(faults.requests.filter((line) => line.startsWith('GET')).length).toBe(3);
  });

  it('tells a put whose answer was lost that it has won, and one that lost that it has not', async () => {
    faults.harm(/^PUT/, 'answer lost');
    expect(await store.put(KEY, Buffer.from('mine'), { ifNoneMatch: true })).toMatchObject({ existed: false });
    faults.harm(/^PUT/, 'unavailable');
    expect(await store.put(KEY, Buffer.from('late'), { ifNoneMatch: true })).toMatchObject({ existed: true });
    expect((await store.read(KEY)).toString()).toBe('mine');
  });

  it('tells an upload whose completion was not answered that it is stored', async () => {
    const whole = bytes(PART_BYTES + 3);
    for (const ifNoneMatch of [true, false]) {
      const key = `tenants/t/files/${ifNoneMatch ? 'once' : 'always'}`;
      // The store has done it, nobody hears of it, and asked again it has forgotten the upload.
      faults.harm(/^POST .*uploadId=/, 'answer lost', 'upload unknown');
      faults.harm(/^PUT .*partNumber=2/, 'answer lost', 'unavailable');
      expect(await store.put(key, pieces(whole), { ifNoneMatch })).toMatchObject({ existed: false });
      expect((await store.read(key)).equals(whole)).toBe(true);
    }
    expect(faults.hits).toHaveLength(8);
    expect(await uploadsOf(bucket)).toBe(0);
  });

  it('keeps nothing of an upload of which a part cannot be stored', async () => {
    faults.harm(/^PUT .*partNumber=2/, 'unavailable', 'unavailable', 'unavailable', 'unavailable');
    await expect(store.put(KEY, pieces(bytes(3 * PART_BYTES)))).rejects.toMatchObject({ name: 'ObjectsUnavailable' });
    expect(await store.head(KEY)).toBeUndefined();
    expect(await uploadsOf(bucket)).toBe(0);
  });

  it('tells of a refused key as of an outage, not as of a missing object, and asks once', async () => {
    const stranger = s3Store({ ...configOf(bucket, faults.port), credentials: { accessKeyId: 'specs', secretAccessKey: 'not the one' } });
    await expect(stranger.read(KEY)).rejects.toMatchObject({ name: 'ObjectsUnavailable', isRefused: true });
    expect(faults.requests.length).toBe(1);
    stranger.close();
  });
});

describe('what killed puts left in the bucket', () => {
  it('is swept once it is old, of our objects alone', async () => {
    const bucket = await server.newBucket();
    const store = s3Store(configOf(bucket));
    await store.put(KEY, Buffer.from('kept'));
    for (const Key of ['tenants/t/files/2!', 'tenants/t/files/3!', 'others/4']) await server.client.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key }));
    expect(await store.sweep(3_600_000)).toBe(0);
    // As if an hour had passed since.
    expect(await store.sweep(-3_600_000)).toBe(2);
    expect(await uploadsOf(bucket)).toBe(1);
    expect((await store.read(KEY)).toString()).toBe('kept');
    store.close();
  });

  it('is passed over in lists, where others have put it there', async () => {
    const bucket = await server.newBucket();
    const store = s3Store(configOf(bucket));
    for (const key of ['tenants/t/a', 'tenants/t/c']) await store.put(key, Buffer.from('x'));
    const foreign = await server.client.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key: 'tenants/t/b' }));
    expect(foreign.UploadId).toBeDefined();
    expect(await store.list('tenants/t/', { limit: 10 })).toEqual({ keys: ['tenants/t/a', 'tenants/t/c'] });
    expect((await server.client.send(new ListObjectsV2Command({ Bucket: bucket }))).KeyCount).toBe(2);
    store.close();
  });
});
