import type { InlineProjection, StoredEvent, StoreTransaction } from '@caseledger/event-store';
import { REVERT_CATEGORY } from '../import-events.catalogue.js';
import { NO_REVERT_COUNTS, type RevertCounts, type RevertEvent } from '../revert/revert.events.js';

/* Reverts and restores as they are shown below their import (REV-012); plain JSON per revert. */

export interface RevertView {
  readonly id: string;
  readonly importId: string;
  readonly kind: 'REVERT' | 'RESTORE';
  readonly ofRevert: string;
  readonly state: string;
  readonly hash: string;
  /** Predicted until the end, then what became of the records. */
  readonly counts: RevertCounts;
  /** Records of the preview. */
  readonly records: number;
  readonly createdPolicy: string;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly endedAt: string;
  readonly code: string;
  readonly builtOnBy: readonly string[];
  /** The preview made instead of one that had become stale. */
  readonly replacedBy: string;
}

export const revertsProjection: InlineProjection = {
  name: 'reverts',
  tables: ['app.revert'],
  categories: [REVERT_CATEGORY],
  async apply(tx, events) {
    const ids = [...new Set(events.map(({ stream }) => stream))];
    const views = await readReverts(tx, ids);
    for (const id of ids) {
      const view = events.filter(({ stream }) => stream === id).reduce(evolveRevertView, views.get(id));
      if (view !== undefined) await save(tx, view);
    }
  },
};

export function evolveRevertView(view: RevertView | undefined, stored: StoredEvent): RevertView | undefined {
  const event = { type: stored.type, data: stored.data } as unknown as RevertEvent;
  const at = stored.at.toISOString();
  if (view === undefined) {
    if (event.type !== 'RevertPlanned') return undefined;
    const { revertId: id, importId, kind, ofRevert, createdPolicy, plannedBy: createdBy } = event.data;
    const blank = { hash: '', counts: NO_REVERT_COUNTS, records: 0, endedAt: '', code: '', builtOnBy: [], replacedBy: '' };
    return { id, importId, kind, ofRevert, state: 'PREVIEWING', createdPolicy, createdBy, createdAt: at, ...blank };
  }
  return { ...view, ...changesBy(event, at) };
}

function changesBy(event: RevertEvent, at: string): Partial<RevertView> {
  switch (event.type) {
    case 'RevertPreviewed': {
      const { hash, counts, builtOnBy } = event.data;
      return { state: 'READY', hash, counts, records: counts.total, builtOnBy };
    }
    case 'RevertStale':
      return { state: 'STALE', code: event.data.code, replacedBy: event.data.by };
    case 'RevertConfirmed':
      return { state: 'QUEUED' };
    case 'RevertStarted':
    case 'RevertResumed':
    case 'RevertCancelRequested':
      return { state: 'RUNNING', code: '' };
    case 'RevertPaused':
      return { state: 'PAUSED', code: event.data.code };
    case 'RevertCancelled':
      return { state: 'CANCELLED', counts: event.data.counts, endedAt: at };
    case 'RevertCompleted': {
      const { counts } = event.data;
      return { state: counts.conflict > 0 ? 'COMPLETED_WITH_CONFLICTS' : 'COMPLETED', counts, endedAt: at };
    }
    case 'RevertRestored':
      return { state: 'RESTORED' };
    case 'RevertPlanned':
      return {};
  }
}

async function save(tx: StoreTransaction, view: RevertView): Promise<void> {
  await tx.query(
    `insert into app.revert (tenant, id, import_id, state, created_at, view) values ($1, $2, $3, $4, $5, $6)
     on conflict (tenant, id) do update set state = excluded.state, view = excluded.view`,
    [tx.tenant, view.id, view.importId, view.state, view.createdAt, JSON.stringify(view)],
  );
}

export async function readReverts(tx: StoreTransaction, ids: readonly string[]): Promise<Map<string, RevertView>> {
  const { rows } = await tx.query<{ id: string; view: RevertView }>('select id, view from app.revert where tenant = $1 and id = any($2::uuid[])', [
    tx.tenant,
    [...ids],
  ]);
  return new Map(rows.map(({ id, view }) => [id, view]));
}

/** The reverts of an import, oldest first. */
export async function revertsOf(tx: StoreTransaction, importId: string): Promise<RevertView[]> {
  const { rows } = await tx.query<{ view: RevertView }>(
    'select view from app.revert where tenant = $1 and import_id = $2 order by created_at, id',
    [tx.tenant, importId],
  );
  return rows.map(({ view }) => view);
}

export interface RevertRecordRow {
  readonly record: string;
  /** Name of the target that owns it. */
  readonly target: string;
  readonly lane: number;
  readonly seq: number;
  readonly outcome: string;
  readonly reason: string;
}

/** Records of a revert by id, with their result or, before the run, their prediction. */
export async function listRevertRecords(
  tx: StoreTransaction,
  revert: string,
  outcome: string,
  page: { readonly first: number; readonly after: string },
): Promise<RevertRecordRow[]> {
  const { rows } = await tx.query<RevertRecordRow & Record<string, unknown>>(
    `select record, target, lane, seq, coalesce(outcome, predicted) as outcome, reason from app.revert_record
     where tenant = $1 and revert = $2 and ($3 = '' or coalesce(outcome, predicted) = $3)
       and ($4 = '' or record > nullif($4, '')::uuid)
     order by record limit $5`,
    [tx.tenant, revert, outcome, page.after, page.first],
  );
  return rows;
}
