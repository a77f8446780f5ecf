const ARRAY_HEADER_BYTES = 20;
const JSONB_VERSION = Buffer.from([1]);
const POSTGRES_EPOCH_MS = Date.UTC(2000, 0, 1);

/** What an element of each kind is given as. */
interface ElementOf {
  uuid: string;
  text: string;
  /** JSON text. */
  jsonb: string;
  bytea: Buffer;
  int2: number;
  int4: number;
  int8: number;
  bool: boolean;
  timestamptz: Date;
}

export type ArrayKind = keyof ElementOf;

interface Codec<T> {
  readonly oid: number;
  encode(element: T): Buffer;
}

const CODECS: { readonly [K in ArrayKind]: Codec<ElementOf[K]> } = {
  uuid: { oid: 2950, encode: uuidBytes },
  text: { oid: 25, encode: (text) => Buffer.from(text, 'utf8') },
  jsonb: { oid: 3802, encode: (text) => Buffer.concat([JSONB_VERSION, Buffer.from(text, 'utf8')]) },
  bytea: { oid: 17, encode: (bytes) => bytes },
  int2: { oid: 21, encode: (number) => sized(2, (bytes) => bytes.writeInt16BE(number)) },
  int4: { oid: 23, encode: (number) => sized(4, (bytes) => bytes.writeInt32BE(number)) },
  int8: { oid: 20, encode: (number) => sized(8, (bytes) => bytes.writeBigInt64BE(BigInt(number))) },
  bool: { oid: 16, encode: (yes) => Buffer.from([yes ? 1 : 0]) },
  timestamptz: {
    oid: 1184,
    encode: (at) => sized(8, (bytes) => bytes.writeBigInt64BE(BigInt(at.getTime() - POSTGRES_EPOCH_MS) * 1000n)),
  },
};

/**
 * A one-dimensional array in PostgreSQL's binary form, for `unnest($1::uuid[])` and the like: node-postgres sends a
 * Buffer as it is, and the server need not parse text. A null element becomes NULL.
 */
export function pgArray<K extends ArrayKind>(kind: K, values: readonly (ElementOf[K] | null)[]): Buffer {
  const codec = CODECS[kind];
  const parts = values.map((value) => (value === null ? null : codec.encode(value)));
  if (parts.length === 0) return emptyArray(codec.oid);
  const bytes = parts.reduce((sum, part) => sum + 4 + (part?.length ?? 0), ARRAY_HEADER_BYTES);
  const array = Buffer.allocUnsafe(bytes);
  array.writeInt32BE(1, 0);
  array.writeInt32BE(parts.includes(null) ? 1 : 0, 4);
  array.writeInt32BE(codec.oid, 8);
  array.writeInt32BE(parts.length, 12);
  array.writeInt32BE(1, 16);
  let at = ARRAY_HEADER_BYTES;
  for (const part of parts) {
    at = array.writeInt32BE(part?.length ?? -1, at);
    if (part !== null) at += part.copy(array, at);
  }
  return array;
}

function emptyArray(oid: number): Buffer {
  const array = Buffer.alloc(12);
  array.writeInt32BE(oid, 8);
  return array;
}

/** What each character of a uuid's text stands for: its value as a hex digit, or nothing. */
const HEX = new Int8Array(128).fill(-1);
for (let value = 0; value < 16; value++) {
  HEX[value.toString(16).charCodeAt(0)] = value;
  HEX[value.toString(16).toUpperCase().charCodeAt(0)] = value;
}

/** Digit by digit: in an append of 500 events this runs over a thousand times. */
function uuidBytes(uuid: string): Buffer {
  const bytes = Buffer.allocUnsafe(16);
  let digits = 0;
  for (let at = 0; at < uuid.length; at++) {
    const code = uuid.charCodeAt(at);
    if (code === 45) continue;
    const value = HEX[code] ?? -1;
    if (value < 0 || digits >= 32) throw new Error('Not a uuid in an array of uuids');
    const byte = digits >> 1;
    bytes[byte] = digits % 2 === 0 ? value << 4 : (bytes[byte] ?? 0) | value;
    digits += 1;
  }
  if (digits !== 32) throw new Error('Not a uuid in an array of uuids');
  return bytes;
}

function sized(length: number, write: (bytes: Buffer) => void): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  write(bytes);
  return bytes;
}
