import { createParamDecorator, type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { unauthenticated } from '@caseledger/errors';
import type { Request } from 'express';
import type { Caller } from '../authenticator.js';

/** Whose each request is, as it was found out when it came in. */
const admitted = new WeakMap<Request, Promise<Caller>>();
/** Where the guard leaves the caller for the handlers of this request. */
const callers = new WeakMap<Request, Caller>();

export function rememberCaller(request: Request, caller: Promise<Caller>): void {
  admitted.set(request, caller);
}

/** @throws DomainError UNAUTHENTICATED, and whatever kept accounts from answering */
export async function callerOf(request: Request): Promise<Caller> {
  const caller = await admitted.get(request);
  if (caller === undefined) throw unauthenticated();
  return caller;
}

/** Lets signed-in requests pass, by the bearer of the Authorization header. */
@Injectable()
export class SignedIn implements CanActivate {
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<Request>();
    callers.set(request, await callerOf(request));
    return true;
  }
}

/** The caller of this request, as the guard found it. */
export const CallerParam = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  const caller = callers.get(context.switchToHttp().getRequest<Request>());
  if (caller === undefined) throw unauthenticated();
  return caller;
});
