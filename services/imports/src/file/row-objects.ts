import { targetsV1 } from '@caseledger/contracts';

/*
 * Rows on their way through an import are messages of the contracts, one after the other in an object, each preceded
 * by its length as an unsigned 32-bit big-endian number.
 */

const LENGTH_BYTES = 4;

/** One row, with its length in front. */
export function encodeRow(row: targetsV1.Row): Buffer {
  return framed(targetsV1.Row.encode(row).finish());
}

export function encodeVerdict(verdict: targetsV1.RowVerdict): Buffer {
  return framed(targetsV1.RowVerdict.encode(verdict).finish());
}

export function encodeMatch(match: targetsV1.RowMatch): Buffer {
  return framed(targetsV1.RowMatch.encode(match).finish());
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

function decodeAll<T>(bytes: Buffer, decode: (input: Uint8Array) => T): T[] {
  const messages: T[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (at + LENGTH_BYTES > bytes.length) throw new Error('The object ends inside a length');
    const end = at + LENGTH_BYTES + bytes.readUInt32BE(at);
    if (end > bytes.length) throw new Error('The object ends inside a message');
    messages.push(decode(bytes.subarray(at + LENGTH_BYTES, end)));
    at = end;
  }
  return messages;
}

function framed(message: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(LENGTH_BYTES + message.length);
  bytes.writeUInt32BE(message.length, 0);
  bytes.set(message, LENGTH_BYTES);
  return bytes;
}
