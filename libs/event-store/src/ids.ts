import { hash } from 'node:crypto';
import { randomSlice } from './random-pool.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether a text is a uuid in its canonical lower-case form. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/**
 * A uuid that follows from its parts alone (version 8, DESIGN 13): the SHA-256 over the parts, each preceded by its
 * length, so that no two lists of parts run together. Parts are ids and ordinals, never e-mail or phone.
 */
export function uuid8(...parts: readonly string[]): string {
  // Gathered and hashed at once: an import makes such an id for each of its rows.
  const lengths = parts.map((part) => Buffer.byteLength(part));
  const bytes = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + 4 + length, 0));
  let at = 0;
  for (const [index, part] of parts.entries()) {
    at = bytes.writeUInt32BE(lengths[index] ?? 0, at);
    at += bytes.write(part, at);
  }
  return format(hash('sha256', bytes, 'buffer'), 0x80);
}

/** A new uuid whose order is its time of making (version 7). */
export function uuid7(): string {
  const bytes = randomSlice(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  return format(bytes, 0x70);
}

function format(bytes: Buffer, version: number): string {
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | version, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex', 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
