import type { targetsV1 } from '@caseledger/contracts';
import { pgArray, type StoreTransaction } from '@caseledger/event-store';
import type { TargetPosition } from '../import/import.events.js';

/* Plans in the making and their rows: an index of the immutable objects that hold them. */

export interface PlanWork {
  readonly plan: string;
  readonly importId: string;
  readonly generation: number;
  readonly lanes: number;
  readonly config: string;
  readonly rows: number;
  readonly positions: readonly TargetPosition[];
}

/** Held until the transaction ends: with `share` nobody changes the row, with `update` nobody else holds it either. */
const LOCKS = { none: '', share: 'for share', update: 'for update' } as const;

/** The state of a plan's making. */
export async function readPlanWork(tx: StoreTransaction, plan: string, lock: keyof typeof LOCKS = 'none'): Promise<PlanWork | undefined> {
  const { rows } = await tx.query<PlanWork & Record<string, unknown>>(
    `select plan, import_id as "importId", generation, lanes, config, rows, positions
     from app.plan_work where tenant = $1 and plan = $2 ${LOCKS[lock]}`,
    [tx.tenant, plan],
  );
  return rows[0];
}

/** Begins a generation of a plan; the first one forgets what an earlier try of the same plan had recorded. */
export async function savePlanWork(tx: StoreTransaction, work: PlanWork): Promise<void> {
  if (work.generation === 1) {
    for (const table of ['plan_row', 'plan_lane']) {
      await tx.query(`delete from app.${table} where tenant = $1 and plan = $2`, [tx.tenant, work.plan]);
    }
    await tx.query('delete from app.manifest where tenant = $1 and set_id = $2', [tx.tenant, work.plan]);
  }
  await tx.query(
    `insert into app.plan_work (tenant, plan, import_id, generation, lanes, config, rows, positions)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (tenant, plan) do update set generation = excluded.generation, lanes = excluded.lanes,
       config = excluded.config, rows = excluded.rows, positions = excluded.positions`,
    [tx.tenant, work.plan, work.importId, work.generation, work.lanes, work.config, work.rows, JSON.stringify(work.positions)],
  );
}

/** Marks a lane as judged; false when somebody else has recorded it already. */
export async function markLaneJudged(tx: StoreTransaction, plan: string, generation: number, lane: number): Promise<boolean> {
  const { rowCount } = await tx.query(
    'insert into app.plan_lane (tenant, plan, generation, lane) values ($1, $2, $3, $4) on conflict do nothing',
    [tx.tenant, plan, generation, lane],
  );
  return rowCount === 1;
}

export async function lanesJudged(tx: StoreTransaction, plan: string, generation: number): Promise<number> {
  const { rows } = await tx.query<{ n: number }>(
    'select count(*)::int as n from app.plan_lane where tenant = $1 and plan = $2 and generation = $3',
    [tx.tenant, plan, generation],
  );
  return rows[0]?.n ?? 0;
}

/** The row objects an attempt's rows are in. */
export async function configOfPlan(tx: StoreTransaction, importId: string, attempt: number): Promise<string | undefined> {
  const { rows } = await tx.query<{ config: string }>(
    `select w.config from app.import i
       cross join lateral jsonb_to_recordset(i.view -> 'attempts') as a (attempt int, plan uuid)
       join app.plan_work w on w.tenant = i.tenant and w.plan = a.plan
     where i.tenant = $1 and i.id = $2 and a.attempt = $3`,
    [tx.tenant, importId, attempt],
  );
  return rows[0]?.config;
}

/** One code of a prediction, as the lists of issues group it. */
export interface PlannedCode {
  readonly code: string;
  readonly severity: string;
  readonly column: number;
  readonly field: string;
}

/** A row's prediction in brief. */
export interface PlanRow {
  readonly row: number;
  readonly lane: number;
  readonly seq: number;
  readonly generation: number;
  readonly outcome: string;
  readonly reason: string;
  readonly matchVerdict: string;
  /** The record matched; null when there is none. */
  readonly record: string | null;
  readonly version: number;
  readonly earlierRow: number;
  readonly effects: readonly string[];
  readonly codes: readonly PlannedCode[];
  /** What was predicted for each part of a row that has parts. */
  readonly parts: readonly targetsV1.RowExpectation[];
  readonly digest: Buffer;
}

const SAVE = `
insert into app.plan_row (tenant, plan, generation, lane, seq, row, outcome, reason, match_verdict,
  record, version, earlier_row, effects, codes, digest, parts)
select $1, $2, $3, $4, n.seq, n.row, n.outcome, n.reason, n.match_verdict, n.record, n.version,
  n.earlier_row, string_to_array(n.effects, ' '), n.codes, n.digest, n.parts
from unnest($5::int[], $6::int[], $7::text[], $8::text[], $9::text[], $10::uuid[], $11::int[], $12::int[], $13::text[],
  $14::jsonb[], $15::bytea[], $16::jsonb[])
  as n (seq, row, outcome, reason, match_verdict, record, version, earlier_row, effects, codes, digest, parts)
on conflict (tenant, plan, row) do update set generation = excluded.generation, lane = excluded.lane,
  seq = excluded.seq, outcome = excluded.outcome,
  reason = excluded.reason, match_verdict = excluded.match_verdict, record = excluded.record,
  version = excluded.version, earlier_row = excluded.earlier_row, effects = excluded.effects, codes = excluded.codes,
  digest = excluded.digest, parts = excluded.parts`;

const SAVE_ROWS = 5_000;

/** Stores the predictions of one lane; those of a later generation replace the earlier ones. */
export async function savePlanRows(
  tx: StoreTransaction,
  of: { readonly plan: string; readonly generation: number; readonly lane: number },
  rows: readonly PlanRow[],
): Promise<void> {
  for (let at = 0; at < rows.length; at += SAVE_ROWS) {
    const part = rows.slice(at, at + SAVE_ROWS);
    await tx.query({
      name: 'imports.save-plan-rows',
      text: SAVE,
      values: [
        tx.tenant,
        of.plan,
        of.generation,
        of.lane,
        pgArray('int4', part.map(({ seq }) => seq)),
        pgArray('int4', part.map(({ row }) => row)),
        pgArray('text', part.map(({ outcome }) => outcome)),
        pgArray('text', part.map(({ reason }) => reason)),
        pgArray('text', part.map(({ matchVerdict }) => matchVerdict)),
        pgArray('uuid', part.map(({ record }) => record)),
        pgArray('int4', part.map(({ version }) => version)),
        pgArray('int4', part.map(({ earlierRow }) => earlierRow)),
        pgArray('text', part.map(({ effects }) => effects.join(' '))),
        pgArray('jsonb', part.map(({ codes }) => JSON.stringify(codes))),
        pgArray('bytea', part.map(({ digest }) => digest)),
        pgArray('jsonb', part.map(({ parts }) => (parts.length === 0 ? null : JSON.stringify(parts)))),
      ],
    });
  }
}

const COLUMNS = `row, lane, seq, generation, outcome, reason, match_verdict as "matchVerdict", record,
  version, earlier_row as "earlierRow", effects, codes, digest, coalesce(parts, '[]') as parts`;

/** The digests of predictions after a row, one after the other as their rows are. */
export async function planDigestsAfter(tx: StoreTransaction, plan: string, afterRow: number, limit: number): Promise<{ numbers: number[]; digests: Buffer }> {
  const { rows } = await tx.query<{ numbers: string | null; digests: Buffer | null }>(
    `select string_agg(n.row::text, ',' order by n.row) as numbers, string_agg(n.digest, ''::bytea order by n.row) as digests
     from (select row, digest from app.plan_row where tenant = $1 and plan = $2 and row > $3 order by row limit $4) n`,
    [tx.tenant, plan, afterRow, limit],
  );
  const { numbers, digests } = rows[0] ?? { numbers: null, digests: null };
  return { numbers: numbers === null ? [] : numbers.split(',').map(Number), digests: digests ?? Buffer.alloc(0) };
}

/** Predictions that end alike, with their number. */
export async function planTotals(tx: StoreTransaction, plan: string): Promise<(Pick<PlanRow, 'outcome' | 'reason' | 'effects'> & { readonly n: number })[]> {
  const { rows } = await tx.query<Pick<PlanRow, 'outcome' | 'reason' | 'effects'> & { n: number } & Record<string, unknown>>(
    'select outcome, reason, effects, count(*)::int as n from app.plan_row where tenant = $1 and plan = $2 group by outcome, reason, effects',
    [tx.tenant, plan],
  );
  return rows;
}

// The range is what an index serves when the planner knows nothing yet of a table that has just been filled.
const THESE_ROWS = 'tenant = $1 and plan = $2 and row between $4 and $5 and row = any($3::int[])';

function theseRows(tx: StoreTransaction, plan: string, numbers: readonly number[]): unknown[] {
  return [tx.tenant, plan, pgArray('int4', numbers), Math.min(...numbers), Math.max(...numbers)];
}

/** Predictions of these rows, by row number. */
export async function planRowsOf(tx: StoreTransaction, plan: string, numbers: readonly number[]): Promise<Map<number, PlanRow>> {
  if (numbers.length === 0) return new Map();
  const { rows } = await tx.query<PlanRow & Record<string, unknown>>(
    `select ${COLUMNS} from app.plan_row where ${THESE_ROWS}`,
    theseRows(tx, plan, numbers),
  );
  return new Map(rows.map((row) => [row.row, row]));
}

/** Where a row belongs in a run, and what the confirmed plan says will become of it. */
export interface PlannedPlace {
  readonly lane: number;
  readonly expected: targetsV1.RowExpectation;
}

/** Places of these rows, by row number; each row has the one of the generation that judged it last. */
export async function placesOf(tx: StoreTransaction, plan: string, numbers: readonly number[]): Promise<Map<number, PlannedPlace>> {
  if (numbers.length === 0) return new Map();
  // Most rows of a lane are expected to end alike: told once, and rows with the same expectation share it.
  const { rows } = await tx.query<
    Pick<PlanRow, 'lane' | 'outcome' | 'reason' | 'record' | 'version'> & { parts: targetsV1.RowExpectation[]; numbers: string } & Record<string, unknown>
  >(
    `select lane, outcome, reason, record, version, coalesce(parts, '[]') as parts, string_agg(row::text, ',') as numbers from app.plan_row
     where ${THESE_ROWS} group by lane, outcome, reason, record, version, parts`,
    theseRows(tx, plan, numbers),
  );
  const places = new Map<number, PlannedPlace>();
  for (const { lane, outcome, reason, record, version, parts, numbers: alike } of rows) {
    const place = { lane, expected: { outcome, reason, record: record ?? '', version, parts, part: 0 } };
    for (const number of alike.split(',')) places.set(Number(number), place);
  }
  return places;
}

export interface PlanFilter {
  readonly outcome: string;
  readonly reason: string;
  readonly code: string;
  readonly column?: number;
  readonly rows: readonly number[];
}

export const EVERY_PLAN_ROW: PlanFilter = { outcome: '', reason: '', code: '', rows: [] };

const MATCHES = `
tenant = $1 and plan = $2 and ($3 = '' or outcome = $3) and ($4 = '' or reason = $4)
  and ($5 = '' or reason = $5 or codes @> jsonb_build_array(jsonb_build_object('code', $5::text)))
  and ($6::int is null or codes @> jsonb_build_array(jsonb_build_object('column', $6::int)))
  and (cardinality($7::int[]) = 0 or row = any($7::int[]))`;

export async function listPlanRows(
  tx: StoreTransaction,
  plan: string,
  filter: PlanFilter,
  page: { readonly first: number; readonly afterRow: number },
): Promise<{ rows: PlanRow[]; total: number }> {
  const values = [tx.tenant, plan, filter.outcome, filter.reason, filter.code, filter.column ?? null, pgArray('int4', filter.rows)];
  const { rows } = await tx.query<PlanRow & Record<string, unknown>>(
    `select ${COLUMNS} from app.plan_row where ${MATCHES} and row > $8 order by row limit $9`,
    [...values, page.afterRow, page.first],
  );
  const { rows: counted } = await tx.query<{ n: number }>(`select count(*)::int as n from app.plan_row where ${MATCHES}`, values);
  return { rows, total: counted[0]?.n ?? 0 };
}

export interface IssueGroupRow {
  readonly code: string;
  readonly severity: string;
  readonly column: number;
  readonly count: number;
  readonly exampleRows: number[];
}

/** Issues of a plan grouped by code and column, with at most 1,000 example rows each (VAL-005). */
export async function issueGroups(tx: StoreTransaction, plan: string): Promise<IssueGroupRow[]> {
  const { rows } = await tx.query<IssueGroupRow & Record<string, unknown>>(
    `select c ->> 'code' as code, c ->> 'severity' as severity, (c ->> 'column')::int as column, count(*)::int as count,
       (array_agg(row order by row))[1:1000] as "exampleRows"
     from app.plan_row, jsonb_array_elements(codes) c where tenant = $1 and plan = $2
     group by 1, 2, 3 order by 2, 4 desc, 1, 3`,
    [tx.tenant, plan],
  );
  return rows;
}

/** Numbers of the rows a filter matches, at most `limit`. */
export async function planRowNumbers(tx: StoreTransaction, plan: string, filter: PlanFilter, limit: number): Promise<number[]> {
  const { rows } = await listPlanRows(tx, plan, filter, { first: limit, afterRow: 0 });
  return rows.map(({ row }) => row);
}
