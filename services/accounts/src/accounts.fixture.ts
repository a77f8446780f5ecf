import { accountsV1 } from '@caseledger/contracts';
import { connectGrpc, createLogger, signServiceContext, type Database, type GrpcConnection, type UnaryMethods } from '@caseledger/service-kit';
import { testDatabase, testVault, type TestDatabase } from '@caseledger/testing';
import { startAccounts, type RunningAccounts } from './accounts.service.js';
import { accountsMigrations } from './migrations/accounts.migrations.js';
import { Passwords } from './password.js';

export type Accounts = UnaryMethods<accountsV1.AccountsServiceServer>;

/** Of whoever signs the sessions; with it a spec makes those that are over. */
export const SESSION_SECRET = 'a session secret of the specs, long enough';
export const PASSWORD = 'a password of the specs';

/** accounts on databases of its own, taken over gRPC as the gateway does. */
export interface AccountsHarness {
  readonly running: RunningAccounts;
  readonly database: TestDatabase;
  /** The same database, for looking behind the service. */
  readonly behind: Database;
  readonly contextSecret: string;
  readonly logLines: string[];
  /** accounts as the installation, as nobody, or as whoever a context names. */
  asInstallation(): Promise<Accounts>;
  asBearer(bearer: string): Promise<Accounts>;
  withContext(context: string): Accounts;
  /** A company with an owner who has signed in. */
  company(name: string, email: string): Promise<SignedInOwner>;
  drop(): Promise<void>;
}

export interface SignedInOwner {
  readonly id: string;
  readonly ownerId: string;
  readonly email: string;
  readonly session: string;
  readonly accounts: Accounts;
}

/** A request with every field at its default but the ones given. */
export function asked<Message>(codec: { decode(input: Uint8Array): Message }, given: Partial<Message>): Message {
  return { ...codec.decode(new Uint8Array()), ...given };
}

export async function accountsHarness(name: string): Promise<AccountsHarness> {
  const contextSecret = 'a context secret of the specs, long enough';
  const [database, vault] = await Promise.all([testDatabase(name, accountsMigrations), testVault(`${name}_vault`)]);
  const logLines: string[] = [];
  const running = await startAccounts(
    {
      address: '127.0.0.1:0',
      database: { appUrl: database.urls.appUrl, tailUrl: database.urls.tailUrl },
      vault: { appUrl: vault.urls.appUrl },
      masterKey: Buffer.alloc(32, 9),
      contextSecret,
      sessionSecret: SESSION_SECRET,
      eventStreams: { transport: 'embedded' },
      operations: { host: '127.0.0.1', port: 0 },
      logLevel: 'info',
    },
    { logger: createLogger({ service: 'accounts', to: { write: (line: string) => void logLines.push(line) } }), passwords: new Passwords(4) },
  );
  const connection: GrpcConnection = connectGrpc(accountsV1.AccountsServiceService, running.address);
  const withContext = (context: string): Accounts => connection.methods<accountsV1.AccountsServiceServer>(context);
  const asInstallation = async (): Promise<Accounts> => withContext(await signServiceContext(contextSecret, 'gateway'));
  const asBearer = async (bearer: string): Promise<Accounts> => withContext((await withContext('').authenticate({ bearer, address: '' })).context);
  return {
    running,
    database,
    behind: await database.open(),
    contextSecret,
    logLines,
    asInstallation,
    asBearer,
    withContext,
    company: async (companyName, email) => {
      const made = await (await asInstallation()).createCompany(
        asked(accountsV1.CreateCompanyRequest, {
          name: companyName,
          kind: 'STANDARD',
          defaultCountry: 'US',
          timeZone: 'America/Denver',
          ownerName: 'Dana Owner',
          ownerEmail: email,
          ownerPassword: PASSWORD,
        }),
      );
      const { session } = await withContext('').signIn(asked(accountsV1.SignInRequest, { email, password: PASSWORD, companyId: made.company?.id ?? '' }));
      return { id: made.company?.id ?? '', ownerId: made.owner?.id ?? '', email, session, accounts: await asBearer(session) };
    },
    drop: async () => {
      connection.close();
      await running.stop();
      await database.drop();
      await vault.drop();
    },
  };
}
