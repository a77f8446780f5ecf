import { hash } from 'node:crypto';
import { deriveKey } from '@caseledger/event-store';
import { keyText, type ExactKey } from './exact-key.js';

/** Bounded like every cache: tenants that are not active lose their pepper and get it again. */
const PEPPERS_MAX = 1_000;

/** Turns exact keys into what is stored: an HMAC with the company's pepper, so that no value can be guessed from it. */
export class KeyHasher {
  readonly #peppers = new Map<string, Pepper>();

  constructor(private readonly masterKey: Buffer) {}

  /** The key as 32 hex digits in the form of a uuid. */
  hash(tenant: string, key: ExactKey): string {
    return this.hashText(tenant, keyText(key));
  }

  hashText(tenant: string, text: string): string {
    const hex = this.pepperOf(tenant).hmac(text);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
  }

  private pepperOf(tenant: string): Pepper {
    const known = this.#peppers.get(tenant);
    if (known !== undefined) return known;
    if (this.#peppers.size >= PEPPERS_MAX) this.#peppers.clear();
    const pepper = new Pepper(deriveKey(this.masterKey, 'match-key', tenant));
    this.#peppers.set(tenant, pepper);
    return pepper;
  }
}

const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;
const TEXT_BYTES_FIRST = 512;

/**
 * HMAC-SHA-256 (RFC 2104) with one secret of at most 64 bytes, written out as its two hashes: with the padded secret
 * already in place that takes a third of the time of an Hmac object, and an import asks three times per row.
 */
class Pepper {
  #inner: Buffer;
  readonly #outer = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES);

  constructor(private readonly secret: Buffer) {
    if (secret.length > BLOCK_BYTES) throw new RangeError('The secret is longer than a block');
    this.#inner = padded(secret, 0x36, BLOCK_BYTES + TEXT_BYTES_FIRST);
    padded(secret, 0x5c, BLOCK_BYTES).copy(this.#outer);
  }

  /** Lower-case hex. */
  hmac(text: string): string {
    const bytesMax = BLOCK_BYTES + text.length * 3;
    if (this.#inner.length < bytesMax) this.#inner = padded(this.secret, 0x36, bytesMax);
    const end = BLOCK_BYTES + this.#inner.write(text, BLOCK_BYTES);
    // A digest as binary text is written back byte by byte, without a buffer of its own.
    this.#outer.write(hash('sha256', this.#inner.subarray(0, end), 'binary'), BLOCK_BYTES, 'binary');
    return hash('sha256', this.#outer, 'hex');
  }
}

function padded(secret: Buffer, pad: number, bytes: number): Buffer {
  const block = Buffer.alloc(bytes);
  for (let at = 0; at < BLOCK_BYTES; at += 1) block[at] = (secret[at] ?? 0) ^ pad;
  return block;
}
