import { contactsV1 } from '@caseledger/contracts';
import { uuid7, vaultMigrations } from '@caseledger/event-store';
import {
  connectGrpc,
  createLogger,
  grantsOf,
  signContext,
  type CallContext,
  type UnaryMethods,
} from '@caseledger/service-kit';
import { testDatabase } from '@caseledger/testing';
import { startContacts, type RunningContacts } from '../contacts.service.js';
import { contactsMigrations } from '../migrations/contacts.migrations.js';

export type Contacts = UnaryMethods<contactsV1.ContactsServiceServer>;

/** Contacts on databases of its own, taken over gRPC as the gateway does. */
export interface ContactsHarness {
  readonly running: RunningContacts;
  readonly tenant: string;
  /** As a user with roles in a company, default the harness's own. */
  as(role: string, more?: Partial<CallContext>): Promise<Contacts>;
  withContext(signed: string): Contacts;
  drop(): Promise<void>;
}

/** A request with every field at its default but the ones given. */
export function asked<Message>(codec: { decode(input: Uint8Array): Message }, given: Partial<Message> = {}): Message {
  return { ...codec.decode(new Uint8Array()), ...given };
}

export async function contactsHarness(name: string): Promise<ContactsHarness> {
  const contextSecret = 'a context secret of the specs, long enough';
  const [database, vault] = await Promise.all([
    testDatabase(name, contactsMigrations),
    testDatabase(`${name}_v`, vaultMigrations),
  ]);
  const running = await startContacts(
    {
      address: '127.0.0.1:0',
      database: { appUrl: database.urls.appUrl, tailUrl: database.urls.tailUrl },
      vault: { appUrl: vault.urls.appUrl },
      masterKey: Buffer.alloc(32, 7),
      contextSecret,
      input: { defaultCountry: 'US', timeZone: 'UTC' },
      eventStreams: { transport: 'embedded' },
      operations: { host: '127.0.0.1', port: 0 },
      logLevel: 'silent',
    },
    { logger: createLogger({ service: 'contacts', level: 'silent' }) },
  );
  const connection = connectGrpc(contactsV1.ContactsServiceService, running.address);
  const withContext = (signed: string): Contacts => connection.methods<contactsV1.ContactsServiceServer>(signed);
  const tenant = uuid7();
  return {
    running,
    tenant,
    withContext,
    as: async (role, more = {}) => {
      const context = {
        kind: 'user' as const,
        tenant,
        subject: `the ${role}`,
        roles: [role],
        permissions: grantsOf([role]),
      };
      return withContext(await signContext(contextSecret, { ...context, ...more }));
    },
    drop: async () => {
      connection.close();
      await running.stop();
      await Promise.all([database.drop(), vault.drop()]);
    },
  };
}
