import type { Metadata } from '@grpc/grpc-js';
import { denied, unauthenticated } from '@caseledger/errors';
import { verifyContext, type CallContext } from './call-context.js';
import { CONTEXT_KEY } from './grpc-channel.js';
import { requirePermission, requireService, type Permission } from './permissions.js';

/**
 * Guards a service with ready-made handlers, such as a feed, which carries every company's events: only another
 * service of the installation passes. @throws DomainError UNAUTHENTICATED or FORBIDDEN
 */
export function serviceGuard(contextSecret: string): (metadata: Metadata) => Promise<object> {
  return async (metadata) => {
    requireService(await contextOf(contextSecret, metadata));
    return {};
  };
}

/**
 * The same, and lets users and keys with a permission read the topics named, each the events of his own company alone
 * (EVT-005). Who has the permission only for what is his own is refused: a topic does not know what is whose.
 * @throws DomainError UNAUTHENTICATED or FORBIDDEN
 */
export function readerGuard(
  contextSecret: string,
  permissions: ReadonlyMap<string, Permission>,
): (metadata: Metadata, topic: string) => Promise<{ tenant?: string }> {
  return async (metadata, topic) => {
    const caller = await contextOf(contextSecret, metadata);
    if (caller.kind === 'service') return {};
    const permission = permissions.get(topic);
    if (permission === undefined) throw denied();
    requirePermission(caller, permission);
    return { tenant: caller.tenant };
  };
}

async function contextOf(contextSecret: string, metadata: Metadata): Promise<CallContext> {
  const [signed] = metadata.get(CONTEXT_KEY);
  if (typeof signed !== 'string') throw unauthenticated();
  return verifyContext(contextSecret, signed);
}
