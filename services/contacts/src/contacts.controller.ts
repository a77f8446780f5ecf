import { Controller } from '@nestjs/common';
import { caughtUp, requireReach, type CallContext, type Rpc, type RpcController } from '@caseledger/service-kit';
import { contactsV1, type targetsV1 } from '@caseledger/contracts';
import { limit } from '@caseledger/errors';
import type { Command } from '@caseledger/row-target';
import type { CommandDeps, Done } from './contact/contact.commands.js';
import { ContactCommands } from './contact/contact.commands.js';
import { markClients } from './contact/mark-clients.js';
import { submitContacts, type SubmittedDone } from './contact/submit.commands.js';
import { contactsById } from './queries/contact.queries.js';
import { differencesOf } from './queries/differences.js';
import { findDuplicates } from './queries/duplicates.js';
import { findByExternalIds, findContactIds } from './queries/find-ids.js';
import { historyOf } from './queries/history.js';
import { listContacts } from './queries/list.queries.js';
import { provenanceOf } from './queries/provenance.js';

/** Most ids asked for at once. */
const IDS_MAX = 500;

/** Marking twice changes nothing the second time. */
const NO_KEY = { idempotencyKey: '' };

/** What the edge of contacts works with; a class so that it can be injected under its own name. */
export class ContactsEdge {
  constructor(
    readonly deps: CommandDeps,
    readonly commands: ContactCommands = new ContactCommands(deps),
  ) {}
}

/** The gRPC edge of contacts: takes a call apart, hands it on, writes the reply. Every call is authorised below. */
@Controller()
@contactsV1.ContactsServiceControllerMethods()
export class ContactsController implements RpcController<contactsV1.ContactsServiceServer> {
  constructor(private readonly edge: ContactsEdge) {}

  async createContact(call: Rpc<contactsV1.CreateContactRequest>): Promise<contactsV1.ContactReply> {
    return this.reply(call.caller, await this.edge.commands.create(call.request, commandOf(call)));
  }

  async updateContact(call: Rpc<contactsV1.UpdateContactRequest>): Promise<contactsV1.ContactReply> {
    return this.reply(call.caller, await this.edge.commands.update(call.request, commandOf(call)));
  }

  async setContactStatus(call: Rpc<contactsV1.SetContactStatusRequest>): Promise<contactsV1.ContactReply> {
    return this.reply(call.caller, await this.edge.commands.setStatus(call.request, commandOf(call)));
  }

  async archiveContact(call: Rpc<contactsV1.ArchiveContactRequest>): Promise<contactsV1.ContactReply> {
    return this.reply(call.caller, await this.edge.commands.archive(call.request, commandOf(call)));
  }

  async restoreContact(call: Rpc<contactsV1.RestoreContactRequest>): Promise<contactsV1.ContactReply> {
    return this.reply(call.caller, await this.edge.commands.restore(call.request, commandOf(call)));
  }

  async submitContacts(call: Rpc<contactsV1.SubmitContactsRequest>): Promise<contactsV1.SubmitContactsReply> {
    const { results, replayed } = await submitContacts(this.edge.deps, call.request, commandOf(call));
    const contacts = await this.byId(
      call.caller,
      results.map(({ id }) => id),
    );
    return { results: results.map((done) => toResult(done, contacts.get(done.id))), replayed };
  }

  async markClients(call: Rpc<contactsV1.MarkClientsRequest>): Promise<contactsV1.MarkClientsReply> {
    await markClients(this.edge.deps, call.request.ids, commandOf({ ...call, request: NO_KEY }));
    return {};
  }

  async getContacts({ request, caller }: Rpc<contactsV1.GetContactsRequest>): Promise<contactsV1.GetContactsReply> {
    if (caller.kind !== 'service') requireReach(caller, 'contacts.read');
    if (request.ids.length > IDS_MAX) throw limit('PAGE_SIZE_EXCEEDED', { limit: IDS_MAX });
    await caughtUp(this.edge.deps.store, request.minPosition);
    return { contacts: await contactsById(this.edge.deps.store, caller, request.ids) };
  }

  async listContacts({ request, caller }: Rpc<contactsV1.ListContactsRequest>): Promise<contactsV1.ListContactsReply> {
    await caughtUp(this.edge.deps.store, request.minPosition);
    return listContacts(this.edge.deps, caller, request);
  }

  searchContacts({ request, caller }: Rpc<contactsV1.SearchContactsRequest>): Promise<contactsV1.SearchContactsReply> {
    return findContactIds(this.edge.deps, caller, request);
  }

  findByExternalIds({
    request,
    caller,
  }: Rpc<contactsV1.FindByExternalIdsRequest>): Promise<contactsV1.FindByExternalIdsReply> {
    return findByExternalIds(this.edge.deps, caller, request);
  }

  findDuplicates({ request, caller }: Rpc<contactsV1.FindDuplicatesRequest>): Promise<contactsV1.FindDuplicatesReply> {
    return findDuplicates(this.edge.deps, caller, request);
  }

  history({ request, caller }: Rpc<contactsV1.HistoryRequest>): Promise<contactsV1.HistoryReply> {
    return historyOf(this.edge.deps.store, caller, request);
  }

  provenance({ request, caller }: Rpc<contactsV1.ProvenanceRequest>): Promise<contactsV1.ProvenanceReply> {
    return provenanceOf(this.edge.deps.store, caller, request);
  }

  differences({ request, caller }: Rpc<contactsV1.DifferencesRequest>): Promise<contactsV1.DifferencesReply> {
    return differencesOf(this.edge.deps.store, caller, request);
  }

  private async reply(caller: CallContext, done: Done): Promise<contactsV1.ContactReply> {
    const contacts = await this.byId(caller, [done.id]);
    const warnings = done.warnings.map(({ code, field }) => toIssue({ measures: {}, code, field, severity: 'WARNING' }));
    return { contact: contacts.get(done.id), warnings, replayed: done.replayed };
  }

  // Who may write a contact is shown what has become of it, whether or not the key may read others.
  private async byId(caller: CallContext, ids: readonly string[]): Promise<Map<string, contactsV1.Contact>> {
    const wanted = ids.filter((id) => id !== '');
    if (wanted.length === 0) return new Map();
    const writer = { ...caller, permissions: [...caller.permissions, 'contacts.read'] };
    const contacts = await contactsById(this.edge.deps.store, writer, wanted);
    return new Map(contacts.map((contact) => [contact.id, contact]));
  }
}

function commandOf({ caller, traceparent, request }: Rpc<{ readonly idempotencyKey: string }>): Command {
  const { idempotencyKey } = request;
  return { caller, idempotencyKey, ...(traceparent === undefined ? {} : { traceparent }) };
}

function toResult(done: SubmittedDone, contact: contactsV1.Contact | undefined): contactsV1.SubmittedResult {
  const { outcome, reason, issues, candidates } = done;
  return { outcome, reason, contact, issues: issues.map(toIssue), candidates: [...candidates] };
}

function toIssue({ code, severity, field, measures }: SubmittedDone['issues'][number]): targetsV1.RowIssue {
  return { code, severity, field, column: -1, text: '', suggestion: '', params: { ...measures } };
}
