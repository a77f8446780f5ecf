import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { eventually, httpFaults, Network, startS3Server, type HttpFaults, type S3Server } from '@caseledger/testing';
import { contactLines, ledgerLines, oracleLedger, oracleLines } from './compare.js';
import { newCompany } from './company.js';
import { csvOf, randomRows } from './oracle/random-file.js';
import { predict } from './oracle/sequential-oracle.js';

const ROWS = 600;

let server: S3Server;
let faults: HttpFaults;
let settings: Record<string, string>;
let bucket: string;

beforeAll(async () => {
  server = await startS3Server();
  faults = await httpFaults(server);
  bucket = await server.newBucket();
  const { accessKeyId, secretAccessKey } = server.credentials;
  settings = { OBJECT_STORE: 's3', S3_BUCKET: bucket, S3_ENDPOINT: `http://127.0.0.1:${faults.port}`, S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey };
}, 900_000);
afterAll(async () => {
  await faults.close();
  await server.stop();
});

async function keysInBucket(): Promise<string[]> {
  const page = await server.client.send(new ListObjectsV2Command({ Bucket: bucket }));
  return (page.Contents ?? []).flatMap(({ Key }) => (Key === undefined ? [] : [Key]));
}

describe('an installation with its objects in a bucket', () => {
  it('I16: imports and reverts as the oracle says, though every fifth request fails and the store is away for a while', async () => {
    const network = new Network({ env: settings });
    await network.start();
    try {
      const company = await newCompany(network);
      const rows = randomRows(16, ROWS, 300);
      const expected = predict([], rows, 'UPDATE');
      faults.harmEvery(5, ['unavailable', 'answer lost', 'body cut']);
      const planned = await company.plan(csvOf(rows), { duplicatePolicy: 'UPDATE' });
      expect(planned.state).toBe('AWAITING_CONFIRMATION');
      await company.begin(planned);
      faults.heal();
      faults.harmAll(/./, 'unavailable');
      const before = faults.hits.length;
      await eventually(() => faults.hits.length > before + 20, { deadlineMs: 60_000 });
      faults.heal();
      const done = await company.until(planned.id, ['COMPLETED', 'FAILED', 'CANCELLED']);
      expect(done.state).toBe('COMPLETED');
      expect(ledgerLines(await company.rows(done.id))).toEqual(oracleLedger(expected));
      expect(contactLines(await company.contacts({ archived: 'INCLUDE' }))).toEqual(oracleLines(expected));
      faults.harmEvery(5, ['answer lost', 'unavailable', 'body cut']);
      await company.revert(done.id);
      faults.heal();
      expect(await company.contacts()).toEqual([]);
      for (const kind of ['unavailable', 'answer lost', 'body cut']) expect(faults.hits.filter((hit) => hit === kind).length).toBeGreaterThan(2);

      const keys = await keysInBucket();
      expect(keys.length).toBeGreaterThan(10);
      expect(keys.filter((key) => !/^tenants\/[0-9a-f-]{36}\/imports\/.*!$/.test(key))).toEqual([]);
      const stored = await server.client.send(new GetObjectCommand({ Bucket: bucket, Key: keys.find((key) => key.includes('/parts/')) ?? '' }));
      expect(await stored.Body?.transformToString('latin1')).not.toContain('First');
      expect(existsSync(join(network.home, 'objects'))).toBe(false);
    } finally {
      await network.stop();
    }
  }, 400_000);

  it('says at start that its bucket cannot be used', async () => {
    const network = new Network({ env: { ...settings, S3_BUCKET: 'nowhere-at-all' } });
    try {
      await expect(network.start()).rejects.toThrow('The object store cannot be used: there is no bucket nowhere-at-all.');
    } finally {
      await network.stop();
    }
  }, 120_000);
});
