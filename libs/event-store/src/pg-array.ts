const ARRAY_HEADER_BYTES = 20;
const JSONB_VERSION = 1;
const NULL_SIZE = -1;
const POSTGRES_EPOCH_MS = Date.UTC(2000, 0, 1);

/** What an element of each kind is given as. */
interface ElementOf {
  uuid: string;
  text: string;
  /** JSON text, or its UTF-8 bytes. */
  json: string | Buffer;
  /** JSON text, or its UTF-8 bytes. */
  jsonb: string | Buffer;
  bytea: Buffer;
  int2: number;
  int4: number;
  int8: number;
  bool: boolean;
  timestamptz: Date;
}

export type ArrayKind = keyof ElementOf;

/** How an element is written; the size is asked first, so that the whole array is one piece of memory. */
interface Codec<T> {
  readonly oid: number;
  bytesOf(element: T): number;
  /** Writes the element at a place that has room for it. */
  write(array: Buffer, at: number, element: T): void;
}

const CODECS: { readonly [K in ArrayKind]: Codec<ElementOf[K]> } = {
  uuid: { oid: 2950, bytesOf: () => 16, write: writeUuid },
  text: { oid: 25, bytesOf: (text) => Buffer.byteLength(text), write: (array, at, text) => void array.write(text, at) },
  json: { oid: 114, bytesOf: bytesOfText, write: writeText },
  jsonb: {
    oid: 3802,
    bytesOf: (json) => 1 + bytesOfText(json),
    write: (array, at, json) => {
      array[at] = JSONB_VERSION;
      writeText(array, at + 1, json);
    },
  },
  bytea: { oid: 17, bytesOf: (bytes) => bytes.length, write: (array, at, bytes) => void array.set(bytes, at) },
  int2: { oid: 21, bytesOf: () => 2, write: (array, at, number) => void array.writeInt16BE(number, at) },
  int4: { oid: 23, bytesOf: () => 4, write: (array, at, number) => void array.writeInt32BE(number, at) },
  int8: { oid: 20, bytesOf: () => 8, write: (array, at, number) => void array.writeBigInt64BE(BigInt(number), at) },
  bool: { oid: 16, bytesOf: () => 1, write: (array, at, yes) => void array.writeUInt8(yes ? 1 : 0, at) },
  timestamptz: {
    oid: 1184,
    bytesOf: () => 8,
    write: (array, at, time) => void array.writeBigInt64BE(BigInt(time.getTime() - POSTGRES_EPOCH_MS) * 1000n, at),
  },
};

function bytesOfText(text: string | Buffer): number {
  return typeof text === 'string' ? Buffer.byteLength(text) : text.length;
}

function writeText(array: Buffer, at: number, text: string | Buffer): void {
  if (typeof text === 'string') array.write(text, at);
  else array.set(text, at);
}

/**
 * A one-dimensional array in PostgreSQL's binary form, for `unnest($1::uuid[])` and the like: node-postgres sends a
 * Buffer as it is, and the server need not parse text. A null element becomes NULL.
 */
export function pgArray<K extends ArrayKind>(kind: K, values: readonly (ElementOf[K] | null)[]): Buffer {
  const codec = CODECS[kind];
  if (values.length === 0) return emptyArray(codec.oid);
  const sizes = new Int32Array(values.length);
  let bytes = ARRAY_HEADER_BYTES;
  let hasNull = 0;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] ?? null;
    const size = value === null ? NULL_SIZE : codec.bytesOf(value);
    sizes[index] = size;
    bytes += 4;
    if (value === null) hasNull = 1;
    else bytes += size;
  }
  const array = Buffer.allocUnsafe(bytes);
  array.writeInt32BE(1, 0);
  array.writeInt32BE(hasNull, 4);
  array.writeInt32BE(codec.oid, 8);
  array.writeInt32BE(values.length, 12);
  array.writeInt32BE(1, 16);
  let at = ARRAY_HEADER_BYTES;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] ?? null;
    const size = sizes[index] ?? NULL_SIZE;
    at = array.writeInt32BE(size, at);
    if (value === null) continue;
    codec.write(array, at, value);
    at += size;
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
function writeUuid(array: Buffer, start: number, uuid: string): void {
  let digits = 0;
  for (let at = 0; at < uuid.length; at++) {
    const code = uuid.charCodeAt(at);
    if (code === 45) continue;
    const value = HEX[code] ?? -1;
    if (value < 0 || digits >= 32) throw new Error('Not a uuid in an array of uuids');
    const byte = start + (digits >> 1);
    array[byte] = digits % 2 === 0 ? value << 4 : (array[byte] ?? 0) | value;
    digits += 1;
  }
  if (digits !== 32) throw new Error('Not a uuid in an array of uuids');
}
