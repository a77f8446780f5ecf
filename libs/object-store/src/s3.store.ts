import { Readable, addAbortSignal } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  type MultipartUpload,
} from '@aws-sdk/client-s3';
import { notFound } from '@caseledger/errors';
import { assertKeyPrefix, assertObjectKey } from './object.key.js';
import type { ByteRange, KeyPage, KeptObjects, ObjectHead } from './object.store.js';
import { S3Calls, type S3Config } from './s3.calls.js';
import { checkS3 } from './s3.check.js';
import { CutShort, s3FaultOf } from './s3.faults.js';
import { uploadObject } from './s3.upload.js';

/** Read at once: what is cut costs no more than this to read again. */
const PIECE_BYTES = 8 * 1024 * 1024;
const LIST_LIMIT_MAX = 1_000;
/**
 * Ends every stored key. Stores that keep objects as files cannot hold `a` beside `a/b`; with the mark no key is the folder
 * of another. It sorts before every character of a key, so the order of keys stays what it is.
 */
const OBJECT_MARK = '!';
const TENANTS = 'tenants/';

/**
 * The S3 adapter: objects in one bucket, on Amazon's store or another that speaks its language. A call is bounded in time
 * and tries; what fails beyond that is `ObjectsUnavailable`.
 */
export function s3Store(config: S3Config, calls = new S3Calls(config)): KeptObjects {
  return {
    put: async (key, body, options = {}) => uploadObject(calls, storedKey(key), body, options),
    get: async (key) => begun(pieces(calls, storedKey(key), {})),
    read: async (key, range = {}) => {
      const read: Buffer[] = [];
      for await (const piece of pieces(calls, storedKey(key), range)) read.push(piece);
      return read.length === 1 && read[0] !== undefined ? read[0] : Buffer.concat(read);
    },
    head: async (key) => headObject(calls, storedKey(key)),
    list: async (prefix, options) => listObjects(calls, prefix, options),
    delete: async (key) => {
      const Key = storedKey(key);
      await calls.call('Deleting an object', (abortSignal) => calls.client.send(new DeleteObjectCommand({ Bucket: calls.bucket, Key }), { abortSignal })).catch(ignoreMissing);
    },
    check: () => checkS3(config),
    sweep: (olderThanMs) => sweepUploads(calls, new Date(Date.now() - olderThanMs)),
    close: () => calls.close(),
  };
}

/** The key under which the bucket holds an object. */
export function storedKey(key: string): string {
  assertObjectKey(key);
  return key + OBJECT_MARK;
}

/** A missing object is told when it is opened, not when it is first read. */
async function begun(source: AsyncGenerator<Buffer>): Promise<AsyncIterable<Buffer>> {
  const first = await source.next();
  return (async function* () {
    if (first.done === true) return;
    yield first.value;
    yield* source;
  })();
}

/** All pieces are of the same object: one that is replaced meanwhile is not read on. */
async function* pieces(calls: S3Calls, key: string, { offset = 0, length = Number.MAX_SAFE_INTEGER }: ByteRange): AsyncGenerator<Buffer, undefined> {
  let at = Math.max(offset, 0);
  let left = Math.max(length, 0);
  if (left === 0 && (await headObject(calls, key)) === undefined) throw notFound();
  for (let etag: string | undefined; left > 0; ) {
    const piece = await readPiece(calls, key, { at, bytes: Math.min(left, PIECE_BYTES), etag });
    if (piece === undefined) return;
    yield piece.bytes;
    at += piece.bytes.length;
    left = Math.min(left - piece.bytes.length, piece.size - at);
    etag = piece.etag;
  }
}

interface Piece {
  readonly bytes: Buffer;
  /** Of the whole object. */
  readonly size: number;
  readonly etag: string | undefined;
}

/** Undefined when the object ends before the piece. */
async function readPiece(calls: S3Calls, Key: string, { at, bytes, etag }: { at: number; bytes: number; etag: string | undefined }): Promise<Piece | undefined> {
  const command = new GetObjectCommand({ Bucket: calls.bucket, Key, Range: `bytes=${at}-${at + bytes - 1}`, ...(etag === undefined ? {} : { IfMatch: etag }) });
  try {
    return await calls.call('Reading an object', async (abortSignal) => {
      const answer = await calls.client.send(command, { abortSignal });
      const size = Number(answer.ContentRange?.split('/')[1]);
      const read = await bytesOf(answer.Body, abortSignal);
      // A body may end early without an error; then a later try brings it whole.
      if (read.length !== Math.min(bytes, size - at)) throw new CutShort(`${read.length} of ${Math.min(bytes, size - at)} bytes`);
      return { bytes: read, size, etag: answer.ETag };
    });
  } catch (error) {
    const fault = s3FaultOf(error);
    if (fault === 'missing') throw notFound();
    if (fault === 'beyond') return undefined;
    if (fault === 'exists') throw new Error('An object was replaced while it was read.', { cause: error });
    throw error;
  }
}

async function bytesOf(body: unknown, signal: AbortSignal): Promise<Buffer> {
  if (!(body instanceof Readable)) throw new CutShort('no body');
  const read: Buffer[] = [];
  for await (const part of addAbortSignal(signal, body)) read.push(part);
  return Buffer.concat(read);
}

async function headObject(calls: S3Calls, Key: string): Promise<ObjectHead | undefined> {
  try {
    const { ContentLength } = await calls.call('Looking at an object', (abortSignal) => calls.client.send(new HeadObjectCommand({ Bucket: calls.bucket, Key }), { abortSignal }));
    return { size: ContentLength ?? 0 };
  } catch (error) {
    return ignoreMissing(error);
  }
}

async function listObjects(calls: S3Calls, prefix: string, options: { readonly after?: string; readonly limit: number }): Promise<KeyPage> {
  assertKeyPrefix(prefix);
  const limit = Math.min(Math.max(Math.trunc(options.limit), 1), LIST_LIMIT_MAX);
  const keys: string[] = [];
  let after = options.after === undefined ? undefined : options.after + OBJECT_MARK;
  for (;;) {
    const page = await calls.call('Listing objects', (abortSignal) =>
      calls.client.send(new ListObjectsV2Command({ Bucket: calls.bucket, Prefix: prefix, MaxKeys: limit - keys.length, ...(after === undefined ? {} : { StartAfter: after }) }), { abortSignal }),
    );
    const stored = (page.Contents ?? []).flatMap(({ Key }) => (Key === undefined ? [] : [Key]));
    // What somebody else put into the bucket is passed over.
    keys.push(...stored.filter((key) => key.endsWith(OBJECT_MARK)).map((key) => key.slice(0, -OBJECT_MARK.length)));
    after = stored.at(-1);
    if (page.IsTruncated !== true || after === undefined) return { keys };
    const last = keys.at(-1);
    if (keys.length >= limit && last !== undefined) return { keys, next: last };
  }
}

/** Takes uploads back that were begun before and never completed: their parts are paid for and seen by nobody. */
async function sweepUploads(calls: S3Calls, before: Date): Promise<number> {
  let removed = 0;
  let marker: { KeyMarker?: string; UploadIdMarker?: string } = {};
  for (;;) {
    const page = await calls.call('Listing uploads', (abortSignal) =>
      calls.client.send(new ListMultipartUploadsCommand({ Bucket: calls.bucket, Prefix: TENANTS, ...marker }), { abortSignal }),
    );
    const stale = (page.Uploads ?? []).filter(({ Initiated }) => Initiated !== undefined && Initiated < before);
    for (const upload of stale) await takeBack(calls, upload);
    removed += stale.length;
    if (page.IsTruncated !== true) return removed;
    marker = { ...(page.NextKeyMarker === undefined ? {} : { KeyMarker: page.NextKeyMarker }), ...(page.NextUploadIdMarker === undefined ? {} : { UploadIdMarker: page.NextUploadIdMarker }) };
  }
}

async function takeBack(calls: S3Calls, { Key, UploadId }: MultipartUpload): Promise<void> {
  await calls.call('Taking an upload back', (abortSignal) => calls.client.send(new AbortMultipartUploadCommand({ Bucket: calls.bucket, Key, UploadId }), { abortSignal })).catch(ignoreMissing);
}

function ignoreMissing(error: unknown): undefined {
  if (s3FaultOf(error) !== 'missing') throw error;
  return undefined;
}
