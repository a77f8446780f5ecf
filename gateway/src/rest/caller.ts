import { createParamDecorator, type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { unauthenticated } from '@caseledger/errors';
import type { Request } from 'express';
import { Authenticator, type Caller } from '../authenticator.js';

/** Where the guard leaves the caller for the handlers of this request. */
const callers = new WeakMap<Request, Caller>();

/** Lets signed-in requests pass, by the bearer of the Authorization header. */
@Injectable()
export class SignedIn implements CanActivate {
  constructor(private readonly authenticator: Authenticator) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<Request>();
    callers.set(request, await this.authenticator.authenticate(request.headers.authorization, request.ip));
    return true;
  }
}

/** The caller of this request, as the guard found it. */
export const CallerParam = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  const caller = callers.get(context.switchToHttp().getRequest<Request>());
  if (caller === undefined) throw unauthenticated();
  return caller;
});
