import { createHash, type Hash } from 'node:crypto';

/** What a batch says about itself, as hashed and as stored. */
export interface BatchHeader {
  readonly tenant: string;
  readonly shard: number;
  readonly sourceKind: string;
  readonly sourceId: string | null;
  readonly actor: string | null;
  readonly correlation: string | null;
  readonly causation: string | null;
  readonly traceparent: string | null;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly atMs: number;
}

/** An event as hashed and as stored: canonical JSON, as text or as its UTF-8 bytes, and the sealed bytes. */
export interface EventRow {
  readonly stream: string;
  readonly category: string;
  readonly version: number;
  readonly eventId: string;
  readonly type: string;
  readonly schemaVersion: number;
  readonly data: string | Buffer;
  readonly pii: Buffer | null;
  readonly meta: string | Buffer;
}

const FORMAT = 'caseledger batch 1';
const ABSENT = 0xffffffff;
const FLUSH_BYTES = 65_536;

/**
 * SHA-256 over a batch. The encoding: every text is its UTF-8 bytes after their number as four bytes (big-endian, as
 * all numbers); uuids are texts; an absent text is ffffffff; whole numbers are eight bytes. In order: the format's
 * name, tenant, shard, number of events, source kind, source id, actor, correlation, causation, traceparent, time in
 * milliseconds; then per event in log order stream, category, version, event id, type, schema version, canonical
 * data, sealed bytes, canonical meta. Sealed bytes are hashed as they are, so the chain outlives an erasure (D8, D9).
 */
export function contentHash(header: BatchHeader, events: readonly EventRow[]): Buffer {
  const writer = new Writer();
  writer.text(FORMAT);
  writer.text(header.tenant);
  writer.number(header.shard);
  writer.number(events.length);
  writer.text(header.sourceKind);
  for (const text of [header.sourceId, header.actor, header.correlation, header.causation, header.traceparent]) {
    writer.text(text);
  }
  writer.number(header.atMs);
  for (const event of events) {
    writer.text(event.stream);
    writer.text(event.category);
    writer.number(event.version);
    writer.text(event.eventId);
    writer.text(event.type);
    writer.number(event.schemaVersion);
    writer.json(event.data);
    writer.bytes(event.pii);
    writer.json(event.meta);
  }
  return writer.digest();
}

/** The chain's next link, as the seal computes it: over the link before, the epoch, the position and the content. */
export function chainLink(before: Buffer, epoch: number, firstPosition: number, n: number, content: Buffer): Buffer {
  const numbers = Buffer.allocUnsafe(16);
  numbers.writeInt32BE(epoch, 0);
  numbers.writeBigInt64BE(BigInt(firstPosition), 4);
  numbers.writeInt32BE(n, 12);
  return createHash('sha256').update(before).update(numbers).update(content).digest();
}

/** Gathers small pieces before it hashes: a call per piece would cost more than the hash itself. */
class Writer {
  private readonly hash: Hash = createHash('sha256');
  private readonly buffer = Buffer.allocUnsafe(FLUSH_BYTES);
  private filled = 0;

  text(text: string | null): void {
    // UTF-8 takes at most three bytes for one UTF-16 code unit.
    if (text === null || text.length * 3 + 4 > FLUSH_BYTES) return this.bytes(text === null ? null : Buffer.from(text));
    this.reserve(text.length * 3 + 4);
    const length = this.buffer.write(text, this.filled + 4);
    this.buffer.writeUInt32BE(length, this.filled);
    this.filled += 4 + length;
  }

  /** The same for a text and for its bytes. */
  json(json: string | Buffer): void {
    if (typeof json === 'string') this.text(json);
    else this.bytes(json);
  }

  bytes(bytes: Buffer | null): void {
    this.reserve(4);
    this.filled = this.buffer.writeUInt32BE(bytes?.length ?? ABSENT, this.filled);
    if (bytes === null) return;
    if (bytes.length > FLUSH_BYTES / 2) {
      this.flush();
      this.hash.update(bytes);
      return;
    }
    this.reserve(bytes.length);
    this.filled += bytes.copy(this.buffer, this.filled);
  }

  number(number: number): void {
    this.reserve(8);
    this.filled = this.buffer.writeBigInt64BE(BigInt(number), this.filled);
  }

  digest(): Buffer {
    this.flush();
    return this.hash.digest();
  }

  private reserve(bytes: number): void {
    if (this.filled + bytes > FLUSH_BYTES) this.flush();
  }

  private flush(): void {
    this.hash.update(this.buffer.subarray(0, this.filled));
    this.filled = 0;
  }
}
