import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';

/** How much a stream reads at once, in bytes. */
export const STREAM_BYTES = 256 * 1024;

/** The bytes of a file, read at random or from a place on; a sealed object of the object store fits it. */
export interface ByteSource {
  readonly size: number;
  /** Bytes from `offset`; fewer than `length` only at the end. */
  read(offset: number, length: number): Promise<Buffer>;
  /** All bytes from `from` (0 if absent); each call begins anew. */
  stream(from?: number): AsyncIterable<Buffer>;
}

/** A file of the local disk, opened for each read. @param path must stay as it is while the source is used. */
export async function fileSource(path: string): Promise<ByteSource> {
  const file = await open(path, 'r');
  const { size } = await file.stat().finally(() => file.close());
  return {
    size,
    read: (offset, length) => readAt(path, offset, Math.min(length, Math.max(0, size - offset))),
    stream: (from = 0) => createReadStream(path, { start: from, highWaterMark: STREAM_BYTES }),
  };
}

async function readAt(path: string, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const file = await open(path, 'r');
  try {
    let done = 0;
    while (done < length) {
      const { bytesRead } = await file.read(bytes, done, length - done, offset + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return bytes.subarray(0, done);
  } finally {
    await file.close();
  }
}

/** Bytes held in memory. @param chunkBytes how they are cut when streamed; tests cut them at every byte. */
export function bufferSource(bytes: Buffer, chunkBytes = STREAM_BYTES): ByteSource {
  async function* stream(from = 0): AsyncGenerator<Buffer> {
    for (let at = from; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
  }
  return {
    size: bytes.length,
    read: async (offset, length) => bytes.subarray(offset, offset + length),
    stream,
  };
}
