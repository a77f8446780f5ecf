import { Injectable } from '@nestjs/common';
import type { accountsV1 } from '@caseledger/contracts';
import { unauthenticated } from '@caseledger/errors';
import type { ContextSource } from '@caseledger/service-kit';
import type { Viewer } from './graphql/graphql-context.js';
import type { Services } from './services.js';
import { ServiceConnections } from './service-connections.js';

/** Who asks, and the services as that person sees them. */
export interface Caller {
  readonly viewer: Viewer;
  readonly services: Services;
  /** What limits are counted by: the API key, else the user. */
  readonly limitKey: string;
  /** Nothing to ask for one request; see `lasting`. */
  stillSignedIn(): Promise<void>;
}

/** Half the life of a signed context: calls of a subscription never go out with one that is about to end. */
const RENEW_MS = 30_000;

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
    const identity = await this.identityOf(authorization, address);
    return this.callerOf(identity, identity.context, () => Promise.resolve());
  }

  /**
   * A caller for as long as a socket stays open: its context is made anew while it is used. A bearer that was revoked,
   * or may do other things than at first, is out with the next call; whoever still may comes again with his cursor.
   */
  async lasting(authorization: string | undefined, address: string | undefined): Promise<Caller> {
    const first = await this.identityOf(authorization, address);
    let known = { context: Promise.resolve(first.context), at: Date.now() };
    const renewed = async (): Promise<string> => {
      const now = await this.identityOf(authorization, address);
      if (now.tenant !== first.tenant || String(now.permissions) !== String(first.permissions)) throw unauthenticated();
      return now.context;
    };
    const context = (): Promise<string> => {
      if (Date.now() - known.at > RENEW_MS) known = { context: renewed(), at: Date.now() };
      return known.context;
    };
    return this.callerOf(first, context, async () => void (await context()));
  }

  private identityOf(authorization: string | undefined, address: string | undefined): Promise<accountsV1.Identity> {
    const bearer = BEARER.exec(authorization ?? '')?.[1];
    if (bearer === undefined) return Promise.reject(unauthenticated());
    return this.connections.accountsOf('').authenticate({ bearer, address: address ?? '' });
  }

  private callerOf(identity: accountsV1.Identity, context: ContextSource, stillSignedIn: () => Promise<void>): Caller {
    return {
      viewer: { userId: identity.userId, tenant: identity.tenant, permissions: new Set(identity.permissions) },
      services: this.connections.servicesOf(context),
      limitKey: identity.apiKeyId === '' ? identity.userId : identity.apiKeyId,
      stillSignedIn,
    };
  }
}
