import type { importsV1 } from '@caseledger/contracts';
import { denied, notFound } from '@caseledger/errors';
import { isUuid, type JsonValue } from '@caseledger/event-store';
import { requirePermission, type CallContext, type Permission, type Rpc } from '@caseledger/service-kit';
import { AnalysisViews } from './analysis.views.js';
import type { CaseCatalogue } from './case-choices.js';
import type { EffectDifferences } from './differences.js';
import type { Caller, OnceOnly } from './import.commands.js';
import type { ImportContext } from './import.context.js';
import { ImportOperations } from './import.operations.js';
import { importReply, mayRevert } from './import.replies.js';
import { ImportRows } from './import.rows.js';
import type { ImportView } from './projections/import-view.js';
import { readViews } from './projections/imports.projection.js';
import { RevertOperations } from './revert.operations.js';
import { RunControl } from './run.control.js';
import { hidingFrom, shownAnalysis, type Hiding } from './sensitive.js';
import { Uploads } from './upload.js';

/** What imports asks the services whose records it writes, one question at a time. */
export interface RecordQuestions {
  readonly differences: EffectDifferences;
  readonly catalogue: CaseCatalogue;
}

/** The parts a controller works with, and what every call of it does alike. */
export class ImportsEdge {
  readonly uploads: Uploads;
  readonly operations: ImportOperations;
  readonly control: RunControl;
  readonly reverts: RevertOperations;
  readonly rows: ImportRows;
  private readonly analyses: AnalysisViews;

  constructor(
    readonly context: ImportContext,
    ask: RecordQuestions,
  ) {
    this.uploads = new Uploads(context);
    this.operations = new ImportOperations(context, ask.catalogue);
    this.control = new RunControl(context);
    this.reverts = new RevertOperations(context);
    this.rows = new ImportRows(context, ask.differences);
    this.analyses = new AnalysisViews(context.objects);
  }

  /** An import the caller may see or change. @throws DomainError NOT_FOUND for an unknown id, FORBIDDEN. */
  async allowed(caller: CallContext, id: string, permission: Permission): Promise<ImportView> {
    const [view] = await this.views(caller.tenant, [id]);
    if (view === undefined) {
      requirePermission(caller, permission, caller.subject);
      throw notFound();
    }
    requirePermission(caller, permission, view.createdBy);
    return view;
  }

  /** An import the caller may revert. @throws DomainError NOT_FOUND, REVERT_FORBIDDEN (REV-001). */
  async revertable(caller: CallContext, id: string): Promise<ImportView> {
    const [view] = await this.views(caller.tenant, [id]);
    if (!mayRevert(caller, view?.createdBy ?? caller.subject)) throw denied('REVERT_FORBIDDEN');
    if (view === undefined) throw notFound();
    return view;
  }

  async views(tenant: string, ids: readonly string[]): Promise<ImportView[]> {
    const known = ids.filter(isUuid);
    const views = await this.context.store.transaction(tenant, (tx) => readViews(tx, known));
    return ids.flatMap((id) => views.get(id) ?? []);
  }

  /** The import after a command, with everything about it. */
  async reply(caller: CallContext, id: string, of: { replayed: boolean; warnings?: importsV1.ImportReply['warnings'] }): Promise<importsV1.ImportReply> {
    const [view] = await this.views(caller.tenant, [id]);
    if (view === undefined) throw notFound();
    return { import: await this.details(caller, view), warnings: of.warnings ?? [], replayed: of.replayed };
  }

  async details(caller: CallContext, view: ImportView): Promise<importsV1.Import> {
    const analysis = await this.analyses.of(caller.tenant, view);
    const shown = analysis === undefined ? undefined : shownAnalysis(analysis, hidingFrom(caller, view, analysis));
    return this.context.store.transaction(caller.tenant, (tx) => importReply(tx, view, caller, shown));
  }

  /** What the caller does not get to see of an import (SEC-013). */
  async hiding(caller: CallContext, view: ImportView): Promise<Hiding> {
    return hidingFrom(caller, view, await this.analyses.of(caller.tenant, view));
  }
}

/** Token of the edge: it is made outside of the framework, where its parts are. */
export const IMPORTS_EDGE = Symbol('imports edge');

/** On whose behalf a call acts. */
export function callerOf({ caller, traceparent }: Pick<Rpc<unknown>, 'caller' | 'traceparent'>): Caller {
  const { tenant, subject, apiKeyId } = caller;
  const origin = apiKeyId === undefined ? ({ kind: 'user', id: subject } as const) : ({ kind: 'api', id: apiKeyId } as const);
  return { tenant, actor: subject, origin, ...(traceparent === undefined ? {} : { traceparent }) };
}

/** The idempotency key of a request with what it stands for: the command, and all it was asked with (API-004). */
export function onceOf(command: string, request: { readonly idempotencyKey: string }): OnceOnly {
  const { idempotencyKey, ...rest } = request;
  return { key: idempotencyKey, request: JSON.parse(JSON.stringify({ command, ...rest })) as JsonValue };
}
