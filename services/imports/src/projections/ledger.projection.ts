import { factsV1, targetsV1 } from '@caseledger/contracts';
import { pgArray } from '@caseledger/event-store';
import { byTenant, consume, type ConsumerTransaction, type Consumption } from '@caseledger/event-streams';
import type { RowTarget } from '@caseledger/row-target';
import type { ImportType, OutcomeCounts } from '../import/import.events.js';
import { countRecords, countRows } from './outcome-counts.js';
import { accountantsOf } from './runs.projection.js';

/*
 * The ledger: what became of every row of every attempt, and of every record of a revert, as the targets say it in
 * `ImportChunkApplied`. Rows, counts and the consumer's checkpoint are stored in one transaction, so that a message is
 * counted once whatever is killed when.
 */

const CHUNK_APPLIED = 'ImportChunkApplied';

/** Told which runs have moved, once that is stored; the reactor looks after them. */
export type RunMoved = (tenant: string, run: string) => void;

/** Tables that follow from the targets' events; emptied together with the consumer's checkpoint by a rebuild. */
export const LEDGER_VIEW_TABLES = ['app.import_row', 'app.run_chunk', 'app.tally', 'app.import_progress'] as const;

/** The consumer of one target's topic that keeps the ledger. */
export function ledgerConsumer(target: RowTarget, moved: RunMoved): Consumption {
  const { name: topic, partitions } = target.topic;
  return consume({ consumer: 'imports.ledger', source: target.name, topic, partitions }, async (batch, tx) => {
    const applied = batch.filter(({ type }) => type === CHUNK_APPLIED);
    for (const [tenant, messages] of [...byTenant(applied)].sort(([a], [b]) => compare(a, b))) {
      await tx.useTenant(tenant);
      const chunks = messages.map((message) => ({ at: message.at, chunk: factsV1.ImportChunkApplied.decode(message.payload) }));
      // Members lock tallies in one order; the chunks of an import stay in the order they came in.
      chunks.sort((a, b) => compare(subjectOf(a.chunk), subjectOf(b.chunk)));
      for (const { at, chunk } of chunks) await applyChunk(tx, tenant, at, chunk, target.name);
      for (const run of new Set(chunks.map(({ chunk }) => chunk.run))) tx.afterCommit(() => moved(tenant, run));
    }
  });
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

type Applied = factsV1.ImportChunkApplied;

function isOfRevert({ kind }: Applied): boolean {
  return kind === targetsV1.RunKind.RUN_KIND_REVERT || kind === targetsV1.RunKind.RUN_KIND_RESTORE;
}

/** The import, or the revert, whose counts and progress the chunk moves. */
function subjectOf(chunk: Applied): string {
  return isOfRevert(chunk) ? chunk.run : chunk.importId;
}

async function applyChunk(tx: ConsumerTransaction, tenant: string, at: Date, chunk: Applied, target: string): Promise<void> {
  // Contacts' part of a case chunk has effects only; what became of the row is told by cases.
  if (!accountantsOf(await typeOfImport(tx, tenant, chunk.importId), isOfRevert(chunk)).includes(target)) return;
  // First of all: whoever works on another chunk of the same import waits, so that "the last attempt" has one answer.
  const tally = await lockTally(tx, tenant, subjectOf(chunk));
  await tx.query('insert into app.run_chunk (tenant, run, lane, seq, target, rows, at) values ($1, $2, $3, $4, $5, $6, $7)', [
    tenant,
    chunk.run,
    chunk.lane,
    chunk.seq,
    target,
    chunk.rows.length,
    at,
  ]);
  if (isOfRevert(chunk)) {
    await recordResults(tx, tenant, chunk);
    const counts = countRecords(chunk.rows, { ...countRecords([]), ...tally.counts });
    return saveTally(tx, tenant, at, chunk, { step: tally.step + 1, counts, done: counts.total });
  }
  const replaced = await replaceEarlier(tx, tenant, chunk);
  const latest = await insertRows(tx, tenant, chunk, at);
  const before = countRows(replaced, { ...countRows([]), ...tally.counts }, -1);
  const { read: done } = await addToAttempt(tx, tenant, chunk);
  return saveTally(tx, tenant, at, chunk, { step: tally.step + 1, counts: countRows(latest, before), done });
}

/** An import is known here before its run is opened in any target. */
async function typeOfImport(tx: ConsumerTransaction, tenant: string, importId: string): Promise<ImportType> {
  const { rows } = await tx.query<{ type: ImportType }>('select type from app.import where tenant = $1 and id = $2', [tenant, importId]);
  return rows[0]?.type ?? 'CLIENTS';
}

/** The last attempt of a row counts: earlier entries step back. */
async function replaceEarlier(tx: ConsumerTransaction, tenant: string, chunk: Applied): Promise<{ outcome: string; reason: string }[]> {
  if (chunk.attempt <= 1) return [];
  const tried = chunk.rows.filter(({ codes }) => !codes.some(({ code }) => code === KEPT_CODE));
  const { rows } = await tx.query<{ outcome: string; reason: string }>(
    `update app.import_row e set latest = false from unnest($3::int[]) r
     where e.tenant = $1 and e.import_id = $2 and e.row = r and e.attempt < $4 and e.latest
     returning e.outcome, e.reason`,
    [tenant, chunk.importId, pgArray('int4', tried.map(({ row }) => row)), chunk.attempt],
  );
  return rows;
}

/** A row of a corrected file that was applied before: told in that attempt, and its earlier outcome stays (LED-007). */
const KEPT_CODE = 'ROW_ALREADY_APPLIED';
const KEPT = `'[{"code":"${KEPT_CODE}"}]'`;

/**
 * A rebuild reads partitions in any order: an entry that comes after a later attempt's is not the last one. Answers the
 * few of which that is true.
 */
const INSERT_ROWS = `
with made as (
  insert into app.import_row (tenant, import_id, row, attempt, latest, outcome, reason, codes, effects, match, decision, at)
  select $1, $2, n.row, $4,
    ($4 = 1 or not n.codes @> ${KEPT}) and not exists (
      select from app.import_row l
      where l.tenant = $1 and l.import_id = $2 and l.row = n.row and l.attempt > $4 and not l.codes @> ${KEPT}),
    n.outcome, n.reason, n.codes, n.effects, n.match, n.decision, $5
  from unnest($3::int[], $6::text[], $7::text[], $8::jsonb[], $9::json[], $10::json[], $11::json[])
    as n (row, outcome, reason, codes, effects, match, decision)
  returning row, latest
)
select row from made where not latest`;

/** @returns the entries that are their row's last. */
async function insertRows(tx: ConsumerTransaction, tenant: string, chunk: Applied, at: Date): Promise<targetsV1.RowOutcome[]> {
  const { rows } = chunk;
  const { rows: overtaken } = await tx.query<{ row: number }>(INSERT_ROWS, [
    tenant,
    chunk.importId,
    pgArray('int4', rows.map(({ row }) => row)),
    chunk.attempt,
    at,
    pgArray('text', rows.map(({ outcome }) => outcome)),
    pgArray('text', rows.map(({ reason }) => reason)),
    pgArray('jsonb', rows.map(({ codes }) => JSON.stringify(codes))),
    pgArray('json', rows.map(({ effects }) => JSON.stringify(effects))),
    pgArray('json', rows.map(({ match }) => jsonOrNull(match))),
    pgArray('json', rows.map(({ decision }) => jsonOrNull(decision))),
  ]);
  const later = new Set(overtaken.map(({ row }) => row));
  return later.size === 0 ? rows : rows.filter(({ row }) => !later.has(row));
}

function jsonOrNull(part: object | undefined): string | null {
  return part === undefined ? null : JSON.stringify(part);
}

/** In a revert each outcome is that of one record, named by its first effect. */
async function recordResults(tx: ConsumerTransaction, tenant: string, chunk: Applied): Promise<void> {
  const records = chunk.rows.map(({ effects }) => effects[0]?.record ?? null);
  if (records.includes(null)) throw new Error('A result of a revert names no record');
  await tx.query(
    `update app.revert_record r set outcome = n.outcome, reason = n.reason
     from unnest($3::uuid[], $4::text[], $5::text[]) as n (record, outcome, reason)
     where r.tenant = $1 and r.revert = $2 and r.record = n.record`,
    [
      tenant,
      chunk.run,
      pgArray('uuid', records),
      pgArray('text', chunk.rows.map(({ outcome }) => outcome)),
      pgArray('text', chunk.rows.map(({ reason }) => reason)),
    ],
  );
}

interface Tally {
  readonly step: number;
  readonly counts: object;
}

async function lockTally(tx: ConsumerTransaction, tenant: string, subject: string): Promise<Tally> {
  const known = await selectTally(tx, tenant, subject);
  if (known !== undefined) return known;
  await tx.query(`insert into app.tally (tenant, subject, step, counts) values ($1, $2, 0, '{}') on conflict do nothing`, [tenant, subject]);
  return (await selectTally(tx, tenant, subject)) ?? { step: 0, counts: {} };
}

async function selectTally(tx: ConsumerTransaction, tenant: string, subject: string): Promise<Tally | undefined> {
  const { rows } = await tx.query<{ step: string; counts: object }>(
    'select step, counts from app.tally where tenant = $1 and subject = $2 for update',
    [tenant, subject],
  );
  return rows[0] === undefined ? undefined : { step: Number(rows[0].step), counts: rows[0].counts };
}

/** The counts of the attempt by itself, kept under its run (LED-009); whoever adds to them holds the import's tally. */
async function addToAttempt(tx: ConsumerTransaction, tenant: string, chunk: Applied): Promise<OutcomeCounts> {
  const { counts: before } = await lockTally(tx, tenant, chunk.run);
  const counts = countRows(chunk.rows, { ...countRows([]), ...before });
  await tx.query('update app.tally set counts = $3 where tenant = $1 and subject = $2', [tenant, chunk.run, JSON.stringify(counts)]);
  return counts;
}

interface Step {
  readonly step: number;
  readonly counts: object;
  /** Rows of the attempt, or records of the revert, that have their outcome. */
  readonly done: number;
}

/** Stores the new counts and the step that led to them, numbered under the tally's lock (RUN-003). */
async function saveTally(tx: ConsumerTransaction, tenant: string, at: Date, chunk: Applied, { step, counts, done }: Step): Promise<void> {
  const subject = subjectOf(chunk);
  const json = JSON.stringify(counts);
  await tx.query('update app.tally set step = $3, counts = $4 where tenant = $1 and subject = $2', [tenant, subject, step, json]);
  await tx.query(
    `insert into app.import_progress (tenant, subject, step, attempt, rows, done, counts, at) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [tenant, subject, step, chunk.attempt, chunk.rows.length, done, json, at],
  );
}
