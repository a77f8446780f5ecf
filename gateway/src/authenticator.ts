import { Injectable } from '@nestjs/common';
import { unauthenticated } from '@caseledger/errors';
import type { Viewer } from './graphql/graphql-context.js';
import type { Services } from './services.js';
import { ServiceConnections } from './service-connections.js';

/** Who asks, and the services as that person sees them. */
export interface Caller {
  readonly viewer: Viewer;
  readonly services: Services;
  /** What limits are counted by: the API key, else the user. */
  readonly limitKey: string;
}

const BEARER = /^Bearer ([\x21-\x7e]{16,4096})$/i;

/** Turns the bearer of a request into a caller. It asks accounts each time and keeps nothing, so a revoked key is dead at once (ADM-003). */
@Injectable()
export class Authenticator {
  constructor(private readonly connections: ServiceConnections) {}

  /** Whether this is the key of the installation, which belongs to no company and signs nobody in. */
  isInstallation(authorization: string): boolean {
    return this.connections.isInstallation(authorization);
  }

  /** Throws UNAUTHENTICATED when there is no bearer or accounts does not know it. */
  async authenticate(authorization: string | undefined, address: string | undefined): Promise<Caller> {
    const bearer = BEARER.exec(authorization ?? '')?.[1];
    if (bearer === undefined) throw unauthenticated();
    const identity = await this.connections.accountsOf('').authenticate({ bearer, address: address ?? '' });
    return {
      viewer: { userId: identity.userId, tenant: identity.tenant, permissions: new Set(identity.permissions) },
      services: this.connections.servicesOf(identity.context),
      limitKey: identity.apiKeyId === '' ? identity.userId : identity.apiKeyId,
    };
  }
}
