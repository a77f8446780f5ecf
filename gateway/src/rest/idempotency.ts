import type { Response } from 'express';

/** RST-002: says whether an answer is the stored one, and warns where a POST carries no key. */
export function setIdempotencyHeaders(response: Response, key: string | undefined, replayed: boolean): void {
  if (replayed) response.setHeader('Idempotent-Replayed', 'true');
  if (key === undefined || key === '') response.setHeader('Warning', '199 - "No Idempotency-Key: a repetition is not protected"');
}
