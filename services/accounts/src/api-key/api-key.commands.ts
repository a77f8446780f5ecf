import { randomBytes } from 'node:crypto';
import { uuid7, uuid8 } from '@caseledger/event-store';
import { notFound } from '@caseledger/errors';
import { requirePermission, type CallContext } from '@caseledger/service-kit';
import type { accountsV1 } from '@caseledger/contracts';
import { CATEGORY } from '../accounts.catalogue.js';
import { Checks, knownId, pageAfter, pageRows } from '../accounts.checks.js';
import { secretHash } from '../accounts.keys.js';
import { causeOf, onceOf, tenantOf, type AccountsSetting, type Command } from '../accounts.setting.js';
import { createApiKey, evolveApiKey, initialApiKey, revokeApiKey } from './api-key.decider.js';
import { writeApiKey } from './api-key-text.js';
import { apiKeyEventOf, findApiKey, listApiKeys, type ApiKeyRow } from './api-key.view.js';

const SECRET_BYTES = 32;

export interface ApiKeyPage {
  readonly apiKeys: ApiKeyRow[];
  readonly hasNext: boolean;
}

/** Commands and queries of API keys (ADM-003). */
export class ApiKeyCommands {
  constructor(private readonly setting: AccountsSetting) {}

  /** Makes a key that acts as the caller within its scopes. Its text is answered this once, and not to a repetition. */
  async create(request: accountsV1.CreateApiKeyRequest, command: Command): Promise<{ key: ApiKeyRow; secret: string }> {
    const { caller } = command;
    requirePermission(caller, 'users.manage');
    const tenant = tenantOf(caller);
    const checks = new Checks();
    const asked = { name: checks.name('name', request.name), scopes: checks.scopes('scopes', request.scopes), expiresAtMs: request.expiresAtMs };
    checks.done();
    const id = command.idempotencyKey === '' ? uuid7() : uuid8('accounts key', tenant, command.idempotencyKey);
    const secret = randomBytes(SECRET_BYTES).toString('base64url');
    return this.setting.store.transaction(tenant, async (tx) => {
      const { replayed } = await onceOf(tx, command, { rpc: 'createApiKey', ...asked }, async () => {
        const events = createApiKey({
          userId: caller.subject,
          name: asked.name,
          scopes: asked.scopes,
          allowed: caller.permissions.map((grant) => grant.replace(/:own$/, '')),
          secretHash: secretHash(secret).toString('hex'),
          ...(asked.expiresAtMs > 0 ? { expiresAtMs: asked.expiresAtMs } : {}),
          nowMs: tx.now.getTime(),
        });
        await tx.append(causeOf(tenant, command), [{ stream: id, category: CATEGORY.apiKey, expected: 'none', events }]);
        return { id };
      });
      const key = await findApiKey(tx, id);
      if (key === undefined) throw notFound();
      return { key, secret: replayed ? '' : writeApiKey({ tenant, id, secret }) };
    });
  }

  /** The key is dead from now on; a repetition changes nothing. */
  async revoke(request: accountsV1.RevokeApiKeyRequest, command: Command): Promise<ApiKeyRow> {
    requirePermission(command.caller, 'users.manage');
    const tenant = tenantOf(command.caller);
    const id = knownId(request.id);
    return this.setting.store.transaction(tenant, async (tx) => {
      const locked = await tx.lockStreams([id]);
      await onceOf(tx, command, { rpc: 'revokeApiKey', id }, async () => {
        if ((await findApiKey(tx, id)) === undefined) throw notFound();
        const events = revokeApiKey((await tx.readStream(id)).map(apiKeyEventOf).reduce(evolveApiKey, initialApiKey));
        const expected = locked.get(id) ?? 'none';
        if (events.length > 0) await tx.append(causeOf(tenant, command), [{ stream: id, category: CATEGORY.apiKey, expected, events }]);
        return { id };
      });
      const key = await findApiKey(tx, id);
      if (key === undefined) throw notFound();
      return key;
    });
  }

  /** A page of the company's keys in the order they were made. */
  list(request: accountsV1.ListApiKeysRequest, caller: CallContext): Promise<ApiKeyPage> {
    requirePermission(caller, 'users.manage');
    const rows = pageRows(request.first);
    return this.setting.store.transaction(tenantOf(caller), async (tx) => {
      const apiKeys = await listApiKeys(tx, pageAfter(request.after), rows + 1);
      return { apiKeys: apiKeys.slice(0, rows), hasNext: apiKeys.length > rows };
    });
  }
}
