import { randomUUID } from 'node:crypto';
import { DeleteObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { S3Calls, type S3Config } from './s3.calls.js';
import { ObjectsMisconfigured, ObjectsUnavailable, s3CodeOf, s3FaultOf } from './s3.faults.js';

const REGION = new Set(['PermanentRedirect', 'AuthorizationHeaderMalformed', 'IllegalLocationConstraintException']);
const CREDENTIALS = new Set(['InvalidAccessKeyId', 'SignatureDoesNotMatch', 'InvalidToken', 'XAdminUserNotFound', 'ExpiredToken', 'CredentialsProviderError']);

/**
 * Tries at start what the processes will do: list, write once, delete. A store that ignores `If-None-Match` would let two
 * writers replace each other's objects in silence, so it is refused. @throws ObjectsMisconfigured with every fault at once.
 */
export async function checkS3(config: S3Config): Promise<void> {
  const calls = new S3Calls({ ...config, patience: { tries: 3, tryMs: 10_000, ...config.patience } });
  const target = { Bucket: config.bucket, Key: `checks/${randomUUID()}` };
  const faults = new Set<string>();
  const attempt = async (what: string, once: (abortSignal: AbortSignal) => Promise<unknown>): Promise<'done' | 'exists' | 'failed'> => {
    try {
      await calls.call(what, once);
      return 'done';
    } catch (error) {
      if (s3FaultOf(error) === 'exists') return 'exists';
      faults.add(reasonOf(what, config, error));
      return 'failed';
    }
  };
  const put = (abortSignal: AbortSignal): Promise<unknown> => calls.client.send(new PutObjectCommand({ ...target, Body: Buffer.alloc(0), IfNoneMatch: '*' }), { abortSignal });
  try {
    await attempt('list', (abortSignal) => calls.client.send(new ListObjectsV2Command({ Bucket: config.bucket, MaxKeys: 1 }), { abortSignal }));
    if ((await attempt('write', put)) !== 'failed') {
      if ((await attempt('write', put)) === 'done') faults.add("it ignores If-None-Match, so writers could replace each other's objects");
      await attempt('delete', (abortSignal) => calls.client.send(new DeleteObjectCommand(target), { abortSignal }));
    }
  } finally {
    calls.close();
  }
  if (faults.size > 0) throw new ObjectsMisconfigured([...faults]);
}

function reasonOf(what: string, { bucket, region, endpoint }: S3Config, error: unknown): string {
  const code = s3CodeOf(error);
  if (code === 'NoSuchBucket') return `there is no bucket ${bucket}`;
  if (CREDENTIALS.has(code)) return `the access key is refused (${code})`;
  if (REGION.has(code)) return `the bucket ${bucket} is not in the region ${region}`;
  if (!(error instanceof ObjectsUnavailable)) return `it cannot ${what} objects (${code})`;
  if (error.isRefused) return `the access key may not ${what} objects in ${bucket} (${code})`;
  return `${endpoint ?? `S3 in ${region}`} does not answer as it should (${code})`;
}
