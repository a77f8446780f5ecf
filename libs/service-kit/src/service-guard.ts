import type { Metadata } from '@grpc/grpc-js';
import { unauthenticated } from '@caseledger/errors';
import { verifyContext } from './call-context.js';
import { CONTEXT_KEY } from './grpc-channel.js';
import { requireService } from './permissions.js';

/**
 * Guards a service with ready-made handlers, such as a feed, which carries every company's events: only another
 * service of the installation passes. @throws DomainError UNAUTHENTICATED or FORBIDDEN
 */
export function serviceGuard(contextSecret: string): (metadata: Metadata) => Promise<void> {
  return async (metadata) => {
    const [signed] = metadata.get(CONTEXT_KEY);
    if (typeof signed !== 'string') throw unauthenticated();
    requireService(await verifyContext(contextSecret, signed));
  };
}
