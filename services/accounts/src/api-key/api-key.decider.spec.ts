import { createApiKey, evolveApiKey, initialApiKey, revokeApiKey, useApiKey, type ApiKey, type CreateApiKey } from './api-key.decider.js';
import type { ApiKeyEvent } from './api-key.events.js';

const created: ApiKeyEvent = { type: 'ApiKeyCreated', data: { userId: 'u1', name: 'Nightly push', scopes: ['imports.run'], secretHash: 'ab' } };
const revoked: ApiKeyEvent = { type: 'ApiKeyRevoked', data: { userId: 'u1' } };
const given = (...events: ApiKeyEvent[]): ApiKey => events.reduce(evolveApiKey, initialApiKey);
const command: CreateApiKey = { userId: 'u1', name: 'Nightly push', scopes: ['imports.run'], allowed: ['imports.run'], secretHash: 'ab', nowMs: 1_000 };

function refusalOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

describe('an API key', () => {
  it('is made with a name, scopes and an expiry ahead', () => {
    expect(createApiKey(command)).toEqual([created]);
    expect(createApiKey({ ...command, expiresAtMs: 2_000 })).toMatchObject([{ data: { expiresAtMs: 2_000 } }]);
    expect(refusalOf(() => createApiKey({ ...command, name: '' }))).toMatchObject({ code: 'REQUIRED_MISSING' });
    expect(refusalOf(() => createApiKey({ ...command, scopes: [] }))).toMatchObject({ code: 'REQUIRED_MISSING' });
    expect(refusalOf(() => createApiKey({ ...command, expiresAtMs: 1_000 }))).toMatchObject({
      code: 'DATE_OUT_OF_RANGE',
      message: '1970-01-01T00:00:01Z is outside 1970-01-01T00:00:01Z to 9999-12-31T23:59:59Z.',
    });
  });

  it('opens nothing its user may not do', () => {
    expect(refusalOf(() => createApiKey({ ...command, scopes: ['imports.run', 'users.manage'] }))).toMatchObject({ code: 'FORBIDDEN' });
  });

  it('is revoked once', () => {
    expect(revokeApiKey(given(created))).toEqual([revoked]);
    expect(revokeApiKey(given(created, revoked))).toEqual([]);
    expect(refusalOf(() => revokeApiKey(given()))).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('notes its use once an hour, and none after it is revoked', () => {
    expect(useApiKey(undefined, 5_000, given(created))).toMatchObject([{ type: 'ApiKeyUsed' }]);
    expect(useApiKey(5_000, 3_604_999, given(created))).toEqual([]);
    expect(useApiKey(5_000, 3_605_000, given(created))).toMatchObject([{ type: 'ApiKeyUsed' }]);
    expect(useApiKey(undefined, 5_000, given(created, revoked))).toEqual([]);
  });
});
