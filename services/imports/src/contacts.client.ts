import { contactsV1 } from '@caseledger/contracts';
import type { RowTarget } from '@caseledger/row-target';
import { connectGrpc, signServiceContext } from '@caseledger/service-kit';
import { differencesInParts, type Differences } from './differences.js';
import { targetCalls, type TargetCalls } from './target.client.js';

/** Contacts as a target: its name as a source, where it tells of chunks, and the right that its records need. */
export const CONTACTS_TARGET = {
  name: 'contacts',
  topic: { name: 'caseledger.contact-runs.v1', partitions: 12 },
  permission: 'contacts.write',
} as const;

/** Contacts, hosted in this process or reached over gRPC, as a target of imports. */
export function contactsAsTarget(calls: TargetCalls): RowTarget {
  return { ...CONTACTS_TARGET, ...calls };
}

export interface ContactsClient {
  readonly target: RowTarget;
  readonly differences: Differences;
  close(): void;
}

/** Contacts over gRPC, for single questions of the interactive process; never per row inside a run (DESIGN 26). */
export function contactsClient(address: string, contextSecret: string): ContactsClient {
  const target = targetCalls(address, contextSecret);
  const contacts = connectGrpc(contactsV1.ContactsServiceService, address);
  return {
    target: contactsAsTarget(target.calls),
    differences: (tenant, records) => {
      const ask = contacts.methods<contactsV1.ContactsServiceServer>(() => signServiceContext(contextSecret, 'imports', tenant));
      return differencesInParts(records, async (part) => (await ask.differences({ records: part })).differences);
    },
    close: () => {
      target.close();
      contacts.close();
    },
  };
}
