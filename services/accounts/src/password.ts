import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto';
import { limit } from '@caseledger/errors';

const KEY_BYTES = 32;
const SALT_BYTES = 16;
const BLOCK = 8;
const PARALLEL = 1;
/** N = 2^15 takes 32 MB and some 100 ms, which makes a stolen hash dear to guess. */
const COST_LOG2 = 15;

/** Hashes at work and waiting: each takes a thread and 32 MB, and a flood of sign-ins must not take all there is. */
const WAITING_MAX = 64;

/** Makes and checks password hashes `scrypt$log2(N)$r$p$salt$key`; the parameters travel with each hash. */
export class Passwords {
  private waiting = 0;
  private readonly nobody: Promise<string>;

  /** @param costLog2 log2 of scrypt's N; lower only where hashes protect nothing, as in specs */
  constructor(private readonly costLog2 = COST_LOG2) {
    this.nobody = this.hash(randomBytes(SALT_BYTES).toString('hex'));
    this.nobody.catch(() => undefined);
  }

  /** @throws DomainError RATE_LIMITED when too many are at work */
  async hash(password: string): Promise<string> {
    const salt = randomBytes(SALT_BYTES);
    const key = await this.derive(password, salt, this.costLog2, BLOCK, PARALLEL);
    return ['scrypt', this.costLog2, BLOCK, PARALLEL, salt.toString('base64url'), key.toString('base64url')].join('$');
  }

  /**
   * Whether the password is the one of the hash. Without a hash as much work is done as with one, so that the time
   * taken does not tell whether somebody exists.
   */
  async matches(password: string, hash: string | undefined): Promise<boolean> {
    const [scheme, cost, block, parallel, salt, key] = (hash ?? (await this.nobody)).split('$');
    if (scheme !== 'scrypt' || salt === undefined || key === undefined) return false;
    const derived = await this.derive(password, Buffer.from(salt, 'base64url'), Number(cost), Number(block), Number(parallel));
    return timingSafeEqual(derived, Buffer.from(key, 'base64url')) && hash !== undefined;
  }

  private async derive(password: string, salt: Buffer, costLog2: number, block: number, parallel: number): Promise<Buffer> {
    if (this.waiting >= WAITING_MAX) throw limit('RATE_LIMITED', { seconds: 5 });
    this.waiting += 1;
    try {
      const cost = 2 ** costLog2;
      return await scryptAsync(password.normalize('NFKC'), salt, { N: cost, r: block, p: parallel, maxmem: 256 * cost * block });
    } finally {
      this.waiting -= 1;
    }
  }
}

function scryptAsync(password: string, salt: Buffer, options: ScryptOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, KEY_BYTES, options, (error, key) => (error === null ? resolve(key) : reject(error)));
  });
}
