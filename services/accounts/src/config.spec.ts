import { readAccountsConfig } from './config.js';

const env = {
  ACCOUNTS_DATABASE_URL: 'postgres://app:pw@db/accounts',
  ACCOUNTS_DATABASE_TAIL_URL: 'postgres://tail:pw@db/accounts',
  VAULT_DATABASE_URL: 'postgres://app:pw@db/vault',
  CASELEDGER_MASTER_KEY: 'ab'.repeat(32),
  CASELEDGER_CONTEXT_SECRET: 'c'.repeat(32),
  CASELEDGER_SESSION_SECRET: 's'.repeat(32),
};

describe('the configuration of accounts', () => {
  it('is read from the environment, with defaults', () => {
    expect(readAccountsConfig(env)).toMatchObject({
      address: '127.0.0.1:0',
      database: { appUrl: env.ACCOUNTS_DATABASE_URL, tailUrl: env.ACCOUNTS_DATABASE_TAIL_URL, poolMax: 10 },
      vault: { appUrl: env.VAULT_DATABASE_URL },
      operations: { host: '127.0.0.1', port: 0 },
    });
    expect(readAccountsConfig({ ...env, ACCOUNTS_DATABASE_OWNER_URL: 'postgres://o@db/accounts' }).database.ownerUrl).toBe('postgres://o@db/accounts');
  });

  it('names every fault at once and no value', () => {
    const faults = (): unknown => readAccountsConfig({ CASELEDGER_MASTER_KEY: 'weak-key', CASELEDGER_CONTEXT_SECRET: 'too-short' });
    expect(faults).toThrow(/ACCOUNTS_DATABASE_URL is missing; ACCOUNTS_DATABASE_TAIL_URL is missing; VAULT_DATABASE_URL is missing; CASELEDGER_MASTER_KEY .*; CASELEDGER_CONTEXT_SECRET .*; CASELEDGER_SESSION_SECRET is missing/);
    expect(faults).not.toThrow(/weak-key|too-short/);
  });
});
