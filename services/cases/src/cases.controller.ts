import { Controller } from '@nestjs/common';
import { casesV1, type targetsV1 } from '@caseledger/contracts';
import { limit, notFound } from '@caseledger/errors';
import { tenantOf, type Command } from '@caseledger/row-target';
import { caughtUp, requireReach, type CallContext, type Rpc, type RpcController } from '@caseledger/service-kit';
import { CaseListCommands, type ListReplied } from './case-list/case-list.commands.js';
import { visibleList } from './case-list/list-members.js';
import { CaseTypeCommands } from './case-type/case-type.commands.js';
import { CaseCommands, type CommandDeps, type Replied } from './case/case.commands.js';
import { submitCases, type SubmittedDone } from './case/submit.commands.js';
import { readCases } from './queries/case.queries.js';
import { listLists, listsBy } from './queries/case-list.queries.js';
import { changesOf } from './queries/changes.js';
import { NO_FILTER } from './queries/conditions.js';
import { casesOfContacts } from './queries/contact-cases.js';
import { differencesOf } from './queries/differences.js';
import { historyOf } from './queries/history.js';
import { listCases } from './queries/list.queries.js';
import { provenanceOf } from './queries/provenance.js';
import { listTypes, typeById } from './queries/type.queries.js';

/** Most ids asked for at once. */
const IDS_MAX = 500;

/** What the edge of cases works with; a class so that it can be injected under its own name. */
export class CasesEdge {
  constructor(
    readonly deps: CommandDeps,
    readonly commands: CaseCommands = new CaseCommands(deps),
    readonly types: CaseTypeCommands = new CaseTypeCommands(deps),
    readonly lists: CaseListCommands = new CaseListCommands(deps),
  ) {}
}

/** The gRPC edge of cases: takes a call apart, hands it on, writes the reply. Every call is authorised below. */
@Controller()
@casesV1.CasesServiceControllerMethods()
export class CasesController implements RpcController<casesV1.CasesServiceServer> {
  constructor(private readonly edge: CasesEdge) {}

  async createCase(call: Rpc<casesV1.CreateCaseRequest>): Promise<casesV1.CaseReply> {
    return this.reply(call.caller, await this.edge.commands.create(call.request, commandOf(call)));
  }

  async submitCases(call: Rpc<casesV1.SubmitCasesRequest>): Promise<casesV1.SubmitCasesReply> {
    const { results, replayed } = await submitCases(this.edge.deps, call.request, commandOf(call));
    const cases = await this.byId(
      call.caller,
      results.map(({ id }) => id),
    );
    return { results: results.map((done) => toResult(done, cases.get(done.id))), replayed };
  }

  async updateCase(call: Rpc<casesV1.UpdateCaseRequest>): Promise<casesV1.CaseReply> {
    return this.reply(call.caller, await this.edge.commands.update(call.request, commandOf(call)));
  }

  async changeCaseStatus(call: Rpc<casesV1.ChangeCaseStatusRequest>): Promise<casesV1.CaseReply> {
    return this.reply(call.caller, await this.edge.commands.changeStatus(call.request, commandOf(call)));
  }

  async changeCaseType(call: Rpc<casesV1.ChangeCaseTypeRequest>): Promise<casesV1.CaseReply> {
    return this.reply(call.caller, await this.edge.commands.changeType(call.request, commandOf(call)));
  }

  async archiveCase(call: Rpc<casesV1.ArchiveCaseRequest>): Promise<casesV1.CaseReply> {
    return this.reply(call.caller, await this.edge.commands.archive(call.request, commandOf(call)));
  }

  async restoreCase(call: Rpc<casesV1.RestoreCaseRequest>): Promise<casesV1.CaseReply> {
    return this.reply(call.caller, await this.edge.commands.restore(call.request, commandOf(call)));
  }

  async linkCaseContact(call: Rpc<casesV1.LinkCaseContactRequest>): Promise<casesV1.CaseReply> {
    return this.reply(call.caller, await this.edge.commands.link(call.request, commandOf(call)));
  }

  async unlinkCaseContact(call: Rpc<casesV1.UnlinkCaseContactRequest>): Promise<casesV1.CaseReply> {
    return this.reply(call.caller, await this.edge.commands.unlink(call.request, commandOf(call)));
  }

  async getCases({ request, caller }: Rpc<casesV1.GetCasesRequest>): Promise<casesV1.GetCasesReply> {
    if (caller.kind !== 'service') requireReach(caller, 'cases.read');
    if (request.ids.length > IDS_MAX) throw limit('PAGE_SIZE_EXCEEDED', { limit: IDS_MAX });
    const { store } = this.edge.deps;
    await caughtUp(store, request.minPosition);
    return { cases: await store.transaction(tenantOf(caller), (tx) => readCases(tx, caller, request.ids)) };
  }

  async listCases({ request, caller }: Rpc<casesV1.ListCasesRequest>): Promise<casesV1.ListCasesReply> {
    await caughtUp(this.edge.deps.store, request.minPosition);
    return listCases(this.edge.deps, caller, request);
  }

  async casesOfContacts({
    request,
    caller,
  }: Rpc<casesV1.CasesOfContactsRequest>): Promise<casesV1.CasesOfContactsReply> {
    await caughtUp(this.edge.deps.store, request.minPosition);
    return casesOfContacts(this.edge.deps.store, caller, request);
  }

  history({ request, caller }: Rpc<casesV1.HistoryRequest>): Promise<casesV1.HistoryReply> {
    return historyOf(this.edge.deps.store, caller, request);
  }

  provenance({ request, caller }: Rpc<casesV1.ProvenanceRequest>): Promise<casesV1.ProvenanceReply> {
    return provenanceOf(this.edge.deps.store, caller, request);
  }

  differences({ request, caller }: Rpc<casesV1.DifferencesRequest>): Promise<casesV1.DifferencesReply> {
    return differencesOf(this.edge.deps.store, caller, request);
  }

  changes({ request, caller, signal }: Rpc<casesV1.ChangesRequest>): AsyncIterable<casesV1.CaseChange> {
    return changesOf(this.edge.deps, caller, request, signal);
  }

  async listCaseTypes({ request, caller }: Rpc<casesV1.ListCaseTypesRequest>): Promise<casesV1.ListCaseTypesReply> {
    await caughtUp(this.edge.deps.store, request.minPosition);
    return { types: await listTypes(this.edge.deps.store, caller, request) };
  }

  async saveCaseType(call: Rpc<casesV1.SaveCaseTypeRequest>): Promise<casesV1.CaseTypeReply> {
    return this.typeReply(call.caller, await this.edge.types.save(call.request, commandOf(call)));
  }

  async archiveCaseType(call: Rpc<casesV1.ArchiveCaseTypeRequest>): Promise<casesV1.CaseTypeReply> {
    return this.typeReply(call.caller, await this.edge.types.archive(call.request, commandOf(call)));
  }

  async listCaseLists({ request, caller }: Rpc<casesV1.ListCaseListsRequest>): Promise<casesV1.ListCaseListsReply> {
    await caughtUp(this.edge.deps.store, request.minPosition);
    return listLists(this.edge.deps.store, caller, request);
  }

  async getCaseLists({ request, caller }: Rpc<casesV1.GetCaseListsRequest>): Promise<casesV1.GetCaseListsReply> {
    await caughtUp(this.edge.deps.store, request.minPosition);
    return { lists: await listsBy(this.edge.deps.store, caller, request) };
  }

  async createCaseList(call: Rpc<casesV1.CreateCaseListRequest>): Promise<casesV1.CaseListReply> {
    return this.listReply(call.caller, await this.edge.lists.create(call.request, commandOf(call)));
  }

  async renameCaseList(call: Rpc<casesV1.RenameCaseListRequest>): Promise<casesV1.CaseListReply> {
    return this.listReply(call.caller, await this.edge.lists.rename(call.request, commandOf(call)));
  }

  async archiveCaseList(call: Rpc<casesV1.ArchiveCaseListRequest>): Promise<casesV1.CaseListReply> {
    return this.listReply(call.caller, await this.edge.lists.archive(call.request, commandOf(call)));
  }

  async addCasesToList(call: Rpc<casesV1.ListMembersRequest>): Promise<casesV1.CaseListReply> {
    return this.listReply(call.caller, await this.edge.lists.add(call.request, commandOf(call)));
  }

  async removeCasesFromList(call: Rpc<casesV1.ListMembersRequest>): Promise<casesV1.CaseListReply> {
    return this.listReply(call.caller, await this.edge.lists.remove(call.request, commandOf(call)));
  }

  async listCaseListMembers({
    request,
    caller,
  }: Rpc<casesV1.ListCaseListMembersRequest>): Promise<casesV1.ListCasesReply> {
    const { store } = this.edge.deps;
    await caughtUp(store, request.minPosition);
    const { id: list } = await store.transaction(tenantOf(caller), (tx) => visibleList(tx, caller, request.id));
    const { first, after, count } = request;
    const filter = { ...NO_FILTER, list, archived: 'INCLUDE' };
    const page = { first, after, count, before: '', last: 0, minPosition: '' };
    return listCases(this.edge.deps, caller, { filter, sort: 'NAME', descending: false, ...page });
  }

  private async reply(caller: CallContext, done: Replied): Promise<casesV1.CaseReply> {
    const cases = await this.byId(caller, [done.id]);
    const warnings = done.warnings.map(({ code, field }) => toIssue({ measures: {}, code, field, severity: 'WARNING' }));
    return { case: cases.get(done.id), warnings, replayed: done.replayed };
  }

  // Who may write a case is shown what has become of it, whether or not the key may read others.
  private async byId(caller: CallContext, ids: readonly string[]): Promise<Map<string, casesV1.Case>> {
    const wanted = ids.filter((id) => id !== '');
    const cases = await this.edge.deps.store.transaction(tenantOf(caller), (tx) => readCases(tx, reading(caller), wanted));
    return new Map(cases.map((each) => [each.id, each]));
  }

  private async typeReply(
    caller: CallContext,
    { id, replayed }: { readonly id: string; readonly replayed: boolean },
  ): Promise<casesV1.CaseTypeReply> {
    return { type: await typeById(this.edge.deps.store, caller, id), replayed };
  }

  private async listReply(caller: CallContext, { id, changed, replayed }: ListReplied): Promise<casesV1.CaseListReply> {
    const [list] = await listsBy(this.edge.deps.store, reading(caller), { ids: [id], names: [] });
    if (list === undefined) throw notFound();
    return { list, replayed, changed };
  }
}

function reading(caller: CallContext): CallContext {
  return { ...caller, permissions: [...caller.permissions, 'cases.read'] };
}

function commandOf({ caller, traceparent, request }: Rpc<{ readonly idempotencyKey: string }>): Command {
  const { idempotencyKey } = request;
  return { caller, idempotencyKey, ...(traceparent === undefined ? {} : { traceparent }) };
}

function toResult(done: SubmittedDone, found: casesV1.Case | undefined): casesV1.SubmittedResult {
  const { outcome, reason, issues, candidates, client, clientOutcome, clientReview } = done;
  const known = { outcome, reason, client, clientOutcome, clientReview };
  return { ...known, case: found, issues: issues.map(toIssue), candidates: [...candidates] };
}

function toIssue({ code, severity, field, measures }: SubmittedDone['issues'][number]): targetsV1.RowIssue {
  return { code, severity, field, column: -1, text: '', suggestion: '', params: { ...measures } };
}
