import { jest } from '@jest/globals';
import { unauthenticated } from '@caseledger/errors';
import type { ContextSource } from '@caseledger/service-kit';
import { Authenticator } from './authenticator.js';
import type { ServiceConnections } from './service-connections.js';

const BEARER = `Bearer ${'k'.repeat(40)}`;

/** accounts that sign another context each time, for as long as the bearer is good for the same. */
function accounts() {
  const state = { permissions: ['cases.read'], revoked: false, asked: 0 };
  let context: ContextSource = '';
  const connections = {
    accountsOf: () => ({
      authenticate: async () => {
        state.asked += 1;
        if (state.revoked) throw unauthenticated();
        return { tenant: 't', userId: 'u', apiKeyId: '', permissions: state.permissions, context: `context ${state.asked}` };
      },
    }),
    servicesOf: (source: ContextSource) => {
      context = source;
      return {};
    },
  };
  const signed = async (): Promise<string> => (typeof context === 'string' ? context : context());
  return { state, signed, authenticator: new Authenticator(connections as unknown as ServiceConnections) };
}

describe('a caller that stays (graphql-ws)', () => {
  let now = 1_000_000;
  beforeEach(() => jest.spyOn(Date, 'now').mockImplementation(() => now));
  afterEach(() => jest.restoreAllMocks());

  it('goes on with a context of its own age, so that no call is refused because the first one has ended', async () => {
    const { state, signed, authenticator } = accounts();
    await authenticator.lasting(BEARER, 'a');
    expect([await signed(), await signed(), state.asked]).toEqual(['context 1', 'context 1', 1]);
    now += 31_000;
    expect([await signed(), await signed(), state.asked]).toEqual(['context 2', 'context 2', 2]);
  });

  it('ADM-003: is out once its key is revoked', async () => {
    const { state, authenticator } = accounts();
    const caller = await authenticator.lasting(BEARER, 'a');
    state.revoked = true;
    await expect(caller.stillSignedIn()).resolves.toBeUndefined();
    now += 31_000;
    await expect(caller.stillSignedIn()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('is out once it may do other things than at first', async () => {
    const { state, authenticator } = accounts();
    const caller = await authenticator.lasting(BEARER, 'a');
    state.permissions = ['cases.read:own'];
    now += 31_000;
    await expect(caller.stillSignedIn()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('is asked for nothing more where it stays for one request', async () => {
    const { state, authenticator } = accounts();
    const caller = await authenticator.authenticate(BEARER, 'a');
    now += 31_000;
    await caller.stillSignedIn();
    expect(state.asked).toBe(1);
  });
});
