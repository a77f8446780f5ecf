import type { InlineProjection, StoredEvent, StoreTransaction } from '@caseledger/event-store';
import { IMPORT_CATEGORY } from '../import-events.catalogue.js';
import { evolveView, statusOf, type ImportView } from './import-view.js';

/* Imports for lists and details: one row per import, written in the transaction of its events. */

const SAVE = `
insert into app.import (tenant, id, type, state, status, revert_state, origin, created_by, created_at, changed_at,
  queued_at, file_name, file_sha256, file_kept_since, listed, view)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
on conflict (tenant, id) do update set state = excluded.state, status = excluded.status,
  revert_state = excluded.revert_state, changed_at = excluded.changed_at, queued_at = excluded.queued_at,
  file_name = excluded.file_name, file_sha256 = excluded.file_sha256,
  file_kept_since = excluded.file_kept_since, listed = excluded.listed, view = excluded.view`;

export const importsProjection: InlineProjection = {
  name: 'imports',
  tables: ['app.import'],
  categories: [IMPORT_CATEGORY],
  async apply(tx, events) {
    const streams = [...new Set(events.map(({ stream }) => stream))];
    const views = await readViews(tx, streams);
    for (const stream of streams) {
      const ofStream = events.filter((event) => event.stream === stream);
      const view = ofStream.reduce(evolveView, views.get(stream));
      const last = ofStream.at(-1);
      if (view !== undefined && last !== undefined) await save(tx, view, last);
    }
  },
};

async function save(tx: StoreTransaction, view: ImportView, last: StoredEvent): Promise<void> {
  const { id, type, state, revertState, origin, createdBy, createdAt, queuedAt, file } = view;
  // A corrected failed file lives on in the import it came from (HIS-001: retries are shown there).
  const listed = view.continuesAs === '' && state !== 'DISCARDED';
  const queued = queuedAt === '' ? null : queuedAt;
  const sha256 = file.sha256 === '' ? null : file.sha256;
  await tx.query(SAVE, [
    tx.tenant,
    id,
    type,
    state,
    statusOf(view),
    revertState,
    origin,
    createdBy,
    createdAt,
    last.at,
    queued,
    file.name,
    sha256,
    file.keptSince === '' ? null : file.keptSince,
    listed,
    JSON.stringify(view),
  ]);
}

/** Views of these imports; unknown ids are absent. */
export async function readViews(tx: StoreTransaction, ids: readonly string[]): Promise<Map<string, ImportView>> {
  const { rows } = await tx.query<{ id: string; view: ImportView }>('select id, view from app.import where tenant = $1 and id = any($2::uuid[])', [
    tx.tenant,
    [...ids],
  ]);
  return new Map(rows.map(({ id, view }) => [id, view]));
}

export interface ImportFilter {
  readonly type: string;
  readonly state: string;
  readonly status: string;
  readonly createdBy: string;
  readonly origin: string;
  readonly fileName: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Newest first; a page begins after the import the cursor names, so a list grows without shifting. */
export interface ImportPage {
  readonly first: number;
  readonly after?: { readonly createdAt: string; readonly id: string };
}

const WHERE = `
tenant = $1 and listed
  and ($2 = '' or type = $2) and ($3 = '' or state = $3) and ($4 = '' or status = $4)
  and ($5 = '' or created_by = $5) and ($6 = '' or origin = $6)
  and ($7 = '' or position(lower($7) in lower(file_name)) > 0)
  and ($8::timestamptz is null or created_at >= $8) and ($9::timestamptz is null or created_at < $9)`;

export async function listViews(
  tx: StoreTransaction,
  filter: ImportFilter,
  page: ImportPage,
): Promise<{ views: ImportView[]; hasNext: boolean; total: number }> {
  const values = [
    tx.tenant,
    filter.type,
    filter.state,
    filter.status,
    filter.createdBy,
    filter.origin,
    filter.fileName,
    filter.fromMs === 0 ? null : new Date(filter.fromMs),
    filter.toMs === 0 ? null : new Date(filter.toMs),
  ];
  const { rows } = await tx.query<{ view: ImportView }>(
    `select view from app.import where ${WHERE}
       and ($10::timestamptz is null or (created_at, id) < ($10, $11::uuid))
     order by created_at desc, id desc limit $12`,
    [...values, page.after?.createdAt ?? null, page.after?.id ?? null, page.first + 1],
  );
  const { rows: counted } = await tx.query<{ total: number }>(`select count(*)::int as total from app.import where ${WHERE}`, values);
  const views = rows.map(({ view }) => view);
  return { views: views.slice(0, page.first), hasNext: views.length > page.first, total: counted[0]?.total ?? 0 };
}

/** Earlier imports of the same bytes, newest first, at most ten (FIL-007). */
export async function importsOfFile(tx: StoreTransaction, sha256: string, except: string): Promise<ImportView[]> {
  const { rows } = await tx.query<{ view: ImportView }>(
    `select view from app.import where tenant = $1 and file_sha256 = $2 and id <> $3 and listed and state <> 'REJECTED'
     order by created_at desc, id limit 10`,
    [tx.tenant, sha256, except],
  );
  return rows.map(({ view }) => view);
}

/** How many imports of the company wait before this one, and the place after them, from 1; 0 when it does not wait. */
export async function queuePlace(tx: StoreTransaction, id: string): Promise<number> {
  const { rows } = await tx.query<{ place: number }>(
    `select count(*)::int as place from app.import q join app.import me on me.tenant = q.tenant and me.id = $2
     where q.tenant = $1 and q.state = 'QUEUED' and me.state = 'QUEUED' and (q.queued_at, q.id) <= (me.queued_at, me.id)`,
    [tx.tenant, id],
  );
  return rows[0]?.place ?? 0;
}

/**
 * The imports of the company that may run now: the oldest queued ones, as many as places are free (RUN-009). Only the
 * holder of the company's queue lock may act on the answer.
 */
export async function admissible(tx: StoreTransaction, runningMax: number): Promise<string[]> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('import queue ' || $1, 0))`, [tx.tenant]);
  const { rows } = await tx.query<{ id: string }>(
    `select id from app.import where tenant = $1 and state = 'QUEUED' order by queued_at, id
     limit greatest(0, $2 - (select count(*) from app.import where tenant = $1
       and state in ('RUNNING', 'PAUSED', 'PAUSED_RESOURCE', 'PAUSED_ACCESS', 'CANCELLING')))`,
    [tx.tenant, runningMax],
  );
  return rows.map(({ id }) => id);
}

/** How many drafts and how many waiting imports the company has, for the limits of PRODUCT §6. */
export async function openCounts(tx: StoreTransaction): Promise<{ drafts: number; waiting: number }> {
  const { rows } = await tx.query<{ drafts: number; waiting: number }>(
    `select count(*) filter (where state in ('DRAFT', 'UPLOADING', 'ANALYSING', 'MAPPING', 'PLANNING', 'AWAITING_CONFIRMATION', 'CONFIRMED'))::int as drafts,
            count(*) filter (where state = 'QUEUED')::int as waiting
     from app.import where tenant = $1`,
    [tx.tenant],
  );
  return rows[0] ?? { drafts: 0, waiting: 0 };
}
