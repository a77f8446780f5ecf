import { accountsV1 } from '@caseledger/contracts';
import { EventStore, postgresVault, vaultMigrations } from '@caseledger/event-store';
import { feedService, openRelay } from '@caseledger/event-streams';
import { openDatabase, serviceGuard, startGrpcService, type Database, type Logger } from '@caseledger/service-kit';
import type { Registry } from 'prom-client';
import { accountsCatalogue } from './accounts.catalogue.js';
import { AccountsKeys } from './accounts.keys.js';
import { AccountsModule } from './accounts.module.js';
import { accountsTopic } from './accounts.topic.js';
import { apiKeyView } from './api-key/api-key.view.js';
import { companyView } from './company/company.view.js';
import type { AccountsConfig } from './config.js';
import { accountsMigrations } from './migrations/accounts.migrations.js';
import { Passwords } from './password.js';
import { sessionView } from './session/session.view.js';
import { userView } from './user/user.view.js';

/** What surrounds the service in its process. */
export interface AccountsSurroundings {
  readonly logger: Logger;
  readonly registry?: Registry;
  /** Default: passwords as dear to guess as they should be; specs give cheaper ones. */
  readonly passwords?: Passwords;
}

export interface RunningAccounts {
  /** `host:port` of the gRPC server. */
  readonly address: string;
  readonly store: EventStore;
  isReady(): Promise<boolean>;
  stop(): Promise<void>;
}

/** The event store of accounts over open databases; also what `verify` and `rebuild` work on. */
export function accountsStore(database: Pick<Database, 'app' | 'tail'>, vault: Pick<Database, 'app'>, masterKey: Buffer): EventStore {
  const keys = new AccountsKeys(masterKey);
  return new EventStore({
    dataSource: database.app,
    tail: database.tail,
    vault: postgresVault(vault.app),
    masterKey,
    catalog: accountsCatalogue,
    projections: [companyView, userView((email) => keys.emailKey(email)), sessionView, apiKeyView],
    topics: [accountsTopic],
  });
}

/** What is not acknowledged by then is sent by whoever relays next. */
const RELAY_STOP_MS = 3_000;

/** Starts accounts: databases brought up to date and checked, then the gRPC server with its feed. */
export async function startAccounts(config: AccountsConfig, { logger, registry, passwords = new Passwords() }: AccountsSurroundings): Promise<RunningAccounts> {
  const opened: Database[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(opened.splice(0).map((database) => database.close()));
  };
  try {
    const database = await openDatabase(config.database, { migrations: accountsMigrations, logger });
    opened.push(database);
    const vault = await openDatabase({ ...config.vault, tailUrl: config.vault.appUrl }, { migrations: vaultMigrations, logger });
    opened.push(vault);
    const store = accountsStore(database, vault, config.masterKey);
    await store.check();
    const { contextSecret, sessionSecret, masterKey } = config;
    const setting = { store, app: database.app, tail: database.tail, keys: new AccountsKeys(masterKey), passwords, contextSecret, sessionSecret };
    const { signIn, signOut, authenticate } = accountsV1.AccountsServiceService;
    const relay = await openRelay(config.eventStreams, { source: 'accounts', feed: store.feed, database: database.app, topics: [accountsTopic], logger, ...(registry === undefined ? {} : { registry }) });
    const service = await startGrpcService({
      module: AccountsModule.of(setting),
      services: [accountsV1.AccountsServiceService],
      open: [signIn, signOut, authenticate],
      raw: () => [feedService(store.feed, [accountsTopic], serviceGuard(contextSecret))],
      address: config.address,
      contextSecret,
      logger,
      ...(registry === undefined ? {} : { registry }),
    });
    return {
      address: service.address,
      store,
      isReady: async () => (await store.head()).length > 0,
      stop: async () => {
        await service.stop();
        await relay.stop(RELAY_STOP_MS);
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}
