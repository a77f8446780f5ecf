import { Controller, Inject } from '@nestjs/common';
import { importsV1 } from '@caseledger/contracts';
import { isUuid } from '@caseledger/event-store';
import { notFound, validation } from '@caseledger/errors';
import { requirePermission, requireReach, type CallContext, type Rpc, type RpcController } from '@caseledger/service-kit';
import { toProtoIssue } from './file/row-reading.js';
import { progressOf } from './import.progress.js';
import { importLine } from './import.replies.js';
import { caseWishesOf, choiceOf, cursorFor, cursorOf, decisionOf, optionsOf, pageOf, resultOf, rowsQueryOf, selectionOf, typeOf } from './import.requests.js';
import { IMPORTS_EDGE, ImportsEdge, callerOf, onceOf } from './imports.edge.js';
import { uploadedBytes } from './objects/file-copy.js';
import { listViews } from './projections/imports.projection.js';
import { readRevertTally } from './projections/ledger.queries.js';
import { issueGroups } from './projections/plan.queries.js';
import type { RevertView } from './projections/reverts.projection.js';
import { originalFile, resultFile } from './result-file.js';
import { shownChanges, shownRow } from './sensitive.js';
import { revertReply } from './revert.operations.js';
import { issueGroupReply, noticesOf } from './import.notices.js';

type Reply = Promise<importsV1.ImportReply>;
type Command = Rpc<importsV1.ImportCommandRequest>;

/** The gRPC edge of imports: checks the right, takes a call apart, hands it on, writes the reply. */
@Controller()
@importsV1.ImportsServiceControllerMethods()
export class ImportsController implements RpcController<importsV1.ImportsServiceServer> {
  constructor(@Inject(IMPORTS_EDGE) private readonly edge: ImportsEdge) {}

  async createImport(call: Rpc<importsV1.CreateImportRequest>): Reply {
    const { request, caller } = call;
    requirePermission(caller, 'imports.run');
    const { fileName, sizeBytes, importKey } = request;
    const wanted = { type: typeOf(request.type), fileName, sizeBytes, importKey, origin: request.origin === '' ? 'FILE' : request.origin };
    const { id, replayed } = await this.edge.uploads.create(callerOf(call), wanted, onceOf('create', request));
    return this.edge.reply(caller, id, { replayed });
  }

  async putFile(call: Rpc<AsyncIterable<importsV1.PutFileRequest>>): Promise<importsV1.PutFileReply> {
    const messages = call.request[Symbol.asyncIterator]();
    const first = await messages.next();
    if (first.done === true) throw validation('REQUIRED_MISSING', { field: 'id' }, 'id');
    const { id, part, sha256, bytes } = first.value;
    await this.edge.allowed(call.caller, id, 'imports.run');
    return this.edge.uploads.put(callerOf(call), id, part, sha256, bytesOf(bytes, messages));
  }

  async listParts(call: Rpc<importsV1.ImportIdRequest>): Promise<importsV1.ListPartsReply> {
    await this.edge.allowed(call.caller, call.request.id, 'imports.run');
    return { parts: await this.edge.uploads.parts(callerOf(call), call.request.id) };
  }

  async completeUpload(call: Rpc<importsV1.CompleteUploadRequest>): Reply {
    const { request, caller } = call;
    await this.edge.allowed(caller, request.id, 'imports.run');
    const { earlier, replayed } = await this.edge.uploads.complete(callerOf(call), request.id, request.sha256, onceOf('complete', request));
    return this.edge.reply(caller, request.id, { replayed, warnings: noticesOf(await this.edge.views(caller.tenant, earlier)) });
  }

  async setAnalysis(call: Rpc<importsV1.SetAnalysisRequest>): Reply {
    const { delimiter, sheet, headerRow } = call.request;
    return this.change(call, 'analysis', (caller, id, once) => this.edge.operations.setAnalysis(caller, id, { delimiter, sheet, headerRow }, once));
  }

  async setMapping(call: Rpc<importsV1.SetMappingRequest>): Reply {
    return this.change(call, 'mapping', (caller, id, once) => this.edge.operations.setMapping(caller, id, call.request.columns, once));
  }

  async setOptions(call: Rpc<importsV1.SetOptionsRequest>): Reply {
    const { options, type } = await this.edge.allowed(call.caller, call.request.id, 'imports.run');
    const wanted = optionsOf(call.request.options, options);
    const wishes = caseWishesOf(call.request.options, type);
    return this.change(call, 'options', (caller, id, once) => this.edge.operations.setOptions(caller, id, wanted, wishes, once));
  }

  async planImport(call: Command): Reply {
    const { request, caller } = call;
    await this.edge.allowed(caller, request.id, 'imports.run');
    const { replayed, warnings } = await this.edge.operations.plan(callerOf(call), request.id, onceOf('plan', request));
    return this.edge.reply(caller, request.id, { replayed, warnings: warnings.map(toProtoIssue) });
  }

  async decideRows(call: Rpc<importsV1.DecideRowsRequest>): Reply {
    const { action, record } = decisionOf(call.request);
    const choice = choiceOf(call.request.rows);
    return this.change(call, 'decide', (caller, id, once) => this.edge.operations.decide(caller, id, choice, action, record, once));
  }

  async confirmImport(call: Rpc<importsV1.ConfirmRequest>): Reply {
    return this.change(call, 'confirm', (caller, id, once) => this.edge.operations.confirm(caller, id, call.request.hash, once));
  }

  async startImport(call: Rpc<importsV1.ConfirmRequest>): Reply {
    return this.change(call, 'start', (caller, id, once) => this.edge.operations.start(caller, id, call.request.hash, once));
  }

  async pauseImport(call: Command): Reply {
    return this.change(call, 'pause', (caller, id, once) => this.edge.control.pause(caller, id, once));
  }

  async resumeImport(call: Command): Reply {
    return this.change(call, 'resume', (caller, id, once) => this.edge.control.resume(caller, id, once));
  }

  async cancelImport(call: Command): Reply {
    return this.change(call, 'cancel', (caller, id, once) => this.edge.control.cancel(caller, id, once));
  }

  async discardImport(call: Command): Reply {
    return this.change(call, 'discard', (caller, id, once) => this.edge.operations.discard(caller, id, once));
  }

  async retryRows(call: Rpc<importsV1.RetryRowsRequest>): Reply {
    const selection = selectionOf(call.request);
    return this.change(call, 'retry', (caller, id, once) => this.edge.operations.retry(caller, id, selection, once));
  }

  async getImports({ request, caller }: Rpc<importsV1.GetImportsRequest>): Promise<importsV1.GetImportsReply> {
    const reach = requireReach(caller, 'imports.read');
    const views = await this.edge.views(caller.tenant, request.ids.slice(0, 100));
    const visible = views.filter(({ createdBy }) => reach === 'all' || createdBy === caller.subject);
    const imports = [];
    for (const view of visible) imports.push(await this.edge.details(caller, view));
    return { imports };
  }

  async listImports({ request, caller }: Rpc<importsV1.ListImportsRequest>): Promise<importsV1.ListImportsReply> {
    const reach = requireReach(caller, 'imports.read');
    const first = pageOf(request.first);
    const after = cursorOf(request.after);
    const filter = { ...request, createdBy: reach === 'all' ? request.createdBy : caller.subject };
    const { views, hasNext, total } = await this.edge.context.store.transaction(caller.tenant, (tx) =>
      listViews(tx, filter, { first, ...(after === undefined ? {} : { after }) }),
    );
    return { edges: views.map((view) => ({ cursor: cursorFor(view), import: importLine(view, caller) })), hasNext, total };
  }

  async listRows({ request, caller }: Rpc<importsV1.ListRowsRequest>): Promise<importsV1.ListRowsReply> {
    const view = await this.edge.allowed(caller, request.id, 'imports.read');
    const hiding = await this.edge.hiding(caller, view);
    const page = await this.edge.rows.list(caller.tenant, view, rowsQueryOf(request));
    return { ...page, rows: page.rows.map((row) => shownRow(row, hiding)) };
  }

  async listIssues({ request, caller }: Rpc<importsV1.ImportIdRequest>): Promise<importsV1.ListIssuesReply> {
    const view = await this.edge.allowed(caller, request.id, 'imports.read');
    const plan = [...view.plans].reverse().find(({ hash }) => hash !== '');
    if (plan === undefined) return { groups: [] };
    const { analysis } = await this.edge.details(caller, view);
    const groups = await this.edge.context.store.transaction(caller.tenant, (tx) => issueGroups(tx, plan.id));
    return { groups: groups.map((group) => issueGroupReply(group, analysis)) };
  }

  async *progress(call: Rpc<importsV1.ProgressRequest>): AsyncGenerator<importsV1.ProgressStep> {
    const { id, after, revert: isRevert } = call.request;
    const importId = isRevert ? (await this.edge.reverts.load(call.caller.tenant, id)).importId : id;
    await this.edge.allowed(call.caller, importId, 'imports.read');
    yield* progressOf(this.edge.context, call.caller.tenant, id, { after, isRevert, signal: call.signal });
  }

  async *originalFile({ request, caller }: Rpc<importsV1.ImportIdRequest>): AsyncGenerator<importsV1.FileChunk> {
    const view = await this.edge.allowed(caller, request.id, 'imports.read');
    yield* originalFile(view, uploadedBytes(this.edge.context, caller.tenant, view.id));
  }

  async *resultFile({ request, caller }: Rpc<importsV1.ResultFileRequest>): AsyncGenerator<importsV1.FileChunk> {
    const view = await this.edge.allowed(caller, request.id, 'imports.read');
    const { kind, format } = resultOf(request);
    yield* resultFile(this.edge.context, caller.tenant, view, { kind, format, hiding: await this.edge.hiding(caller, view) });
  }

  async previewRevert(call: Rpc<importsV1.PreviewRevertRequest>): Promise<importsV1.RevertReply> {
    const { request, caller } = call;
    await this.edge.revertable(caller, request.importId);
    const policies = { created: request.createdPolicy, records: request.recordPolicies };
    const { id, replayed } = await this.edge.reverts.preview(callerOf(call), request.importId, policies, onceOf('revert', request));
    return this.revert(caller, id, replayed);
  }

  async confirmRevert(call: Rpc<importsV1.ConfirmRequest>): Promise<importsV1.RevertReply> {
    await this.edge.revertable(call.caller, await this.importOf(call.caller, call.request.id));
    const { replayed } = await this.edge.reverts.confirm(callerOf(call), call.request.id, call.request.hash, onceOf('confirm revert', call.request));
    return this.revert(call.caller, call.request.id, replayed);
  }

  async pauseRevert(call: Command): Promise<importsV1.RevertReply> {
    return this.changeRevert(call, 'pause revert', (caller, id, once) => this.edge.control.pauseRevert(caller, id, once));
  }

  async resumeRevert(call: Command): Promise<importsV1.RevertReply> {
    return this.changeRevert(call, 'resume revert', (caller, id, once) => this.edge.control.resumeRevert(caller, id, once));
  }

  async cancelRevert(call: Command): Promise<importsV1.RevertReply> {
    return this.changeRevert(call, 'cancel revert', (caller, id, once) => this.edge.control.cancelRevert(caller, id, once));
  }

  async restoreRevert(call: Command): Promise<importsV1.RevertReply> {
    await this.edge.revertable(call.caller, await this.importOf(call.caller, call.request.id));
    const { id, replayed } = await this.edge.reverts.restore(callerOf(call), call.request.id, onceOf('restore', call.request));
    return this.revert(call.caller, id, replayed);
  }

  async getReverts({ request, caller }: Rpc<importsV1.GetRevertsRequest>): Promise<importsV1.GetRevertsReply> {
    const reach = requireReach(caller, 'imports.read');
    const known = request.importId === '' || isUuid(request.importId) ? request.importId : '';
    const views = await this.edge.reverts.get(caller.tenant, request.ids.slice(0, 100), known);
    const imports = new Map((await this.edge.views(caller.tenant, views.map(({ importId }) => importId))).map((view) => [view.id, view]));
    const visible = views.filter(({ importId }) => reach === 'all' || imports.get(importId)?.createdBy === caller.subject);
    const reverts = [];
    for (const view of visible) reverts.push(await this.revertOf(caller, view));
    return { reverts };
  }

  async listRevertRecords({ request, caller }: Rpc<importsV1.ListRevertRecordsRequest>): Promise<importsV1.ListRevertRecordsReply> {
    const view = await this.edge.allowed(caller, await this.importOf(caller, request.id), 'imports.read');
    if (request.after !== '' && !isUuid(request.after)) throw validation('VALUE_NOT_ALLOWED', { text: request.after, field: 'cursor' }, 'after');
    const hiding = await this.edge.hiding(caller, view);
    const page = await this.edge.reverts.records(caller.tenant, request.id, request.outcome, { first: pageOf(request.first), after: request.after });
    return { ...page, records: page.records.map((record) => ({ ...record, changes: shownChanges(record.changes, hiding) })) };
  }

  async limits(): Promise<importsV1.LimitsReply> {
    const { fileBytes, rows, columns, cellCharacters, partBytes } = this.edge.context.limits;
    return { fileBytes, rows, columns, cellCharacters, partBytes };
  }

  private async change(
    call: Rpc<{ readonly id: string; readonly idempotencyKey: string }>,
    command: string,
    act: (caller: ReturnType<typeof callerOf>, id: string, once: ReturnType<typeof onceOf>) => Promise<{ replayed: boolean }>,
  ): Reply {
    const { request, caller } = call;
    await this.edge.allowed(caller, request.id, 'imports.run');
    return this.edge.reply(caller, request.id, await act(callerOf(call), request.id, onceOf(command, request)));
  }

  private async changeRevert(
    call: Command,
    command: string,
    act: (caller: ReturnType<typeof callerOf>, id: string, once: ReturnType<typeof onceOf>) => Promise<{ replayed: boolean }>,
  ): Promise<importsV1.RevertReply> {
    await this.edge.revertable(call.caller, await this.importOf(call.caller, call.request.id));
    const { replayed } = await act(callerOf(call), call.request.id, onceOf(command, call.request));
    return this.revert(call.caller, call.request.id, replayed);
  }

  /** The import that a revert is of. @throws DomainError NOT_FOUND */
  private async importOf(caller: CallContext, revert: string): Promise<string> {
    if (!isUuid(revert)) throw notFound();
    return (await this.edge.reverts.load(caller.tenant, revert)).importId;
  }

  private async revert(caller: CallContext, id: string, replayed: boolean): Promise<importsV1.RevertReply> {
    return { revert: await this.revertOf(caller, await this.edge.reverts.load(caller.tenant, id)), replayed };
  }

  private async revertOf(caller: CallContext, view: RevertView): Promise<importsV1.Revert> {
    const { total } = await this.edge.context.store.transaction(caller.tenant, (tx) => readRevertTally(tx, view.id));
    return revertReply(view, total);
  }
}

/** The bytes of an upload, from its first message on. */
async function* bytesOf(first: Uint8Array, rest: AsyncIterator<importsV1.PutFileRequest>): AsyncGenerator<Buffer> {
  if (first.length > 0) yield Buffer.from(first);
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield Buffer.from(next.value.bytes);
}
