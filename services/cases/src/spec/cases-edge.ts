import { casesV1 } from '@caseledger/contracts';
import { uuid7, vaultMigrations } from '@caseledger/event-store';
import {
  connectGrpc,
  createLogger,
  grantsOf,
  signContext,
  type CallContext,
  type GrpcConnection,
  type UnaryMethods,
} from '@caseledger/service-kit';
import { testDatabase } from '@caseledger/testing';
import { startCases, type RunningCases } from '../cases.service.js';
import { casesMigrations } from '../migrations/cases.migrations.js';
import { KnownContacts } from './known-contacts.js';

export type Cases = UnaryMethods<casesV1.CasesServiceServer>;

/** Cases on databases of their own, taken over gRPC as the gateway does, beside contacts kept in memory. */
export interface CasesHarness {
  readonly running: RunningCases;
  readonly contacts: KnownContacts;
  readonly connection: GrpcConnection;
  readonly tenant: string;
  /** As a user with roles in a company, default the harness's own. */
  as(role: string, more?: Partial<CallContext>): Promise<Cases>;
  contextOf(role: string, more?: Partial<CallContext>): Promise<string>;
  drop(): Promise<void>;
}

export async function casesHarness(name: string): Promise<CasesHarness> {
  const contextSecret = 'a context secret of the specs, long enough';
  const [database, vault] = await Promise.all([
    testDatabase(name, casesMigrations),
    testDatabase(`${name}_v`, vaultMigrations),
  ]);
  const contacts = new KnownContacts();
  const running = await startCases(
    {
      address: '127.0.0.1:0',
      contactsAddress: '127.0.0.1:1',
      database: { appUrl: database.urls.appUrl, tailUrl: database.urls.tailUrl },
      vault: { appUrl: vault.urls.appUrl },
      masterKey: Buffer.alloc(32, 7),
      contextSecret,
      input: { defaultCountry: 'US', timeZone: 'UTC' },
      eventStreams: { transport: 'embedded' },
      operations: { host: '127.0.0.1', port: 0 },
      logLevel: 'silent',
    },
    { logger: createLogger({ service: 'cases', level: 'silent' }), contacts },
  );
  const connection = connectGrpc(casesV1.CasesServiceService, running.address);
  const tenant = uuid7();
  const contextOf = (role: string, more: Partial<CallContext> = {}): Promise<string> => {
    const subject = `the ${role}`;
    const context = { kind: 'user' as const, tenant, subject, roles: [role], permissions: grantsOf([role]) };
    return signContext(contextSecret, { ...context, ...more });
  };
  return {
    running,
    contacts,
    connection,
    tenant,
    contextOf,
    as: async (role, more = {}) => connection.methods<casesV1.CasesServiceServer>(await contextOf(role, more)),
    drop: async () => {
      connection.close();
      await running.stop();
      await Promise.all([database.drop(), vault.drop()]);
    },
  };
}
