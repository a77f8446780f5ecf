import { once } from 'node:events';
import { crc32, createDeflateRaw } from 'node:zlib';

/** One part of an archive. */
export interface ZipPart {
  readonly path: string;
  readonly text: AsyncIterable<string> | Iterable<string>;
}

/** Sizes and offsets are 32-bit here; a result file comes nowhere near. */
const BYTES_MAX = 0xffff_ffff;
/** UTF-8 names, sizes behind the data. */
const FLAGS = 0x0808;
const DEFLATE = 8;
/** 1 January 1980: the same rows give the same bytes. */
const DOS_DATE = 0x21;

interface Written {
  readonly name: Buffer;
  readonly offset: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
}

/** Writes an archive piece by piece; a part's text is asked for only as fast as the archive is read. */
export async function* zipParts(parts: Iterable<ZipPart> | AsyncIterable<ZipPart>): AsyncGenerator<Buffer> {
  const written: Written[] = [];
  let offset = 0;
  for await (const part of parts) {
    const name = Buffer.from(part.path, 'utf8');
    const start = offset;
    const header = localHeader(name);
    offset += header.length;
    yield header;
    const sums = { crc: 0, packed: 0, size: 0 };
    for await (const bytes of deflated(part.text, sums)) {
      offset += bytes.length;
      if (offset > BYTES_MAX || sums.size > BYTES_MAX) throw new RangeError('An archive takes at most 4 GB');
      yield bytes;
    }
    const sizes = descriptor(sums);
    offset += sizes.length;
    yield sizes;
    written.push({ name, offset: start, ...sums });
  }
  yield directory(written, offset);
}

async function* deflated(text: ZipPart['text'], sums: { crc: number; packed: number; size: number }): AsyncGenerator<Buffer> {
  const deflate = createDeflateRaw({ level: 6 });
  const stop = new AbortController();
  let fault: { readonly error: unknown } | undefined;
  const feed = async (): Promise<void> => {
    for await (const piece of text) {
      const bytes = Buffer.from(piece, 'utf8');
      sums.crc = crc32(bytes, sums.crc);
      sums.size += bytes.length;
      if (!deflate.write(bytes)) await once(deflate, 'drain', { signal: stop.signal });
    }
    deflate.end();
  };
  // A fault of the rows must end the reading side as well, or it would wait for ever.
  const feeding = feed().catch((error: unknown) => {
    fault = { error };
    deflate.destroy(new Error('the rows broke off'));
  });
  try {
    const stream: AsyncIterable<Buffer> = deflate;
    for await (const bytes of stream) {
      sums.packed += bytes.length;
      yield bytes;
    }
  } catch (error) {
    throw fault === undefined ? error : fault.error;
  } finally {
    // Whoever stops reading ends the feeding too.
    stop.abort();
    await feeding;
  }
}

function localHeader(name: Buffer): Buffer {
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(20, 4);
  header.writeUInt16LE(FLAGS, 6);
  header.writeUInt16LE(DEFLATE, 8);
  header.writeUInt16LE(DOS_DATE, 12);
  header.writeUInt16LE(name.length, 26);
  return Buffer.concat([header, name]);
}

function descriptor({ crc, packed, size }: { crc: number; packed: number; size: number }): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt32LE(0x08074b50, 0);
  bytes.writeUInt32LE(crc, 4);
  bytes.writeUInt32LE(packed, 8);
  bytes.writeUInt32LE(size, 12);
  return bytes;
}

function directory(parts: readonly Written[], offset: number): Buffer {
  const entries = parts.map(({ name, crc, packed, size, offset: start }) => {
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(20, 4);
    entry.writeUInt16LE(20, 6);
    entry.writeUInt16LE(FLAGS, 8);
    entry.writeUInt16LE(DEFLATE, 10);
    entry.writeUInt16LE(DOS_DATE, 14);
    entry.writeUInt32LE(crc, 16);
    entry.writeUInt32LE(packed, 20);
    entry.writeUInt32LE(size, 24);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(start, 42);
    return Buffer.concat([entry, name]);
  });
  const list = Buffer.concat(entries);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([list, end]);
}
