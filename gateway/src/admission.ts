import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { isDomainError, limit, unauthenticated } from '@caseledger/errors';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { Authenticator, type Caller } from './authenticator.js';
import { GATEWAY_CONFIG, type GatewayConfig } from './config.js';

/** Bearers whose owner is remembered; one that fell out is asked for again. */
const BEARERS_MAX = 10_000;

/**
 * RST-005: so many requests a minute per user or API key, whatever bearers they come with; and per address, counted
 * apart, for requests that nobody is signed in for and for bearers that nobody has. Counted in this process: with several
 * gateways behind a balancer each lets its share through.
 */
@Injectable()
export class Admission {
  private readonly callers: RateLimiterMemory;
  private readonly signedOut: RateLimiterMemory;
  private readonly rejected: RateLimiterMemory;
  /** Whom a bearer belonged to, by its hash: a name to count under, never a reason to let anybody in. */
  private readonly names = new Map<string, string>();

  constructor(
    private readonly authenticator: Authenticator,
    @Inject(GATEWAY_CONFIG) config: Pick<GatewayConfig, 'requestsPerMinute'>,
  ) {
    const perMinute = { points: config.requestsPerMinute, duration: 60 };
    this.callers = new RateLimiterMemory(perMinute);
    this.signedOut = new RateLimiterMemory(perMinute);
    this.rejected = new RateLimiterMemory(perMinute);
  }

  /**
   * Counts a request and finds out whose it is. A bearer that is not known yet is not even looked up from an address
   * that has sent too many that nobody has.
   * @throws DomainError UNAUTHENTICATED; RATE_LIMITED with the seconds to wait
   */
  async admit(authorization: string | undefined, address = ''): Promise<Caller> {
    if (authorization === undefined) {
      await take(this.signedOut, address);
      throw unauthenticated();
    }
    if (this.authenticator.isInstallation(authorization)) {
      await take(this.callers, 'installation');
      throw unauthenticated();
    }
    const bearer = createHash('sha256').update(authorization).digest('base64url');
    const name = this.names.get(bearer);
    if (name === undefined) await assertLeft(this.rejected, address);
    else await take(this.callers, name);
    const caller = await this.lookUp(bearer, authorization, address);
    if (name === undefined) await take(this.callers, caller.limitKey);
    return caller;
  }

  /** The same for whoever opens a socket and stays. */
  async admitLasting(authorization: string | undefined, address = ''): Promise<Caller> {
    await this.admit(authorization, address);
    return this.authenticator.lasting(authorization, address);
  }

  private async lookUp(bearer: string, authorization: string, address: string): Promise<Caller> {
    try {
      const caller = await this.authenticator.authenticate(authorization, address);
      this.remember(bearer, caller.limitKey);
      return caller;
    } catch (error) {
      if (!isDomainError(error) || error.code !== 'UNAUTHENTICATED') throw error;
      this.names.delete(bearer);
      await take(this.rejected, address);
      throw error;
    }
  }

  private remember(bearer: string, name: string): void {
    if (this.names.size >= BEARERS_MAX) this.names.clear();
    this.names.set(bearer, name);
  }
}

async function take(limiter: RateLimiterMemory, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (refused) {
    throw overLimit(refused);
  }
}

async function assertLeft(limiter: RateLimiterMemory, key: string): Promise<void> {
  const used = await limiter.get(key);
  if (used !== null && used.consumedPoints > limiter.points) throw overLimit(used);
}

function overLimit(refused: unknown): Error {
  if (!(refused instanceof RateLimiterRes)) return refused instanceof Error ? refused : new Error(String(refused));
  return limit('RATE_LIMITED', { seconds: Math.max(1, Math.ceil(refused.msBeforeNext / 1000)) });
}
