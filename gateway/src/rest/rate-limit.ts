import { isDomainError } from '@caseledger/errors';
import type { NextFunction, Request, Response } from 'express';
import type { Admission } from '../admission.js';
import { rememberCaller } from './caller.js';

/**
 * Counts each request under whoever sent it and refuses those over the limit. Any other outcome waits for whoever asks
 * for the caller: sign-in and the documentation ask for none.
 */
export function rateLimit(admission: Admission): (request: Request, response: Response, next: NextFunction) => void {
  return (request, response, next) => {
    const admitted = admission.admit(request.headers.authorization, request.ip);
    rememberCaller(request, admitted);
    admitted.then(
      () => next(),
      (thrown: unknown) => {
        if (!isDomainError(thrown) || thrown.code !== 'RATE_LIMITED') return next();
        response.setHeader('Retry-After', String(thrown.params['seconds'] ?? 1));
        next(thrown);
      },
    );
  };
}
