import { pgArray, type InlineProjection, type StoreTransaction } from '@caseledger/event-store';
import {
  KNOWN_OWNERS,
  knownHashes,
  writeKeys,
  batchesOf,
  changesOfBatch,
  contributionsIn,
  type KeyHasher,
  type FoldedKind,
  type RecordChange,
} from '@caseledger/row-target';
import { evolveAll, initial, type CaseState } from '../case/case.js';
import { CASE_CATEGORY, caseEventOf, pastEventOf } from '../case/stored-case.js';
import { keysOfRecord } from '../rows/record-keys.js';
import { columnsOfState } from './case.row.js';
import { writeParts } from './case-parts.projection.js';

/** A case before and after the events at hand. */
export type CaseChange = RecordChange<CaseState>;

/** Cases, what belongs to them, their match keys and the imports that contribute to them, in the append's transaction. */
export function caseProjection(hasher: KeyHasher): InlineProjection {
  return {
    name: 'case',
    tables: [
      'app.case_state',
      'app.case_contact',
      'app.case_key_date',
      'app.case_list_member',
      'app.match_key',
      'app.case_import',
    ],
    categories: [CASE_CATEGORY],
    apply: async (tx, events, known) => {
      for (const batch of batchesOf(events)) {
        const changes = await changesOfBatch(tx, folded, batch, known);
        await writeCases(tx, changes);
        await writeParts(tx, changes);
        const owners = known?.get(KNOWN_OWNERS) as ReadonlyMap<string, readonly string[]> | undefined;
        await writeKeys(tx, { hasher: knownHashes(hasher, known), keysOf: keysOfRecord }, changes, owners);
        await writeContributions(tx, batch);
      }
    },
  };
}

const writeContributions = contributionsIn('app.case_import', 'case_id');

const folded: FoldedKind<CaseState> = {
  load: loadStates,
  fold: (before, events) =>
    evolveAll(
      before ?? initial(),
      events.map((stored) => ({ event: caseEventOf(stored), source: pastEventOf(stored) })),
    ),
};

const STATES = `
select c.id, c.state from unnest($2::uuid[]) u(id) cross join lateral (
  select c.id, c.state from app.case_state c where c.tenant = $1 and c.id = u.id limit 1) c`;

async function loadStates(tx: StoreTransaction, ids: readonly string[]): Promise<Map<string, CaseState>> {
  if (ids.length === 0) return new Map();
  const values = [tx.tenant, pgArray('uuid', ids)];
  const { rows } = await tx.query<{ id: string; state: CaseState }>({ name: 'case_states', text: STATES, values });
  return new Map(rows.map(({ id, state }) => [id, state]));
}

const GIVEN = `
from unnest($2::uuid[], $3::int4[], $4::json[], $5::text[], $6::text[], $7::text[], $8::uuid[], $9::uuid[], $10::text[], $11::text[],
  $12::text[], $13::text[], $14::text[], $15::bool[], $16::timestamptz[], $17::text[])
  u(id, version, state, number, sort_name, search, type, status, category, source, opened_on, closed_on, archived, needs_review, at, by)`;

const INSERT = `
insert into app.case_state (tenant, id, version, state, number, sort_name, search, type, status, category, source, opened_on, closed_on,
  archived, needs_review, created_at, created_by, changed_at, changed_by)
select $1, u.id, u.version, u.state, u.number, u.sort_name, u.search, u.type, u.status, u.category, u.source, u.opened_on::date,
  u.closed_on::date, u.archived, u.needs_review, u.at, u.by, u.at, u.by ${GIVEN}`;

const UPDATE = `
update app.case_state c set version = u.version, state = u.state, number = u.number, sort_name = u.sort_name, search = u.search,
  type = u.type, status = u.status, category = u.category, source = u.source, opened_on = u.opened_on::date,
  closed_on = u.closed_on::date, archived = u.archived, needs_review = u.needs_review, changed_at = u.at, changed_by = u.by
${GIVEN}
cross join lateral (select f.ctid as place from app.case_state f where f.tenant = $1 and f.id = u.id limit 1) f
where c.ctid = f.place`;

async function writeCases(tx: StoreTransaction, changes: readonly CaseChange[]): Promise<void> {
  const live = changes.flatMap(({ after, ...change }) => (after === undefined ? [] : [{ ...change, after }]));
  const made = live.filter(({ created }) => created);
  const changed = live.filter(({ created }) => !created);
  const erased = changes.filter(({ after }) => after === undefined).map(({ id }) => id);
  if (made.length > 0) await tx.query({ name: 'case_insert', text: INSERT, values: valuesOf(tx.tenant, made) });
  if (changed.length > 0) {
    // Whoever writes a case holds its stream, so nobody moves the rows that were found.
    const { rowCount } = await tx.query({ name: 'case_update', text: UPDATE, values: valuesOf(tx.tenant, changed) });
    if (rowCount !== changed.length) throw new Error(`${rowCount} of ${changed.length} changed cases were there`);
  }
  if (erased.length > 0) {
    const values = [tx.tenant, pgArray('uuid', erased)];
    await tx.query('delete from app.case_state where tenant = $1 and id = any($2::uuid[])', values);
  }
}

function valuesOf(tenant: string, changes: readonly (CaseChange & { readonly after: CaseState })[]): unknown[] {
  const rows = changes.map((change) => ({ ...change, columns: columnsOfState(change.after) }));
  type Row = (typeof rows)[number];
  const texts = (pick: (row: Row) => string | null): Buffer => pgArray('text', rows.map(pick));
  const ids = (pick: (row: Row) => string): Buffer => pgArray('uuid', rows.map(pick));
  return [
    tenant,
    ids(({ id }) => id),
    pgArray('int4', rows.map(({ version }) => version)),
    pgArray('json', rows.map(({ after }) => JSON.stringify(after))),
    texts(({ after }) => after.number),
    texts(({ columns }) => columns.sortName),
    texts(({ columns }) => columns.search),
    ids(({ after }) => after.type),
    ids(({ after }) => after.status),
    texts(({ after }) => after.category),
    texts(({ after }) => after.source),
    texts(({ after }) => after.openedOn),
    texts(({ after }) => after.closedOn),
    texts(({ columns }) => columns.archived),
    pgArray('bool', rows.map(({ after }) => after.review.length > 0)),
    pgArray('timestamptz', rows.map(({ last }) => last.at)),
    texts(({ last }) => last.actor ?? ''),
  ];
}
