import { Readable } from 'node:stream';
import { isDomainError, validation } from '@caseledger/errors';
import yauzl from 'yauzl';
import { STREAM_BYTES, type ByteSource } from './byte.source.js';
import type { TextEncoding } from './file.facts.js';
import { corruptFile } from './file.faults.js';
import type { TabularLimits } from './file.limits.js';
import { cutBytes, decodePiece, guessEncoding } from './text.decoder.js';

/** Parts of an archive; a workbook has a few dozen, and thousands only with pictures. */
const ENTRIES_MAX = 20_000;
const DIRECTORY = 'the directory of the workbook';
const ENCRYPTED = 0x1;
/** zlib hands out 16 kB at a time; larger pieces are scanned faster. */
const PIECE_BYTES = 128 * 1024;

/** The parts of a workbook, unpacked as they are read and counted while they are. */
export interface XlsxArchive {
  /** Whether there is a part of this path; one that differs only in case counts, as in Excel. */
  has(path: string): boolean;
  /** The text of a part in pieces, no character cut; counts towards the limit on unpacked bytes. */
  text(path: string): AsyncGenerator<string>;
  close(): void;
}

/** Opens the archive. Throws `FILE_CORRUPT`, `FILE_ENCRYPTED`; reading throws `FILE_UNPACKED_TOO_LARGE` too. */
export async function openArchive(source: ByteSource, limits: TabularLimits, signal?: AbortSignal): Promise<XlsxArchive> {
  const reader = new SourceReader(source);
  const zip = await openZip(reader, source.size);
  try {
    const entries = await listEntries(zip, reader);
    const budget = { bytesLeft: limits.unpackedBytesMax, counted: new Map<string, number>() };
    return {
      has: (path) => entryOf(entries, path) !== undefined,
      text: (path) => partText(zip, entryOf(entries, path), path, { budget, limits, signal, reader }),
      close: () => zip.close(),
    };
  } catch (error) {
    zip.close();
    throw error;
  }
}

/** yauzl's way to the bytes; it closes nothing, since the source belongs to the caller. */
class SourceReader extends yauzl.RandomAccessReader {
  /** What the source itself threw: a disk or a sealed object at fault must not pass for a damaged workbook. */
  private fault: { readonly error: unknown } | undefined;

  constructor(private readonly source: ByteSource) {
    super();
  }

  /** What to throw: what the source threw, or what has a code already, else `FILE_CORRUPT`. */
  corrupt(error: unknown, place: string): unknown {
    if (this.fault !== undefined) return this.fault.error;
    return isDomainError(error) ? error : corruptFile(place);
  }

  private async bytes(position: number, length: number): Promise<Buffer> {
    try {
      return await this.source.read(position, length);
    } catch (error) {
      this.fault = { error };
      throw error;
    }
  }

  private async *range(start: number, end: number): AsyncGenerator<Buffer> {
    let at = start;
    while (at < end) {
      const bytes = await this.bytes(at, Math.min(STREAM_BYTES, end - at));
      if (bytes.length === 0) throw new Error('unexpected end of file');
      at += bytes.length;
      yield bytes;
    }
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(this.range(start, end), { objectMode: false });
  }

  override read(buffer: Buffer, offset: number, length: number, position: number, callback: (error: Error | null) => void): void {
    this.bytes(position, length).then(
      (bytes) => {
        bytes.copy(buffer, offset);
        callback(bytes.length < length ? new Error('unexpected end of file') : null);
      },
      (error: unknown) => callback(error instanceof Error ? error : new Error(String(error))),
    );
  }

  override close(callback: (error: Error | null) => void): void {
    callback(null);
  }
}

async function openZip(reader: SourceReader, size: number): Promise<yauzl.ZipFile> {
  try {
    // Unsafe names (absolute, `..`) are refused by yauzl; sizes that lie break off while inflating.
    return await yauzl.fromRandomAccessReaderPromise(reader, size, { autoClose: false, validateEntrySizes: true });
  } catch (error) {
    throw reader.corrupt(error, DIRECTORY);
  }
}

async function listEntries(zip: yauzl.ZipFile, reader: SourceReader): Promise<Map<string, yauzl.Entry>> {
  const entries = new Map<string, yauzl.Entry>();
  try {
    for await (const entry of zip.eachEntry()) {
      if (entries.size >= ENTRIES_MAX) throw corruptFile(DIRECTORY);
      const path = entry.fileName.replaceAll('\\', '/');
      // Readers disagree on which of two equal names counts, so that a file could show each its own content.
      if (entries.has(path)) throw corruptFile(entry.fileName);
      entries.set(path, entry);
    }
  } catch (error) {
    throw reader.corrupt(error, DIRECTORY);
  }
  return entries;
}

/** The part of this path, or one that differs only in case: writers do not agree with themselves about it. */
function entryOf(entries: ReadonlyMap<string, yauzl.Entry>, path: string): yauzl.Entry | undefined {
  const exact = entries.get(path);
  if (exact !== undefined) return exact;
  const lower = path.toLowerCase();
  for (const [name, entry] of entries) if (name.toLowerCase() === lower) return entry;
  return undefined;
}

interface Reading {
  /** A part that is read twice counts once. */
  readonly budget: { bytesLeft: number; readonly counted: Map<string, number> };
  readonly limits: TabularLimits;
  readonly signal: AbortSignal | undefined;
  readonly reader: SourceReader;
}

async function* partText(zip: yauzl.ZipFile, entry: yauzl.Entry | undefined, path: string, reading: Reading): AsyncGenerator<string> {
  if (entry === undefined) throw corruptFile(path);
  if ((entry.generalPurposeBitFlag & ENCRYPTED) !== 0) throw validation('FILE_ENCRYPTED');
  const decoder = new PartDecoder(path);
  const gathered: Buffer[] = [];
  let gatheredBytes = 0;
  let read = 0;
  try {
    const stream: AsyncIterable<Buffer> = await zip.openReadStreamPromise(entry);
    for await (const bytes of stream) {
      reading.signal?.throwIfAborted();
      read += bytes.length;
      spend(reading.budget, path, read);
      if (reading.budget.bytesLeft < 0) throw validation('FILE_UNPACKED_TOO_LARGE', { limit: readableBytes(reading.limits.unpackedBytesMax) });
      gathered.push(bytes);
      gatheredBytes += bytes.length;
      if (gatheredBytes < PIECE_BYTES) continue;
      yield decoder.push(Buffer.concat(gathered));
      gathered.length = gatheredBytes = 0;
    }
    yield decoder.push(Buffer.concat(gathered));
  } catch (error) {
    // What yauzl and zlib report (bad checksum, wrong size, unknown method) is one thing to a user: damaged.
    reading.signal?.throwIfAborted();
    throw reading.reader.corrupt(error, path);
  }
  decoder.end();
}

function spend(budget: Reading['budget'], path: string, read: number): void {
  const counted = budget.counted.get(path) ?? 0;
  if (read <= counted) return;
  budget.bytesLeft -= read - counted;
  budget.counted.set(path, read);
}

/** Parts are UTF-8 or, with a byte order mark, UTF-16. Bytes that are neither make the part damaged. */
class PartDecoder {
  private encoding: TextEncoding | undefined;
  private held: Buffer = Buffer.alloc(0);

  constructor(private readonly path: string) {}

  push(bytes: Buffer): string {
    const piece = this.held.length === 0 ? bytes : Buffer.concat([this.held, bytes]);
    this.held = piece;
    if (this.encoding === undefined && piece.length < 4) return '';
    const bomBytes = this.encoding === undefined ? guessEncoding(piece).bomBytes : 0;
    this.encoding ??= guessEncoding(piece).encoding;
    const whole = piece.length - cutBytes(piece, this.encoding);
    const text = decodePiece(piece.subarray(bomBytes, whole), this.encoding);
    if (text === undefined) throw corruptFile(this.path);
    this.held = piece.subarray(whole);
    return text;
  }

  end(): void {
    if (this.held.length > 0) throw corruptFile(this.path);
  }
}

function readableBytes(bytes: number): string {
  const [unit, size] = bytes >= 1024 ** 3 ? ['GB', 1024 ** 3] : bytes >= 1024 ** 2 ? ['MB', 1024 ** 2] : ['KB', 1024];
  return `${Math.round((bytes / Number(size)) * 10) / 10} ${unit}`;
}
