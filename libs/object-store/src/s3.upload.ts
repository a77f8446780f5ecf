import { createHash, randomUUID } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
  type CompletedPart,
} from '@aws-sdk/client-s3';
import type { PutOptions, PutResult } from './object.store.js';
import type { S3Calls } from './s3.calls.js';
import { s3FaultOf } from './s3.faults.js';

/** S3 takes parts from 5 MiB on and 10,000 of them: 80 GiB, at most two parts in memory. */
export const PART_BYTES = 8 * 1024 * 1024;

/** Under this name an object keeps which put wrote it, so that a put whose answer was lost knows its own work. */
const WRITER = 'put';

type Settled<T> = PromiseSettledResult<T>;

interface Target {
  readonly calls: S3Calls;
  /** As it is stored. */
  readonly key: string;
  /** Of this put alone. */
  readonly writer: string;
  readonly options: PutOptions;
}

/** Stores a body in one call, or in parts when it is longer than one. Without an answer to all of it nothing is there. */
export async function uploadObject(calls: S3Calls, key: string, body: Buffer | AsyncIterable<Buffer>, options: PutOptions): Promise<PutResult> {
  const hash = createHash('sha256');
  let size = 0;
  const parts = partsOf(body, (bytes) => {
    hash.update(bytes);
    size += bytes.length;
  });
  const target = { calls, key, writer: randomUUID(), options };
  try {
    const { value: first = Buffer.alloc(0) } = await parts.next();
    const { value: second } = await parts.next();
    const isWritten = second === undefined ? await putWhole(target, first) : await putInParts(target, first, second, parts);
    return { size, sha256: hash.digest('hex'), existed: !isWritten };
  } finally {
    // A source that is not read to its end is told so.
    await parts.return(undefined);
  }
}

/** The body cut into parts; all but the last are full. */
async function* partsOf(body: Buffer | AsyncIterable<Buffer>, passing: (bytes: Buffer) => void): AsyncGenerator<Buffer, undefined> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  for await (const bytes of Buffer.isBuffer(body) ? [body] : body) {
    passing(bytes);
    let rest = bytes;
    while (heldBytes + rest.length > PART_BYTES) {
      const taken = PART_BYTES - heldBytes;
      yield joined([...held, rest.subarray(0, taken)]);
      [held, heldBytes, rest] = [[], 0, rest.subarray(taken)];
    }
    held.push(rest);
    heldBytes += rest.length;
  }
  yield joined(held);
}

function joined(pieces: readonly Buffer[]): Buffer {
  return pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces);
}

/** Whether this put is the one that stands. */
async function putWhole(target: Target, bytes: Buffer): Promise<boolean> {
  const { calls, key, writer, options } = target;
  let tried = 1;
  try {
    await calls.call('Storing an object', (abortSignal, tries) => {
      tried = tries;
      const command = new PutObjectCommand({ Bucket: calls.bucket, Key: key, Body: bytes, ...described(options, writer), ...condition(options) });
      return calls.client.send(command, { abortSignal });
    });
    return true;
  } catch (error) {
    if (s3FaultOf(error) !== 'exists') throw error;
    return tried > 1 && (await isOurs(target));
  }
}

async function putInParts(target: Target, first: Buffer, second: Buffer, rest: AsyncGenerator<Buffer, undefined>): Promise<boolean> {
  const { calls, key, writer, options } = target;
  const { UploadId } = await calls.call('Beginning an upload', (abortSignal) =>
    calls.client.send(new CreateMultipartUploadCommand({ Bucket: calls.bucket, Key: key, ...described(options, writer) }), { abortSignal }),
  );
  if (UploadId === undefined) throw new Error('S3 began an upload and gave it no name.');
  try {
    const sent = [await sendPart(target, UploadId, 1, first)];
    for (let part: Buffer | undefined = second; part !== undefined; ) {
      // The next part is read while this one is on its way; both have ended before anything is taken back.
      const [answer, following]: [Settled<CompletedPart>, Settled<IteratorResult<Buffer, undefined>>] = await Promise.allSettled([
        sendPart(target, UploadId, sent.length + 1, part),
        rest.next(),
      ]);
      if (answer.status === 'rejected') throw answer.reason;
      if (following.status === 'rejected') throw following.reason;
      sent.push(answer.value);
      part = following.value.value;
    }
    if (await complete(target, UploadId, sent)) return true;
    await discard(target, UploadId);
    return false;
  } catch (error) {
    // What cannot be taken back now is found by the sweep.
    await discard(target, UploadId).catch(() => undefined);
    throw error;
  }
}

async function sendPart({ calls, key }: Target, UploadId: string, PartNumber: number, Body: Buffer): Promise<CompletedPart> {
  const { ETag } = await calls.call('Storing a part', (abortSignal) =>
    calls.client.send(new UploadPartCommand({ Bucket: calls.bucket, Key: key, UploadId, PartNumber, Body }), { abortSignal }),
  );
  return { PartNumber, ...(ETag === undefined ? {} : { ETag }) };
}

/** Whether the object is ours now. An answer that was lost leaves no upload behind, and our object. */
async function complete(target: Target, UploadId: string, Parts: CompletedPart[]): Promise<boolean> {
  const { calls, key, options } = target;
  try {
    await calls.call('Completing an upload', (abortSignal) => {
      const command = new CompleteMultipartUploadCommand({ Bucket: calls.bucket, Key: key, UploadId, MultipartUpload: { Parts }, ...condition(options) });
      return calls.client.send(command, { abortSignal });
    });
    return true;
  } catch (error) {
    const fault = s3FaultOf(error);
    if (fault !== 'exists' && fault !== 'missing') throw error;
    if (await isOurs(target)) return true;
    if (fault === 'missing') throw error;
    return false;
  }
}

async function discard({ calls, key }: Target, UploadId: string): Promise<void> {
  await calls.call('Taking an upload back', (abortSignal) =>
    calls.client.send(new AbortMultipartUploadCommand({ Bucket: calls.bucket, Key: key, UploadId }), { abortSignal }),
  ).catch((error: unknown) => {
    if (s3FaultOf(error) !== 'missing') throw error;
  });
}

async function isOurs({ calls, key, writer }: Target): Promise<boolean> {
  try {
    const { Metadata } = await calls.call('Looking at an object', (abortSignal) =>
      calls.client.send(new HeadObjectCommand({ Bucket: calls.bucket, Key: key }), { abortSignal }),
    );
    return Metadata?.[WRITER] === writer;
  } catch (error) {
    if (s3FaultOf(error) === 'missing') return false;
    throw error;
  }
}

function described({ contentType }: PutOptions, writer: string): { ContentType?: string; Metadata: Record<string, string> } {
  return { Metadata: { [WRITER]: writer }, ...(contentType === undefined ? {} : { ContentType: contentType }) };
}

function condition({ ifNoneMatch }: PutOptions): { IfNoneMatch?: string } {
  return ifNoneMatch === true ? { IfNoneMatch: '*' } : {};
}
