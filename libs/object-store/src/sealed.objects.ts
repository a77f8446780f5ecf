import { createHash, randomBytes } from 'node:crypto';
import { notFound } from '@caseledger/errors';
import { FRAME_BYTES, FrameCipher, HEADER_BYTES, corrupt, saltOf, sealedRange, shapeOf } from './frame.cipher.js';
import type { ByteRange, KeyPage, ObjectStore, PutOptions } from './object.store.js';

/** Frames read at once while streaming: 1 MiB of plaintext in memory. */
const STREAM_FRAMES = 16;

/** What a sealed put answers: sizes and hash of the plaintext, never of the sealed bytes. */
export interface SealedPutResult {
  readonly plainSize: number;
  /** SHA-256 of the plaintext, lower-case hex. */
  readonly plainSha256: string;
  /** As in `PutResult`. */
  readonly existed: boolean;
}

/** A sealed object read at random; fits the `ByteSource` of the tabular library. */
export interface SealedSource {
  readonly size: number;
  read(offset: number, length: number): Promise<Buffer>;
  stream(from?: number): AsyncIterable<Buffer>;
}

/**
 * Objects sealed with AES-256-GCM in frames of 64 KiB under a secret of 32 bytes, one per file or run (DESIGN 23):
 * destroying the secret destroys the objects. A cut, changed or swapped object is `CHUNK_CORRUPT`, a missing one
 * `NOT_FOUND`.
 */
export interface SealedObjects {
  /** The same plaintext at the same key under the same secret gives equal bytes, so a repeated put changes nothing. */
  put(key: string, secret: Buffer, plaintext: Buffer, options?: PutOptions): Promise<SealedPutResult>;
  /** For bytes that pass by once, such as an upload; the salt is random, so a repeated put differs. */
  putStream(key: string, secret: Buffer, plaintext: AsyncIterable<Buffer>, options?: PutOptions): Promise<SealedPutResult>;
  get(key: string, secret: Buffer): Promise<AsyncIterable<Buffer>>;
  /** Opens only the frames that hold the range. */
  read(key: string, secret: Buffer, range?: ByteRange): Promise<Buffer>;
  /** Size of the plaintext, or undefined if there is no such object. */
  size(key: string): Promise<number | undefined>;
  source(key: string, secret: Buffer): Promise<SealedSource>;
  /** Keys that begin with `prefix`, as `ObjectStore.list` gives them. */
  list(prefix: string, options: { readonly after?: string; readonly limit: number }): Promise<KeyPage>;
  delete(key: string): Promise<void>;
}

export function sealedObjects(store: ObjectStore): SealedObjects {
  return {
    put: (key, secret, plaintext, options) => putWhole(store, key, secret, plaintext, options),
    putStream: (key, secret, plaintext, options) => putStreamed(store, key, secret, plaintext, options),
    get: async (key, secret) => (await openSealed(store, key, secret)).stream(0),
    read: async (key, secret, range) => {
      const sealed = await openSealed(store, key, secret);
      return sealed.read(range?.offset ?? 0, range?.length ?? sealed.size);
    },
    size: async (key) => {
      const head = await store.head(key);
      return head === undefined ? undefined : shapeOf(head.size).plainSize;
    },
    source: (key, secret) => openSealed(store, key, secret),
    list: (prefix, options) => store.list(prefix, options),
    delete: (key) => store.delete(key),
  };
}

async function putWhole(store: ObjectStore, key: string, secret: Buffer, plaintext: Buffer, options?: PutOptions): Promise<SealedPutResult> {
  const digest = createHash('sha256').update(plaintext).digest();
  const cipher = new FrameCipher(secret, key, saltOf(secret, key, digest));
  const parts = [cipher.header()];
  const frames = Math.max(1, Math.ceil(plaintext.length / FRAME_BYTES));
  for (let index = 0; index < frames; index += 1) {
    const plain = plaintext.subarray(index * FRAME_BYTES, (index + 1) * FRAME_BYTES);
    parts.push(cipher.seal(index, index === frames - 1, plain));
  }
  const { existed } = await store.put(key, Buffer.concat(parts), options);
  return { plainSize: plaintext.length, plainSha256: digest.toString('hex'), existed };
}

async function putStreamed(
  store: ObjectStore,
  key: string,
  secret: Buffer,
  plaintext: AsyncIterable<Buffer>,
  options?: PutOptions,
): Promise<SealedPutResult> {
  const cipher = new FrameCipher(secret, key, randomBytes(FrameCipher.newSaltBytes));
  const hash = createHash('sha256');
  let plainSize = 0;
  async function* sealedFrames(): AsyncGenerator<Buffer> {
    yield cipher.header();
    let index = 0;
    let held: Buffer = Buffer.alloc(0);
    for await (const bytes of plaintext) {
      hash.update(bytes);
      plainSize += bytes.length;
      held = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
      // A full frame waits until a byte follows it: only then is it known not to be the last.
      while (held.length > FRAME_BYTES) {
        yield cipher.seal(index, false, held.subarray(0, FRAME_BYTES));
        held = held.subarray(FRAME_BYTES);
        index += 1;
      }
    }
    yield cipher.seal(index, true, held);
  }
  const { existed } = await store.put(key, sealedFrames(), options);
  return { plainSize, plainSha256: hash.digest('hex'), existed };
}

async function openSealed(store: ObjectStore, key: string, secret: Buffer): Promise<SealedSource> {
  const head = await store.head(key);
  if (head === undefined) throw notFound();
  const { frames, plainSize } = shapeOf(head.size);
  const cipher = FrameCipher.ofHeader(secret, key, await store.read(key, { offset: 0, length: HEADER_BYTES }));
  // Readers of archives come back to the same neighbourhood; the frame opened last is kept for them.
  let kept: { index: number; plain: Buffer } | undefined;

  const openFrames = async (first: number, last: number): Promise<Buffer> => {
    if (first === last && kept?.index === first) return kept.plain;
    const range = sealedRange(first, last);
    const sealed = await store.read(key, range);
    const plain: Buffer[] = [];
    for (let index = first; index <= last; index += 1) {
      const at = sealedRange(index, index).offset - range.offset;
      const frame = cipher.open(index, index === frames - 1, sealed.subarray(at, at + sealedRange(index, index).length));
      if (index < frames - 1 && frame.length !== FRAME_BYTES) throw corrupt();
      plain.push(frame);
      kept = { index, plain: frame };
    }
    return plain.length === 1 && plain[0] !== undefined ? plain[0] : Buffer.concat(plain);
  };
  const read = async (offset: number, length: number): Promise<Buffer> => {
    const start = Math.min(Math.max(offset, 0), plainSize);
    const end = Math.min(start + Math.max(length, 0), plainSize);
    const first = Math.min(Math.floor(start / FRAME_BYTES), frames - 1);
    const last = Math.max(first, Math.ceil(end / FRAME_BYTES) - 1);
    const plain = await openFrames(first, last);
    return plain.subarray(start - first * FRAME_BYTES, end - first * FRAME_BYTES);
  };
  async function* stream(from = 0): AsyncGenerator<Buffer> {
    const start = Math.min(Math.max(from, 0), plainSize);
    let skip = start - Math.floor(start / FRAME_BYTES) * FRAME_BYTES;
    for (let first = Math.min(Math.floor(start / FRAME_BYTES), frames - 1); first < frames; first += STREAM_FRAMES) {
      const plain = await openFrames(first, Math.min(first + STREAM_FRAMES, frames) - 1);
      if (plain.length > skip) yield plain.subarray(skip);
      skip = 0;
    }
  }
  return { size: plainSize, read, stream };
}
