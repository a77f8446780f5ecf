import { createHmac } from 'node:crypto';
import { deriveKey } from '@caseledger/event-store';
import type { MatchKey } from '@caseledger/matching';
import { keyText } from './record-keys.js';

/** Bounded like every cache: tenants that are not active lose their pepper and get it again. */
const PEPPERS_MAX = 1_000;

/** A chunk's keys are asked for when rows are matched and again when they are written. */
const HASHES_MAX = 20_000;

/** Turns exact keys into what is stored: an HMAC with the company's pepper, so that no value can be guessed from it. */
export class KeyHasher {
  readonly #peppers = new Map<string, Buffer>();
  readonly #hashes = new Map<string, string>();

  constructor(private readonly masterKey: Buffer) {}

  /** The key as 32 hex digits in the form of a uuid. */
  hash(tenant: string, key: MatchKey): string {
    return this.hashText(tenant, keyText(key));
  }

  hashText(tenant: string, text: string): string {
    const memo = `${tenant} ${text}`;
    const known = this.#hashes.get(memo);
    if (known !== undefined) return known;
    if (this.#hashes.size >= HASHES_MAX) this.#hashes.clear();
    const hash = this.compute(tenant, text);
    this.#hashes.set(memo, hash);
    return hash;
  }

  private compute(tenant: string, text: string): string {
    const hex = createHmac('sha256', this.pepperOf(tenant)).update(text).digest('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
  }

  private pepperOf(tenant: string): Buffer {
    const known = this.#peppers.get(tenant);
    if (known !== undefined) return known;
    if (this.#peppers.size >= PEPPERS_MAX) this.#peppers.clear();
    const pepper = deriveKey(this.masterKey, 'match-key', tenant);
    this.#peppers.set(tenant, pepper);
    return pepper;
  }
}
