import { contactsV1 } from '@caseledger/contracts';
import { connectGrpc, signContext, type CallContext } from '@caseledger/service-kit';

/** What cases ask contacts, always with the rights of whoever asked cases: they see and do nothing else there. */
export interface ContactsSide {
  /** Those of these contacts that the caller may read. */
  existing(caller: CallContext, ids: readonly string[]): Promise<ReadonlySet<string>>;
  /** Ids of contacts that a search finds, at most 10,000; none for a caller who may not read contacts (CAS-008). */
  search(caller: CallContext, text: string): Promise<readonly string[]>;
  /** The contacts with these external ids, in their order; undefined where there is none. */
  byExternalId(
    caller: CallContext,
    pairs: readonly contactsV1.ExternalId[],
  ): Promise<readonly (string | undefined)[]>;
  /** Marks those of these contacts as clients that the caller may read. */
  markClients(caller: CallContext, ids: readonly string[]): Promise<void>;
  /** Creates or matches clients by a policy, at most 500, in their order (RST-001). */
  submit(
    caller: CallContext,
    request: { readonly items: readonly contactsV1.SubmittedContact[]; readonly policy: string; readonly key: string },
  ): Promise<readonly contactsV1.SubmittedResult[]>;
}

export interface ContactsClient extends ContactsSide {
  close(): void;
}

const IDS_AT_ONCE = 500;
const SEARCH_MAX = 10_000;
/** Five hundred contacts are written in one transaction. */
const LONG_MS = 25_000;

/** Contacts over gRPC. */
export function contactsClient(address: string, contextSecret: string): ContactsClient {
  const connection = connectGrpc(contactsV1.ContactsServiceService, address);
  const as = (caller: CallContext) =>
    connection.methods<contactsV1.ContactsServiceServer>(() => signContext(contextSecret, caller));
  return {
    existing: async (caller, ids) => {
      const found = new Set<string>();
      const wanted = [...new Set(ids)];
      for (let at = 0; at < wanted.length; at += IDS_AT_ONCE) {
        const { contacts } = await as(caller).getContacts({ ids: wanted.slice(at, at + IDS_AT_ONCE), minPosition: '' });
        for (const { id } of contacts) found.add(id);
      }
      return found;
    },
    search: async (caller, search) => {
      const { ids } = await as(caller).searchContacts({ search, limit: SEARCH_MAX });
      return ids;
    },
    byExternalId: async (caller, externalIds) => {
      if (externalIds.length === 0) return [];
      const { ids } = await as(caller).findByExternalIds({ externalIds: [...externalIds] });
      return ids.map((id) => (id === '' ? undefined : id));
    },
    markClients: async (caller, ids) => {
      for (let at = 0; at < ids.length; at += IDS_AT_ONCE) await as(caller).markClients({ ids: ids.slice(at, at + IDS_AT_ONCE) });
    },
    submit: async (caller, { items, policy, key }) => {
      const request = { items: [...items], onDuplicate: policy, client: true, idempotencyKey: key };
      return (await as(caller).submitContacts(request, { deadlineMs: LONG_MS })).results;
    },
    close: () => connection.close(),
  };
}
