import { randomUUID } from 'node:crypto';
import { Catch, HttpException, Injectable, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { DomainError, isDomainError, notFound } from '@caseledger/errors';
import type { Request, Response } from 'express';
import { GatewayLog } from '../gateway-log.js';
import { internalProblem, problemOf, type Problem } from './problem.js';

/** Every error of a REST request as application/problem+json (RST-001). GraphQL formats its own. */
@Catch()
@Injectable()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: GatewayLog) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    if (host.getType<string>() === 'graphql') throw thrown;
    const response = host.switchToHttp().getResponse<Response>();
    const request = host.switchToHttp().getRequest<Request>();
    const requestId = randomUUID();
    const problem = this.problemOf(thrown, request, requestId);
    if (response.headersSent) {
      // The answer is under way: only breaking it off tells the client that it is not whole.
      response.destroy();
      return;
    }
    // What is left of a refused upload is read and dropped, so that the client gets to see the answer.
    request.resume();
    response.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
  }

  private problemOf(thrown: unknown, request: Request, requestId: string): Problem {
    const error = isDomainError(thrown) ? thrown : requestFault(thrown, request);
    if (error !== undefined) return problemOf(error, requestId);
    this.log.unexpected(thrown, requestId);
    return internalProblem(requestId);
  }
}

/** Faults that the HTTP layer itself finds, in the words of our catalogue. */
function requestFault(thrown: unknown, request: Request): DomainError | undefined {
  const status = statusOf(thrown);
  if (status === 413) return new DomainError('limit', 'BODY_TOO_LARGE', { limit: '5 MB' });
  if (status === 404 || status === 405) return notFound();
  if (status === 400 && !isDecodable(request.path)) return new DomainError('validation', 'VALUE_NOT_ALLOWED', { text: 'The path', field: 'address' }, 'path');
  if (status === 400) return new DomainError('validation', 'VALUE_NOT_ALLOWED', { text: 'The body', field: 'JSON document' }, 'body');
  return undefined;
}

/** Whether the percent signs of a path stand for characters. */
function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

function statusOf(thrown: unknown): number | undefined {
  if (thrown instanceof HttpException) return thrown.getStatus();
  return typeof thrown === 'object' && thrown !== null && 'status' in thrown && typeof thrown.status === 'number' ? thrown.status : undefined;
}
