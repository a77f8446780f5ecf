import { hash } from 'node:crypto';
import { randomSlice } from './random-pool.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether a text is a uuid in its canonical lower-case form. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

const LENGTH_BYTES = 4;
/** A UTF-16 unit takes at most three bytes in UTF-8. */
const BYTES_PER_UNIT_MAX = 3;
const VARIANT_DIGITS = '89ab';

/** Where the parts of the id at hand are gathered. */
let gathered = Buffer.alloc(512);

/**
 * A uuid that follows from its parts alone (version 8, DESIGN 13): the SHA-256 over the parts, each preceded by its
 * length, so that no two lists of parts run together. Parts are ids and ordinals, never e-mail or phone.
 */
export function uuid8(...parts: readonly string[]): string {
  // Gathered in one place and hashed at once: an import makes such an id for each of its rows.
  let end = 0;
  for (const part of parts) {
    const bytesMax = end + LENGTH_BYTES + part.length * BYTES_PER_UNIT_MAX;
    if (bytesMax > gathered.length) gathered = Buffer.concat([gathered.subarray(0, end)], bytesMax * 2);
    const length = gathered.write(part, end + LENGTH_BYTES);
    gathered.writeUInt32BE(length, end);
    end += LENGTH_BYTES + length;
  }
  const hex = hash('sha256', gathered.subarray(0, end), 'hex');
  // Version 8, and the two bits that tell the variant.
  const variant = VARIANT_DIGITS.charAt(Number.parseInt(hex.charAt(16), 16) & 3);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** A new uuid whose order is its time of making (version 7). */
export function uuid7(): string {
  const bytes = randomSlice(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  return format(bytes);
}

function format(bytes: Buffer): string {
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex', 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
