import { contactsV1, targetsV1 } from '@caseledger/contracts';
import type { RowTarget } from '@caseledger/row-target';
import { connectGrpc, signServiceContext } from '@caseledger/service-kit';
import type { Differences } from './import.rows.js';

/** Contacts as a target: its name as a source, where it tells of chunks, and the right that its records need. */
export const CONTACTS_TARGET = {
  name: 'contacts',
  topic: { name: 'caseledger.contact-runs.v1', partitions: 12 },
  permission: 'contacts.write',
} as const;

/** The calls of a target without what names it. */
export type TargetCalls = Omit<RowTarget, keyof typeof CONTACTS_TARGET>;

/** Contacts, hosted in this process or reached over gRPC, as a target of imports. */
export function contactsAsTarget(calls: TargetCalls): RowTarget {
  return { ...CONTACTS_TARGET, ...calls };
}

/** Questions about records whose answer may take longer than a call usually does. */
const LONG_MS = 25_000;
const RECORDS_AT_ONCE = 500;

export interface ContactsClient {
  readonly target: RowTarget;
  readonly differences: Differences;
  close(): void;
}

/** Contacts over gRPC, for single questions of the interactive process; never per row inside a run (DESIGN 26). */
export function contactsClient(address: string, contextSecret: string): ContactsClient {
  const targets = connectGrpc(targetsV1.RowTargetServiceService, address);
  const contacts = connectGrpc(contactsV1.ContactsServiceService, address);
  const calls = targets.methods<targetsV1.RowTargetServiceServer>(() => signServiceContext(contextSecret, 'imports'));
  const slow = { deadlineMs: LONG_MS };
  return {
    target: contactsAsTarget({
      open: (request) => calls.open(request),
      setState: (request) => calls.setState(request, slow),
      lanes: (request) => calls.lanes(request),
      match: (request) => calls.match(request, slow),
      judge: (request) => calls.judge(request, slow),
      changedSince: (request) => calls.changedSince(request, slow),
      apply: (request) => calls.apply(request, slow),
      touched: (request) => calls.touched(request, slow),
      revert: (request) => calls.revert(request, slow),
      dependents: (request) => calls.dependents(request, slow),
      positions: (request) => calls.positions(request),
    }),
    differences: async (tenant, records) => {
      const { differences } = contacts.methods<contactsV1.ContactsServiceServer>(() => signServiceContext(contextSecret, 'imports', tenant));
      const found: contactsV1.RecordDifferences[] = [];
      for (let at = 0; at < records.length; at += RECORDS_AT_ONCE) {
        const part = records.slice(at, at + RECORDS_AT_ONCE).map(({ record, fromVersion, toVersion }) => ({ record, fromVersion, toVersion }));
        found.push(...(await differences({ records: part })).differences);
      }
      return found;
    },
    close: () => {
      targets.close();
      contacts.close();
    },
  };
}
