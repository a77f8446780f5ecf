import { createHash, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { accountsV1, casesV1, contactsV1, importsV1 } from '@caseledger/contracts';
import { unauthenticated } from '@caseledger/errors';
import { connectGrpc, signServiceContext, type ContextSource, type GrpcConnection, type UnaryMethods } from '@caseledger/service-kit';
import { casesClient } from './cases-client.js';
import { GATEWAY_CONFIG, type GatewayConfig } from './config.js';
import { namingUsers } from './conflict-names.js';
import { importsClient } from './imports-client.js';
import type { Services } from './services.js';
import { storableOnly } from './storable-text.js';

/** One connection per service, shared by all requests; each call carries its caller's context. */
@Injectable()
export class ServiceConnections implements OnApplicationShutdown {
  private readonly accounts: GrpcConnection;
  private readonly contacts: GrpcConnection;
  private readonly cases: GrpcConnection;
  private readonly imports: GrpcConnection;

  constructor(@Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig) {
    this.accounts = storableOnly(connectGrpc(accountsV1.AccountsServiceService, config.services.accounts));
    this.contacts = namingUsers(storableOnly(connectGrpc(contactsV1.ContactsServiceService, config.services.contacts)), this.accounts);
    this.cases = namingUsers(storableOnly(connectGrpc(casesV1.CasesServiceService, config.services.cases)), this.accounts);
    this.imports = storableOnly(connectGrpc(importsV1.ImportsServiceService, config.services.imports));
  }

  private get all(): readonly GrpcConnection[] {
    return [this.accounts, this.contacts, this.cases, this.imports];
  }

  servicesOf(context: ContextSource): Services {
    return {
      accounts: this.accountsOf(context),
      contacts: this.contacts.methods<contactsV1.ContactsServiceServer>(context),
      cases: casesClient(this.cases, context),
      imports: importsClient(this.imports, context),
    };
  }

  /** accounts as this context sees it; without one only sign-in and authentication answer. */
  accountsOf(context: ContextSource): UnaryMethods<accountsV1.AccountsServiceServer> {
    return this.accounts.methods<accountsV1.AccountsServiceServer>(context);
  }

  isInstallation(authorization: string | undefined): boolean {
    return sameSecret((authorization ?? '').replace(/^Bearer /i, ''), this.config.installationKey);
  }

  /** accounts for the installation itself; the bearer must be the installation's key. */
  async installationAccounts(authorization: string | undefined): Promise<UnaryMethods<accountsV1.AccountsServiceServer>> {
    if (!this.isInstallation(authorization)) throw unauthenticated();
    return this.accountsOf(await signServiceContext(this.config.contextSecret, 'gateway'));
  }

  /** Whether every service takes calls, for readiness. */
  async ready(): Promise<boolean> {
    const deadline = Date.now() + 1_000;
    const up = this.all.map(
      ({ client }) => new Promise<boolean>((resolve) => client.waitForReady(deadline, (error) => resolve(error === undefined || error === null))),
    );
    return (await Promise.all(up)).every(Boolean);
  }

  onApplicationShutdown(): void {
    for (const connection of this.all) connection.close();
  }
}

/** Compared by hash, so that neither length nor content shows in the time it takes. */
function sameSecret(given: string, secret: string | undefined): boolean {
  if (secret === undefined) return false;
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(given), hash(secret));
}
