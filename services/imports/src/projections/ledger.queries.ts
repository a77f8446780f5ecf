import type { targetsV1 } from '@caseledger/contracts';
import { pgArray, type StoreTransaction } from '@caseledger/event-store';
import { NO_COUNTS, type OutcomeCounts, type RetrySelection } from '../import/import.events.js';
import { NO_REVERT_COUNTS, type RevertCounts } from '../revert/revert.events.js';

/** One entry of the ledger (LED-002), without the file's text. */
export interface LedgerRow {
  readonly row: number;
  readonly attempt: number;
  readonly outcome: string;
  readonly reason: string;
  readonly codes: targetsV1.OutcomeCode[];
  readonly effects: targetsV1.Effect[];
  /** Null when the row matched nothing. */
  readonly match: targetsV1.MatchFound | null;
  /** Null when nobody had decided about the row. */
  readonly decision: targetsV1.RowDecision | null;
}

export interface LedgerFilter {
  readonly outcome: string;
  readonly reason: string;
  readonly code: string;
  /** 0-based; absent when any column will do. */
  readonly column?: number;
  readonly allAttempts: boolean;
  /** Only these rows; empty for all. */
  readonly rows: readonly number[];
}

export const EVERY_ROW: LedgerFilter = { outcome: '', reason: '', code: '', allAttempts: false, rows: [] };

/** Rows of the file that no attempt reached; they are there as soon as the import is cancelled. */
const NOT_REACHED = { outcome: 'SKIPPED', reason: 'NOT_PROCESSED' } as const;

const MATCHES = `
($3 = '' or l.outcome = $3) and ($4 = '' or l.reason = $4)
  and ($5 = '' or l.codes @> jsonb_build_array(jsonb_build_object('code', $5::text)) or l.reason = $5)
  and ($6::int is null or l.codes @> jsonb_build_array(jsonb_build_object('column', $6::int)))
  and ($7 or l.latest)
  and (cardinality($8::int[]) = 0 or l.row = any($8::int[]))`;

const SELECT = `
l.row, l.attempt, l.outcome, l.reason, l.codes, l.effects, l.match, l.decision`;

/**
 * A page of the ledger by row number. `rowsOfFile` is the number of rows that have an entry even if no attempt reached
 * them: the file's rows for a cancelled import, 0 otherwise.
 */
export async function listLedger(
  tx: StoreTransaction,
  importId: string,
  filter: LedgerFilter,
  page: { readonly first: number; readonly afterRow: number; readonly rowsOfFile: number },
): Promise<LedgerRow[]> {
  const values = valuesOf(tx, importId, filter);
  const { rows } = await tx.query<LedgerRow & Record<string, unknown>>(
    `select ${SELECT} from app.import_row l where l.tenant = $1 and l.import_id = $2 and ${MATCHES} and l.row > $9
     order by l.row, l.attempt limit $10`,
    [...values, page.afterRow, page.first],
  );
  if (page.rowsOfFile === 0 || !matchesNotReached(filter)) return rows;
  const missing = await listNotReached(tx, importId, filter, page);
  return [...rows, ...missing].sort((a, b) => a.row - b.row || a.attempt - b.attempt).slice(0, page.first);
}

/** Like a page of the whole ledger, without anything but what became of each row: many pages are read when a run ends. */
export async function outcomesAfter(
  tx: StoreTransaction,
  importId: string,
  page: { readonly first: number; readonly afterRow: number; readonly rowsOfFile: number },
): Promise<Pick<LedgerRow, 'row' | 'outcome' | 'reason'>[]> {
  if (page.rowsOfFile > 0) return listLedger(tx, importId, EVERY_ROW, page);
  // Few outcomes and many rows: the rows of each outcome are told together.
  const { rows } = await tx.query<{ outcome: string; reason: string; numbers: string }>(
    `select outcome, reason, string_agg(row::text, ',') as numbers
     from (select row, outcome, reason from app.import_row
           where tenant = $1 and import_id = $2 and latest and row > $3 order by row limit $4) n
     group by outcome, reason`,
    [tx.tenant, importId, page.afterRow, page.first],
  );
  const all = rows.flatMap(({ outcome, reason, numbers }) => numbers.split(',').map((row) => ({ row: Number(row), outcome, reason })));
  return all.sort((a, b) => a.row - b.row);
}

export async function countLedger(tx: StoreTransaction, importId: string, filter: LedgerFilter, rowsOfFile: number): Promise<number> {
  const { rows } = await tx.query<{ n: number }>(
    `select count(*)::int as n from app.import_row l where l.tenant = $1 and l.import_id = $2 and ${MATCHES}`,
    valuesOf(tx, importId, filter),
  );
  const found = rows[0]?.n ?? 0;
  if (rowsOfFile === 0 || !matchesNotReached(filter)) return found;
  const { rows: reached } = await tx.query<{ n: number }>(
    'select count(*)::int as n from app.import_row where tenant = $1 and import_id = $2 and latest',
    [tx.tenant, importId],
  );
  return found + Math.max(0, rowsOfFile - (reached[0]?.n ?? 0));
}

async function listNotReached(
  tx: StoreTransaction,
  importId: string,
  filter: LedgerFilter,
  page: { readonly first: number; readonly afterRow: number; readonly rowsOfFile: number },
): Promise<LedgerRow[]> {
  const { rows } = await tx.query<{ row: number }>(
    `select n as row from generate_series($3::int + 1, $4::int) n
     where (cardinality($5::int[]) = 0 or n = any($5::int[]))
       and not exists (select from app.import_row l where l.tenant = $1 and l.import_id = $2 and l.row = n)
     order by n limit $6`,
    [tx.tenant, importId, page.afterRow, page.rowsOfFile, pgArray('int4', filter.rows), page.first],
  );
  return rows.map(({ row }) => ({
    row,
    attempt: 1,
    ...NOT_REACHED,
    codes: [],
    effects: [],
    match: null,
    decision: null,
  }));
}

function matchesNotReached(filter: LedgerFilter): boolean {
  const { outcome, reason, code, column } = filter;
  return (
    (outcome === '' || outcome === NOT_REACHED.outcome) &&
    (reason === '' || reason === NOT_REACHED.reason) &&
    (code === '' || code === NOT_REACHED.reason) &&
    column === undefined
  );
}

function valuesOf(tx: StoreTransaction, importId: string, filter: LedgerFilter): unknown[] {
  const { outcome, reason, code, column, allAttempts, rows } = filter;
  return [tx.tenant, importId, outcome, reason, code, column ?? null, allAttempts, pgArray('int4', rows)];
}

/** How many rows an attempt has outcomes for, counted in the ledger itself (LED-001). */
export async function outcomesOf(tx: StoreTransaction, importId: string, attempt: number): Promise<number> {
  const { rows } = await tx.query<{ n: number }>(
    'select count(*)::int as n from app.import_row where tenant = $1 and import_id = $2 and attempt = $3',
    [tx.tenant, importId, attempt],
  );
  return rows[0]?.n ?? 0;
}

/** Counts over the last attempt of every row, from the rows themselves. */
export async function countsOf(tx: StoreTransaction, importId: string): Promise<OutcomeCounts> {
  const { rows } = await tx.query<OutcomeCounts & Record<string, unknown>>(
    `select count(*)::int as read,
       count(*) filter (where outcome = 'CREATED')::int as created, count(*) filter (where outcome = 'UPDATED')::int as updated,
       count(*) filter (where outcome = 'MERGED')::int as merged, count(*) filter (where outcome = 'UNCHANGED')::int as unchanged,
       count(*) filter (where outcome = 'SKIPPED')::int as skipped, count(*) filter (where outcome = 'FAILED')::int as failed,
       count(*) filter (where outcome = 'SKIPPED' and reason = 'HELD_FOR_REVIEW')::int as held,
       count(*) filter (where outcome = 'SKIPPED' and reason = 'NOT_PROCESSED')::int as "notProcessed"
     from app.import_row where tenant = $1 and import_id = $2 and latest`,
    [tx.tenant, importId],
  );
  return rows[0] ?? NO_COUNTS;
}

/** Counts of each attempt by itself, by its number (LED-009); an attempt without any outcome is absent. */
export async function countsByAttempt(tx: StoreTransaction, attempts: readonly { readonly attempt: number; readonly run: string }[]): Promise<Map<number, OutcomeCounts>> {
  const { rows } = await tx.query<{ run: string; counts: Partial<OutcomeCounts> }>(
    'select subject as run, counts from app.tally where tenant = $1 and subject = any($2::uuid[])',
    [tx.tenant, pgArray('uuid', attempts.map(({ run }) => run))],
  );
  const countsOfRun = new Map(rows.map(({ run, counts }) => [run, { ...NO_COUNTS, ...counts }]));
  return new Map(attempts.flatMap(({ attempt, run }) => {
    const counts = countsOfRun.get(run);
    return counts === undefined ? [] : [[attempt, counts]];
  }));
}

/** Counts and last step as the progress tells them; zeros before the first chunk. */
export async function readTally(tx: StoreTransaction, subject: string): Promise<{ step: number; counts: OutcomeCounts }> {
  const { rows } = await tx.query<{ step: string; counts: Partial<OutcomeCounts> }>(
    'select step, counts from app.tally where tenant = $1 and subject = $2',
    [tx.tenant, subject],
  );
  return { step: Number(rows[0]?.step ?? 0), counts: { ...NO_COUNTS, ...rows[0]?.counts } };
}

export async function readRevertTally(tx: StoreTransaction, revert: string): Promise<RevertCounts> {
  const { rows } = await tx.query<{ counts: Partial<RevertCounts> }>('select counts from app.tally where tenant = $1 and subject = $2', [
    tx.tenant,
    revert,
  ]);
  return { ...NO_REVERT_COUNTS, ...rows[0]?.counts };
}

export interface ProgressRow {
  readonly step: number;
  readonly attempt: number;
  readonly rows: number;
  /** Rows of the attempt, or records of the revert, that have their outcome. */
  readonly done: number;
  readonly counts: OutcomeCounts;
  readonly at: Date;
}

/** Steps after a step, oldest first (RUN-003). */
export async function progressAfter(tx: StoreTransaction, subject: string, step: number, limit: number): Promise<ProgressRow[]> {
  const { rows } = await tx.query<Omit<ProgressRow, 'step'> & { step: string }>(
    `select step, attempt, rows, done, counts, at from app.import_progress
     where tenant = $1 and subject = $2 and step > $3 order by step limit $4`,
    [tx.tenant, subject, step, limit],
  );
  return rows.map((row) => ({ ...row, step: Number(row.step), counts: { ...NO_COUNTS, ...row.counts } }));
}

/** Numbers of the rows that a retry or "continue" tries, in file order; `rowsOfFile` is the number of rows there are. */
export async function retryable(tx: StoreTransaction, importId: string, selection: RetrySelection, rowsOfFile: number): Promise<number[]> {
  if (selection.continueCancelled) {
    const { rows } = await tx.query<{ row: number }>(
      `select n as row from generate_series(1, $3::int) n
       where not exists (select from app.import_row l where l.tenant = $1 and l.import_id = $2 and l.row = n) order by n`,
      [tx.tenant, importId, rowsOfFile],
    );
    return rows.map(({ row }) => row);
  }
  const { rows } = await tx.query<{ row: number }>(
    `select l.row from app.import_row l where l.tenant = $1 and l.import_id = $2 and ${MATCHES}
       and (l.outcome = 'FAILED' or (l.outcome = 'SKIPPED' and l.reason = 'HELD_FOR_REVIEW')) order by l.row`,
    valuesOf(tx, importId, { ...EVERY_ROW, ...selection }),
  );
  return rows.map(({ row }) => row);
}

/** The last attempt of each of these rows; rows that no attempt has reached are absent. */
export async function latestAttempts(tx: StoreTransaction, importId: string, rowNumbers: readonly number[]): Promise<Map<number, number>> {
  const { rows } = await tx.query<{ row: number; attempt: number }>(
    `select l.row, l.attempt from app.import_row l join unnest($3::int[]) n on l.row = n
     where l.tenant = $1 and l.import_id = $2 and l.latest`,
    [tx.tenant, importId, pgArray('int4', rowNumbers)],
  );
  return new Map(rows.map(({ row, attempt }) => [row, attempt]));
}

/** Of these rows, those whose last attempt was applied: they are not tried again (LED-007). */
export async function alreadyApplied(tx: StoreTransaction, importId: string, rowNumbers: readonly number[]): Promise<Set<number>> {
  const { rows } = await tx.query<{ row: number }>(
    `select l.row from app.import_row l join unnest($3::int[]) n on l.row = n
     where l.tenant = $1 and l.import_id = $2 and l.latest and l.outcome not in ('FAILED', 'SKIPPED')`,
    [tx.tenant, importId, pgArray('int4', rowNumbers)],
  );
  return new Set(rows.map(({ row }) => row));
}

/** Numbers of the rows whose last attempt matches a filter, at most `limit`. */
export async function rowsMatching(tx: StoreTransaction, importId: string, filter: LedgerFilter, limit: number): Promise<number[]> {
  const { rows } = await tx.query<{ row: number }>(
    `select l.row from app.import_row l where l.tenant = $1 and l.import_id = $2 and ${MATCHES} order by l.row limit $9`,
    [...valuesOf(tx, importId, filter), limit],
  );
  return rows.map(({ row }) => row);
}
