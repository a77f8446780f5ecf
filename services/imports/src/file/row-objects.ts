import { MessageReader, targetsV1 } from '@caseledger/contracts';

/*
 * Rows on their way through an import are messages of the contracts, one after the other in an object, each preceded
 * by its length as an unsigned 32-bit big-endian number.
 */

/** In front of each message. */
export const LENGTH_BYTES = 4;

/** One row, with its length in front. */
export function encodeRow(row: targetsV1.Row): Buffer {
  return framed(row, targetsV1.Row.encode);
}

export function encodeVerdict(verdict: targetsV1.RowVerdict): Buffer {
  return framed(verdict, targetsV1.RowVerdict.encode);
}

export function encodeMatch(match: targetsV1.RowMatch): Buffer {
  return framed(match, targetsV1.RowMatch.encode);
}

/** The rows of an object. @throws Error when the bytes are not such an object. */
export function decodeRows(bytes: Buffer): targetsV1.Row[] {
  return decodeAll(bytes, targetsV1.Row.decode);
}

export function decodeVerdicts(bytes: Buffer): targetsV1.RowVerdict[] {
  return decodeAll(bytes, targetsV1.RowVerdict.decode);
}

export function decodeMatches(bytes: Buffer): targetsV1.RowMatch[] {
  return decodeAll(bytes, targetsV1.RowMatch.decode);
}

/** A row of a row object that is not read, only handed on. */
export interface StoredRow {
  readonly row: number;
  /** The row as stored, without what chunks say anew and without its cells; good as long as the object's bytes. */
  readonly kept: Buffer;
}

/** The rows of an object without their cells, which only people look at. */
export function decodeWithoutCells(bytes: Buffer): targetsV1.Row[] {
  const reader = new MessageReader(bytes);
  return storedRows(bytes).map(({ kept }) => {
    const start = kept.byteOffset - bytes.byteOffset;
    // A row put together of parts lies elsewhere, perhaps in the same pool of small buffers.
    const isInPlace = kept.buffer === bytes.buffer && start >= 0 && start + kept.length <= bytes.length;
    return isInPlace ? reader.message(start, kept.length, targetsV1.Row.decode) : targetsV1.Row.decode(kept);
  });
}

/** What the chunk of a plan or run says about a row beyond its row object. */
export type RowMarks = Pick<targetsV1.Row, 'tied' | 'decision' | 'expected'>;

/** The rows of an object in its order, undecoded. @throws Error when the bytes are not such an object. */
export function storedRows(bytes: Buffer): StoredRow[] {
  return messagesOf(bytes, (start, end) => storedRow(bytes.subarray(start, end)));
}

/**
 * Marks as bytes that follow a row's kept ones: a message of protobuf may be written in parts, and a stored row has no
 * marks of its own.
 */
export function encodeMarks({ tied, decision, expected }: RowMarks): Uint8Array {
  if (decision !== undefined) return encoded({ ...NO_ROW, tied, decision, expected }, targetsV1.Row.encode);
  if (expected === undefined) return tied ? TIED : UNMARKED;
  return tied ? Buffer.concat([TIED, encodedExpectation(expected)]) : encodedExpectation(expected);
}

/** Most rows share what is expected of them, and its bytes. */
const encodedExpectations = new WeakMap<targetsV1.RowExpectation, Uint8Array>();

function encodedExpectation(expected: targetsV1.RowExpectation): Uint8Array {
  const known = encodedExpectations.get(expected);
  if (known !== undefined) return known;
  const bytes = encoded({ ...NO_ROW, expected }, targetsV1.Row.encode);
  encodedExpectations.set(expected, bytes);
  return bytes;
}

const NO_ROW: targetsV1.Row = targetsV1.Row.decode(new Uint8Array());
const UNMARKED = new Uint8Array();
const TIED = targetsV1.Row.encode({ ...NO_ROW, tied: true }).finish();

/** `tied`, `decision`, `expected` and `cells` of the contract's Row: said anew by chunks, or left behind. */
const [FIRST_REPLACED, LAST_REPLACED] = [8, 11];

function storedRow(message: Buffer): StoredRow {
  const reader = new FieldReader(message);
  const kept: Buffer[] = [];
  let row = 0;
  let from = 0;
  for (let start = 0; start < message.length; start = reader.at) {
    const field = reader.next();
    if (field === 1) row = reader.value;
    if (field < FIRST_REPLACED || field > LAST_REPLACED) continue;
    if (from < start) kept.push(message.subarray(from, start));
    from = reader.at;
  }
  if (from < message.length) kept.push(message.subarray(from));
  const [only] = kept;
  return { row, kept: kept.length === 1 && only !== undefined ? only : Buffer.concat(kept) };
}

/** Steps over the fields of a message without reading them. */
class FieldReader {
  at = 0;
  /** The last number read: the value of a field that is one. */
  value = 0;

  constructor(private readonly bytes: Buffer) {}

  /** Steps over one field and answers its number. */
  next(): number {
    const tag = this.number();
    const wire = tag & 7;
    if (wire === 0) this.value = this.number();
    else if (wire === 2) this.skip(this.number());
    else if (wire === 1 || wire === 5) this.skip(wire === 1 ? 8 : 4);
    else throw new Error(`A row with a field of wire type ${wire}`);
    if (this.at > this.bytes.length) throw new Error('The object ends inside a field');
    return tag >>> 3;
  }

  private skip(bytes: number): void {
    this.at += bytes;
  }

  private number(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.bytes[this.at] ?? 0;
      this.at += 1;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    return value >>> 0;
  }
}

function decodeAll<T>(bytes: Buffer, decode: (reader: MessageReader, bytes: number) => T): T[] {
  const reader = new MessageReader(bytes);
  return messagesOf(bytes, (start, end) => reader.message(start, end - start, decode));
}

/** What is made of each message, told by where it begins and ends. */
function messagesOf<T>(bytes: Buffer, make: (start: number, end: number) => T): T[] {
  const made: T[] = [];
  for (let at = 0; at < bytes.length; ) {
    const start = at + LENGTH_BYTES;
    if (start > bytes.length) throw new Error('The object ends inside a length');
    const end = start + bytes.readUInt32BE(at);
    if (end > bytes.length) throw new Error('The object ends inside a message');
    made.push(make(start, end));
    at = end;
  }
  return made;
}

type Writer = ReturnType<typeof targetsV1.Row.encode>;

/** A writer that is not in use: its buffer has grown, and growing it costs more than encoding a row. */
let spare: Writer | undefined;

function encoded<T>(message: T, encode: (message: T, writer?: Writer) => Writer): Uint8Array {
  const taken = spare;
  // A message that cannot be encoded leaves its beginning in the writer, which is then not used again.
  spare = undefined;
  const writer = encode(message, taken);
  const bytes = writer.finish();
  spare = writer;
  return bytes;
}

function framed<T>(message: T, encode: (message: T, writer?: Writer) => Writer): Buffer {
  const bytes = encoded(message, encode);
  const frame = Buffer.allocUnsafe(LENGTH_BYTES + bytes.length);
  frame.writeUInt32BE(bytes.length, 0);
  frame.set(bytes, LENGTH_BYTES);
  return frame;
}
