import { execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { freePort } from '@caseledger/local';
import { childEnvironment } from './config.js';
import { eventually } from './eventually.js';
import { withFileLock } from './process-notes.js';

const PROGRAM = fileURLToPath(new URL('../versitygw.mjs', import.meta.url));
const BUILD_MS = 900_000;
const UP_MS = 30_000;
const CREDENTIALS = { accessKeyId: 'specs', secretAccessKey: 'specs-of-caseledger' };

/** A real S3 server with its data in a folder of its own. */
export interface S3Server {
  readonly endpoint: string;
  readonly port: number;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** For looking at, and making, what the product does not. */
  readonly client: S3Client;
  /** Makes an empty bucket and answers its name. */
  newBucket(): Promise<string>;
  stop(): Promise<void>;
}

let buckets = 0;

/** Starts versitygw, building it first where it is not there (minutes, once per machine). */
export async function startS3Server(): Promise<S3Server> {
  const program = await versitygw();
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const home = mkdtempSync(join(tmpdir(), 'caseledger-s3-'));
  const [data, beside] = [join(home, 'data'), join(home, 'metadata')];
  for (const folder of [data, beside]) mkdirSync(folder);
  // Metadata in files of their own: not every file system has extended attributes.
  const server = spawn(program, ['--port', `127.0.0.1:${port}`, '--quiet', '--health', '/health', 'posix', '--sidecar', beside, data], {
    env: childEnvironment({ ROOT_ACCESS_KEY: CREDENTIALS.accessKeyId, ROOT_SECRET_KEY: CREDENTIALS.secretAccessKey }),
    stdio: 'ignore',
  });
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  const client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials: CREDENTIALS });
  const stop = async (): Promise<void> => {
    client.destroy();
    server.kill('SIGTERM');
    await ended;
    rmSync(home, { recursive: true, force: true });
  };
  try {
    await eventually(async () => (await fetch(`${endpoint}/health`)).ok, { deadlineMs: UP_MS });
  } catch (error) {
    await stop();
    throw error;
  }
  const newBucket = async (): Promise<string> => {
    buckets += 1;
    const Bucket = `specs-${process.pid}-${buckets}`;
    await client.send(new CreateBucketCommand({ Bucket }));
    return Bucket;
  };
  return { endpoint, port, credentials: CREDENTIALS, client, newBucket, stop };
}

/** Specs that start together build it once. */
function versitygw(): Promise<string> {
  return withFileLock(join(tmpdir(), 'caseledger-versitygw.lock'), BUILD_MS, async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM], { timeout: BUILD_MS });
    return stdout.trim();
  });
}
