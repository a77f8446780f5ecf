import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { eventually, startS3Server, type S3Server } from '@caseledger/testing';
import { openObjects, type ObjectsConfig } from './open-objects.js';
import { S3Calls } from './s3.calls.js';
import { signedDownload, signedUpload } from './s3.signed.js';
import { s3Store } from './s3.store.js';

const KEY = 'tenants/t/files/1';
let server: S3Server;
let bucket: string;

beforeAll(async () => {
  server = await startS3Server();
  bucket = await server.newBucket();
}, 900_000);
afterAll(() => server.stop());

function configOf(more: Partial<Extract<ObjectsConfig, { kind: 's3' }>> = {}): Extract<ObjectsConfig, { kind: 's3' }> {
  const { endpoint, credentials } = server;
  return { kind: 's3', bucket, region: 'us-east-1', endpoint, pathStyle: true, credentials, patience: { tries: 2, pauseMs: 5 }, ...more };
}

describe('the check of a bucket', () => {
  it('leaves nothing in it', async () => {
    const store = openObjects(configOf());
    await store.check();
    await store.put(KEY, Buffer.from('x'));
    expect((await server.client.send(new ListObjectsV2Command({ Bucket: bucket }))).KeyCount).toBe(1);
    store.close();
  });

  it.each([
    ['there is no bucket nowhere-at-all', { bucket: 'nowhere-at-all' }],
    ['the access key is refused (XAdminUserNotFound)', { credentials: { accessKeyId: 'nobody', secretAccessKey: 'specs-of-caseledger' } }],
    ['the access key is refused (SignatureDoesNotMatch)', { credentials: { accessKeyId: 'specs', secretAccessKey: 'mistyped-secret' } }],
    ['http://127.0.0.1:9 does not answer as it should', { endpoint: 'http://127.0.0.1:9' }],
  ])('tells a fault once and without the secret: %s', async (fault, more) => {
    const refusal: unknown = await openObjects(configOf(more)).check().catch((error: unknown) => error);
    expect(refusal).toMatchObject({ name: 'ObjectsMisconfigured', faults: [expect.stringContaining(fault)] });
    expect(String(refusal)).not.toMatch(/specs-of-caseledger|mistyped-secret/);
  });

  it('tells all faults at once, and that If-None-Match is ignored', async () => {
    // Takes every write and lets nobody list: as a policy may have it, on a store that ignores conditions.
    const careless = createServer((asked, answer) => {
      asked.resume();
      answer.writeHead(asked.method === 'GET' ? 403 : 200, { 'content-type': 'application/xml' }).end(asked.method === 'GET' ? '<Error><Code>AccessDenied</Code></Error>' : '');
    });
    await new Promise<void>((resolve) => careless.listen(0, '127.0.0.1', resolve));
    const endpoint = `http://127.0.0.1:${(careless.address() as AddressInfo).port}`;
    await expect(openObjects(configOf({ endpoint })).check()).rejects.toMatchObject({
      faults: [`the access key may not list objects in ${bucket} (AccessDenied)`, "it ignores If-None-Match, so writers could replace each other's objects"],
    });
    await new Promise<void>((resolve) => {
      careless.close(() => resolve());
      careless.closeAllConnections();
    });
  });
});

describe('signed addresses', () => {
  let calls: S3Calls;

  beforeEach(() => {
    calls = new S3Calls(configOf());
  });
  afterEach(() => calls.close());

  it('take exactly the upload that was signed', async () => {
    const url = await signedUpload(calls, KEY, { contentType: 'text/csv', bytes: 5, expiresInS: 60 });
    const put = async (body: string, type: string): Promise<number> => (await fetch(url, { method: 'PUT', body, headers: { 'content-type': type } })).status;
    expect(await put('too long', 'text/csv')).toBe(403);
    expect(await put('12345', 'text/html')).toBe(403);
    expect(await put('12345', 'text/csv')).toBe(200);
    expect((await s3Store(configOf()).read(KEY)).toString()).toBe('12345');
  });

  it('give the download as it was signed, to nobody with a changed address and not for ever', async () => {
    await s3Store(configOf()).put(KEY, Buffer.from('kept'));
    const url = await signedDownload(calls, KEY, { contentType: 'application/pdf', fileName: 'Brief ü.pdf', expiresInS: 60 });
    const got = await fetch(url);
    expect([got.status, await got.text(), got.headers.get('content-type')]).toEqual([200, 'kept', 'application/pdf']);
    expect(got.headers.get('content-disposition')).toBe("attachment; filename*=UTF-8''Brief%20%C3%BC.pdf");
    expect((await fetch(url.replace('files/1', 'files/2'))).status).toBe(403);
    const short = await signedDownload(calls, KEY, { contentType: 'application/pdf', fileName: 'a', expiresInS: 1 });
    await eventually(async () => (await fetch(short)).status === 403);
  });
});
