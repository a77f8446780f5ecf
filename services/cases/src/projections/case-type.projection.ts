import type { InlineProjection, StoreTransaction, StoredEvent } from '@caseledger/event-store';
import { evolve, initial, type CaseTypeState } from '../case-type/case-type.js';
import type { CaseTypeEvent } from '../case-type/case-type.events.js';

/** The category of the streams of case types. */
export const CASE_TYPE_CATEGORY = 'case-type';

const UPSERT = `
insert into app.case_type (tenant, id, version, state, archived, made_at, changed_by) values ($1, $2, $3, $4::jsonb, $5, $6, $7)
on conflict (tenant, id) do update set version = excluded.version, state = excluded.state, archived = excluded.archived,
  changed_by = excluded.changed_by`;

/** Case types with their statuses, as their streams give them. */
export const caseTypeProjection: InlineProjection = {
  name: 'case-type',
  tables: ['app.case_type'],
  categories: [CASE_TYPE_CATEGORY],
  apply: async (tx, events) => {
    const states = new Map<string, CaseTypeState>();
    for (const stored of events) {
      const before = states.get(stored.stream) ?? (await presentState(tx, stored));
      const after = evolve(before, { type: stored.type, data: stored.data } as object as CaseTypeEvent);
      states.set(stored.stream, after);
      const values = [tx.tenant, stored.stream, stored.version, JSON.stringify(after), after.archived, stored.at, stored.actor ?? ''];
      await tx.query({ name: 'case_type_upsert', text: UPSERT, values });
    }
  },
};

async function presentState(tx: StoreTransaction, { stream, version }: StoredEvent): Promise<CaseTypeState> {
  if (version === 1) return initial();
  const sql = 'select state from app.case_type where tenant = $1 and id = $2';
  const { rows } = await tx.query<{ state: CaseTypeState }>(sql, [tx.tenant, stream]);
  return rows[0]?.state ?? initial();
}
