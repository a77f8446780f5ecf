import type { InlineProjection, StoreTransaction, StoredEvent } from '@caseledger/event-store';
import { evolve, initial, type CaseListState } from '../case-list/case-list.js';
import type { CaseListEvent } from '../case-list/case-list.events.js';
import { foldedName } from '../case-list/list-name.js';

/** The category of the streams of lists. */
export const CASE_LIST_CATEGORY = 'case-list';

const UPSERT = `
insert into app.case_list (tenant, id, version, state, folded, archived, import, made_at)
values ($1, $2, $3, $4::jsonb, $5, $6, $7, $8)
on conflict (tenant, id) do update set version = excluded.version, state = excluded.state, folded = excluded.folded,
  archived = excluded.archived`;

/** Lists of cases, as their streams give them; their members are told by the cases. */
export const caseListProjection: InlineProjection = {
  name: 'case-list',
  tables: ['app.case_list'],
  categories: [CASE_LIST_CATEGORY],
  apply: async (tx, events) => {
    const states = new Map<string, CaseListState>();
    for (const stored of events) {
      const before = states.get(stored.stream) ?? (await presentState(tx, stored));
      const after = evolve(before, { type: stored.type, data: stored.data } as object as CaseListEvent);
      states.set(stored.stream, after);
      const importId = stored.origin.kind === 'import' ? (stored.origin.id ?? null) : null;
      const isArchived = after.archived !== null;
      const state = JSON.stringify(after);
      const values = [tx.tenant, stored.stream, stored.version, state, foldedName(after.name), isArchived, importId, stored.at];
      await tx.query({ name: 'case_list_upsert', text: UPSERT, values });
    }
  },
};

async function presentState(tx: StoreTransaction, { stream, version }: StoredEvent): Promise<CaseListState> {
  if (version === 1) return initial();
  const sql = 'select state from app.case_list where tenant = $1 and id = $2';
  const { rows } = await tx.query<{ state: CaseListState }>(sql, [tx.tenant, stream]);
  return rows[0]?.state ?? initial();
}
