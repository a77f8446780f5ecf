import { timingSafeEqual } from 'node:crypto';
import { denied, unauthenticated } from '@caseledger/errors';
import { grantsOf, signContext, type CallContext } from '@caseledger/service-kit';
import type { accountsV1 } from '@caseledger/contracts';
import type { StoreTransaction } from '@caseledger/event-store';
import { CATEGORY } from './accounts.catalogue.js';
import { secretHash } from './accounts.keys.js';
import type { AccountsSetting } from './accounts.setting.js';
import { evolveApiKey, initialApiKey, useApiKey } from './api-key/api-key.decider.js';
import { isApiKeyText, readApiKeyText, type ApiKeyText } from './api-key/api-key-text.js';
import { apiKeyEventOf, readApiKeyUse, type ApiKeyUse } from './api-key/api-key.view.js';
import { readSession } from './session/session.view.js';
import { readSessionToken } from './session/session-token.js';

const CONTEXT_MS = 60_000;

/** Tells who a bearer is. It asks the database each time, so that what is revoked is dead at once (ADM-003). */
export class Authenticate {
  constructor(private readonly setting: AccountsSetting) {}

  /**
   * @throws DomainError UNAUTHENTICATED when the bearer is unknown, over or revoked; FORBIDDEN when its company is
   *   suspended
   */
  async identify({ bearer }: accountsV1.AuthenticateRequest): Promise<accountsV1.Identity> {
    const caller = isApiKeyText(bearer) ? await this.byKey(readApiKeyText(bearer)) : await this.bySession(bearer);
    const now = new Date();
    return {
      tenant: caller.tenant,
      userId: caller.subject,
      roles: [...caller.roles],
      permissions: [...caller.permissions],
      apiKeyId: caller.apiKeyId ?? '',
      context: await signContext(this.setting.contextSecret, caller, { lifeMs: CONTEXT_MS, now }),
      contextExpiresAtMs: now.getTime() + CONTEXT_MS,
    };
  }

  private async bySession(bearer: string): Promise<CallContext> {
    const claims = await readSessionToken(this.setting.sessionSecret, bearer);
    if (claims === undefined) throw unauthenticated();
    const session = await this.setting.store.transaction(claims.tenant, (tx) => readSession(tx, claims.sessionId));
    if (session?.open !== true || !session.active) throw unauthenticated();
    if (session.suspended) throw denied();
    const { member, roles } = session;
    return { kind: 'user', tenant: claims.tenant, subject: member, roles, permissions: grantsOf(roles) };
  }

  private async byKey(text: ApiKeyText | undefined): Promise<CallContext> {
    if (text === undefined) throw unauthenticated();
    const { tenant, id } = text;
    const key = await this.setting.store.transaction(tenant, async (tx) => {
      const found = await readApiKeyUse(tx, id);
      if (found === undefined || !timingSafeEqual(found.secretHash, secretHash(text.secret))) throw unauthenticated();
      if (!found.live || !found.active) throw unauthenticated();
      await noteUse(tx, found);
      return found;
    });
    if (key.suspended) throw denied();
    const { member, roles, scopes } = key;
    // A key opens what its user may do, as far as its scopes reach.
    const permissions = grantsOf(roles).filter((grant) => scopes.includes(grant.replace(/:own$/, '')));
    return { kind: 'user', tenant, subject: member, roles, permissions, apiKeyId: id };
  }
}

async function noteUse(tx: StoreTransaction, key: ApiKeyUse): Promise<void> {
  const { id, member, lastUsedAt } = key;
  if (useApiKey(lastUsedAt?.getTime(), tx.now.getTime(), { status: 'Live', userId: member }).length === 0) return;
  // Once an hour the stream itself is asked, since several calls may come at the same moment.
  const version = (await tx.lockStreams([id])).get(id);
  const again = await readApiKeyUse(tx, id);
  const state = (await tx.readStream(id)).map(apiKeyEventOf).reduce(evolveApiKey, initialApiKey);
  const events = useApiKey(again?.lastUsedAt?.getTime(), tx.now.getTime(), state);
  if (events.length === 0 || version === undefined) return;
  await tx.append({ tenant: tx.tenant, origin: { kind: 'api', id }, actor: member }, [{ stream: id, category: CATEGORY.apiKey, expected: version, events }]);
}
