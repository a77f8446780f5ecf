import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto';
import { refused } from '@caseledger/errors';

/** Plaintext bytes of a frame: what has to be opened to read any byte in it. */
export const FRAME_BYTES = 64 * 1024;
const TAG_BYTES = 16;
const SALT_BYTES = 32;
const MAGIC = Buffer.from('CLS1', 'latin1');
export const HEADER_BYTES = MAGIC.length + SALT_BYTES;
const SEALED_FRAME_BYTES = FRAME_BYTES + TAG_BYTES;

/** A sealed object that is cut, changed or in another's place. Nothing of it is ever handed out. */
export const corrupt = () => refused('CHUNK_CORRUPT');

/** Where a frame lies in the sealed object and in the plaintext. */
export interface SealedShape {
  readonly frames: number;
  readonly plainSize: number;
}

/**
 * The shape that follows from the sealed size alone. A size that no sealing gives means a cut object.
 * An object always has at least one frame, so that even an empty one is authenticated.
 */
export function shapeOf(sealedSize: number): SealedShape {
  const body = sealedSize - HEADER_BYTES;
  const frames = Math.ceil(body / SEALED_FRAME_BYTES);
  const lastFrame = body - (frames - 1) * SEALED_FRAME_BYTES;
  if (frames < 1 || lastFrame < TAG_BYTES || (frames > 1 && lastFrame === TAG_BYTES)) throw corrupt();
  return { frames, plainSize: body - frames * TAG_BYTES };
}

/** The range of sealed bytes that holds frames `first` to `last`. */
export function sealedRange(first: number, last: number): { offset: number; length: number } {
  return { offset: HEADER_BYTES + first * SEALED_FRAME_BYTES, length: (last - first + 1) * SEALED_FRAME_BYTES };
}

/** The salt of an object whose plaintext is known beforehand: the same plaintext at the same path gives equal bytes. */
export function saltOf(secret: Buffer, path: string, plainSha256: Buffer): Buffer {
  return createHmac('sha256', secret).update('caseledger object salt v1\0').update(plainSha256).update(path).digest();
}

/**
 * Seals and opens the frames of one object. Each object has a key of its own, derived from the secret, its path
 * and its salt, so frame numbers can be the nonces: no nonce is used twice under one key unless the plaintext
 * is the same.
 */
export class FrameCipher {
  private readonly key: Buffer;

  constructor(secret: Buffer, path: string, private readonly salt: Buffer) {
    if (secret.length !== 32) throw new RangeError('A secret has 32 bytes');
    this.key = Buffer.from(hkdfSync('sha256', secret, salt, `caseledger object v1\0${path}`, 32));
  }

  /** Reads the salt from the first bytes of a sealed object. */
  static ofHeader(secret: Buffer, path: string, header: Buffer): FrameCipher {
    if (header.length < HEADER_BYTES || !header.subarray(0, MAGIC.length).equals(MAGIC)) throw corrupt();
    return new FrameCipher(secret, path, header.subarray(MAGIC.length, HEADER_BYTES));
  }

  static newSaltBytes = SALT_BYTES;

  header(): Buffer {
    return Buffer.concat([MAGIC, this.salt]);
  }

  seal(index: number, isLast: boolean, plain: Buffer): Buffer {
    const cipher = createCipheriv('aes-256-gcm', this.key, nonceOf(index, isLast));
    return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  }

  open(index: number, isLast: boolean, sealed: Buffer): Buffer {
    if (sealed.length < TAG_BYTES) throw corrupt();
    const decipher = createDecipheriv('aes-256-gcm', this.key, nonceOf(index, isLast), { authTagLength: TAG_BYTES });
    decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
    const plain = decipher.update(sealed.subarray(0, sealed.length - TAG_BYTES));
    try {
      decipher.final();
    } catch {
      throw corrupt();
    }
    return plain;
  }
}

/** The last frame is marked in its nonce: an object cut at a frame border does not open. */
function nonceOf(index: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(isLast ? 1 : 0, 0);
  nonce.writeUInt32BE(index, 8);
  return nonce;
}
