import { createHash } from 'node:crypto';
import { limit } from '@caseledger/errors';
import type { NextFunction, Request, Response } from 'express';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/**
 * RST-005: so many requests a minute per bearer, and per address for requests without one. Counted in this process:
 * with several gateways behind a balancer each lets its share through.
 */
export function rateLimit(perMinute: number): (request: Request, response: Response, next: NextFunction) => void {
  const limiter = new RateLimiterMemory({ points: perMinute, duration: 60 });
  return (request, response, next) => {
    limiter.consume(keyOf(request)).then(
      () => next(),
      (refused: unknown) => {
        const seconds = refused instanceof RateLimiterRes ? Math.max(1, Math.ceil(refused.msBeforeNext / 1000)) : 1;
        response.setHeader('Retry-After', String(seconds));
        next(limit('RATE_LIMITED', { seconds }));
      },
    );
  };
}

function keyOf(request: Request): string {
  const bearer = request.headers.authorization;
  return bearer === undefined ? `address ${request.ip ?? ''}` : createHash('sha256').update(bearer).digest('base64url');
}
