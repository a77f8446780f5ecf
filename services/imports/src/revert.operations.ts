import { targetsV1, type importsV1 } from '@caseledger/contracts';
import { notFound, refused, validation } from '@caseledger/errors';
import { isUuid, uuid7, uuid8 } from '@caseledger/event-store';
import type { Caller, OnceOnly } from './import.commands.js';
import type { ImportContext } from './import.context.js';
import { changeRevertState } from './import/run.decider.js';
import { hasEnded, type Import } from './import/import.js';
import { findChunks, placeOf } from './objects/manifest.js';
import { targetOfImport } from './plan.inputs.js';
import { listRevertRecords, readReverts, revertsOf, type RevertRecordRow, type RevertView } from './projections/reverts.projection.js';
import { confirmRevert, outdate, planRestore, planRevert, type ImportStanding } from './revert/revert.decider.js';
import type { CreatedPolicy } from './revert/revert.events.js';
import type { Ready } from './revert/revert.js';

/** What people do with reverts (REV-001, REV-002, REV-008, REV-012). */
export class RevertOperations {
  constructor(private readonly context: ImportContext) {}

  /** Asks for a preview. @returns the revert's id. */
  async preview(
    caller: Caller,
    importId: string,
    policies: { readonly created: string; readonly records: Readonly<Record<string, string>> },
    once?: OnceOnly,
  ): Promise<{ id: string; replayed: boolean }> {
    const revertId = idOf(caller, once);
    const command = {
      revertId,
      importId,
      createdPolicy: policyOf(policies.created === '' ? 'KEEP' : policies.created),
      recordPolicies: Object.fromEntries(Object.entries(policies.records).map(([record, policy]) => [recordOf(record), policyOf(policy)])),
      plannedBy: caller.actor ?? '',
    };
    const { replayed } = await this.context.commands.work(
      caller,
      { imports: [importId], reverts: [revertId] },
      async ({ imports: [of], reverts: [held] }) => {
        if (of === undefined || held === undefined || of.state.status === 'NONE') throw notFound();
        held.add(planRevert(command, standingOf(of.state), held.state));
      },
      once,
    );
    return { id: revertId, replayed };
  }

  /** Asks for the preview of a restore: a revert of a revert. @returns the new revert's id. */
  async restore(caller: Caller, ofRevert: string, once?: OnceOnly): Promise<{ id: string; replayed: boolean }> {
    const revertId = idOf(caller, once);
    const of = await this.load(caller.tenant, ofRevert);
    const { replayed } = await this.context.commands.work(
      caller,
      { imports: [of.importId], reverts: [ofRevert, revertId] },
      async ({ imports: [imported], reverts: [taken, held] }) => {
        if (imported === undefined || taken === undefined || held === undefined) throw notFound();
        held.add(planRestore({ revertId, plannedBy: caller.actor ?? '' }, taken.state, standingOf(imported.state), held.state));
      },
      once,
    );
    return { id: revertId, replayed };
  }

  /**
   * Confirms the preview of this hash. When a record has changed since, nothing starts: a new preview is being made and
   * the refusal says so. @throws DomainError REVERT_PREVIEW_STALE.
   */
  async confirm(caller: Caller, revertId: string, hash: string, once?: OnceOnly): Promise<{ replayed: boolean }> {
    const { commands } = this.context;
    const state = await commands.loadRevert(caller.tenant, revertId);
    if (state.status === 'NONE') throw notFound();
    const { importId } = state;
    if (state.status === 'READY' && state.preview.hash === hash && (await this.isStale(caller.tenant, state))) {
      await this.previewAgain(caller, state);
      throw refused('REVERT_PREVIEW_STALE');
    }
    return commands.work(
      caller,
      { imports: [importId], reverts: [revertId] },
      async ({ imports: [of], reverts: [held] }) => {
        if (of === undefined || held === undefined) throw notFound();
        const events = confirmRevert(hash, caller.actor ?? '', standingOf(of.state), held.state);
        held.add(events);
        if (events.length > 0) of.add(changeRevertState(revertId, 'REVERTING', of.state));
      },
      once,
    );
  }

  async get(tenant: string, ids: readonly string[], importId: string): Promise<RevertView[]> {
    return this.context.store.transaction(tenant, async (tx) => {
      if (importId !== '') return revertsOf(tx, importId);
      const views = await readReverts(tx, ids.filter(isUuid));
      return ids.flatMap((id) => views.get(id) ?? []);
    });
  }

  async load(tenant: string, id: string): Promise<RevertView> {
    const [view] = await this.get(tenant, [id], '');
    if (view === undefined) throw notFound();
    return view;
  }

  /** Records with their predicted changes, by id (REV-008). */
  async records(
    tenant: string,
    id: string,
    outcome: string,
    page: { readonly first: number; readonly after: string },
  ): Promise<{ records: importsV1.RevertRecord[]; hasNext: boolean }> {
    const view = await this.load(tenant, id);
    const rows = await this.context.store.transaction(tenant, (tx) => listRevertRecords(tx, id, outcome, { ...page, first: page.first + 1 }));
    const shown = rows.slice(0, page.first);
    const changes = await this.changesOf(tenant, view, shown);
    const records = shown.map(({ record, target, outcome: result, reason }) => ({ record, target, outcome: result, reason, changes: changes.get(record) ?? [] }));
    return { records, hasNext: rows.length > page.first };
  }

  private async changesOf(tenant: string, view: RevertView, rows: readonly RevertRecordRow[]): Promise<Map<string, targetsV1.FieldChange[]>> {
    const places = [...new Map(rows.map(({ lane, seq }) => [`${lane}/${seq}`, { lane, seq }])).values()];
    const entries = await this.context.store.transaction(tenant, (tx) => findChunks(tx, view.id, 'prediction', places));
    const wanted = new Set(rows.map(({ record }) => record));
    const changes = new Map<string, targetsV1.FieldChange[]>();
    for (const entry of entries) {
      const bytes = await this.context.objects.get(tenant, view.importId, placeOf(entry), entry.sha256);
      for (const change of targetsV1.ChunkReply.decode(bytes).changes) {
        if (wanted.has(change.record)) changes.set(change.record, [...(changes.get(change.record) ?? []), change]);
      }
    }
    return changes;
  }

  /** Whether a record of the preview has changed since its positions. */
  private async isStale(tenant: string, state: Ready): Promise<boolean> {
    const target = await targetOfImport(this.context, tenant, state.importId);
    const { positions } = state.preview;
    for (let after = ''; ; ) {
      const page = await this.context.store.transaction(tenant, (tx) => listRevertRecords(tx, state.revertId, '', { first: 5_000, after }));
      const last = page.at(-1);
      if (last === undefined) return false;
      const reply = await target.changedSince({ tenant, positions, keys: [], run: state.revertId, records: page.map(({ record }) => record) });
      if (reply.records.length > 0) return true;
      after = last.record;
    }
  }

  private async previewAgain(caller: Caller, state: Ready): Promise<void> {
    const { revertId, importId, createdPolicy, recordPolicies, kind, ofRevert } = state;
    const next = uuid7();
    await this.context.commands.work(caller, { imports: [importId], reverts: [revertId, next] }, async ({ reverts: [held, made] }) => {
      if (held === undefined || made === undefined) return;
      held.add(outdate(next, held.state));
      const planned = { revertId: next, importId, kind, ofRevert, createdPolicy, recordPolicies, plannedBy: caller.actor ?? '' };
      made.add([{ type: 'RevertPlanned', data: planned }]);
    });
  }
}

export function revertReply(view: RevertView, done: number): importsV1.Revert {
  const { id, importId, kind, ofRevert, state, hash, counts, records, createdPolicy, createdBy, builtOnBy, code } = view;
  return {
    id,
    importId,
    kind,
    ofRevert,
    state,
    hash,
    counts,
    done,
    total: records,
    createdPolicy,
    createdBy,
    createdAtMs: Date.parse(view.createdAt),
    endedAtMs: view.endedAt === '' ? 0 : Date.parse(view.endedAt),
    builtOnBy: [...builtOnBy],
    code,
    records,
  };
}

function standingOf(state: Import): ImportStanding {
  return { status: state.status, revertState: state.status === 'NONE' ? 'NONE' : state.revert, written: hasEnded(state) ? state.written : 0 };
}

/** The same key asks for the same preview. */
function idOf(caller: Caller, once: OnceOnly | undefined): string {
  return once === undefined || once.key === '' ? uuid7() : uuid8('revert', caller.tenant, once.key);
}

function policyOf(policy: string): CreatedPolicy {
  if (policy === 'KEEP' || policy === 'STRIP' || policy === 'ARCHIVE') return policy;
  throw validation('VALUE_NOT_ALLOWED', { text: policy, field: 'policy' }, 'createdPolicy');
}

function recordOf(record: string): string {
  if (!isUuid(record)) throw validation('RECORD_NOT_FOUND', { id: record }, 'recordPolicies');
  return record;
}
