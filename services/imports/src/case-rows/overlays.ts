/** What earlier rows of a lane would have done, as each of the two services told it. */
export interface Overlays {
  readonly contacts: Uint8Array;
  readonly cases: Uint8Array;
}

const LENGTH_BYTES = 4;

/** Both in one: the length of the first as an unsigned 32-bit big-endian number, then the two. */
export function joinOverlays({ contacts, cases }: Overlays): Buffer {
  const length = Buffer.allocUnsafe(LENGTH_BYTES);
  length.writeUInt32BE(contacts.length);
  return Buffer.concat([length, contacts, cases]);
}

/** An empty one is that of a lane's first chunk. @throws Error when the bytes are no such overlay. */
export function splitOverlay(bytes: Uint8Array): Overlays {
  if (bytes.length === 0) return { contacts: bytes, cases: bytes };
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = LENGTH_BYTES + buffer.readUInt32BE(0);
  if (end > buffer.length) throw new Error('The overlay of a case chunk ends early');
  return { contacts: buffer.subarray(LENGTH_BYTES, end), cases: buffer.subarray(end) };
}
