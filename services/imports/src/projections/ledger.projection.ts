import { factsV1, targetsV1 } from '@caseledger/contracts';
import { pgArray } from '@caseledger/event-store';
import { byTenant, consume, type ConsumerTransaction, type Consumption, type StreamMessage } from '@caseledger/event-streams';
import type { RowTarget } from '../row-target.js';
import { countRecords, countRows } from './outcome-counts.js';

/*
 * The ledger: what became of every row of every attempt, and of every record of a revert, as the targets say it in
 * `ImportChunkApplied`. Rows, counts and the consumer's checkpoint are stored in one transaction, so that a message is
 * counted once whatever is killed when.
 */

const CHUNK_APPLIED = 'ImportChunkApplied';

/** Told which runs have moved; the reactor looks after them. */
export type RunMoved = (tenant: string, run: string) => void;

/** Tables that follow from the targets' events; emptied together with the consumer's checkpoint by a rebuild. */
export const LEDGER_VIEW_TABLES = ['app.import_row', 'app.run_chunk', 'app.tally', 'app.import_progress'] as const;

/** The consumer of one target's topic that keeps the ledger. */
export function ledgerConsumer(target: RowTarget, moved: RunMoved): Consumption {
  const { name: topic, partitions } = target.topic;
  return consume({ consumer: 'imports.ledger', source: target.name, topic, partitions }, async (batch, tx) => {
    const chunks = batch.filter(({ type }) => type === CHUNK_APPLIED);
    for (const [tenant, messages] of byTenant(chunks)) {
      await tx.useTenant(tenant);
      for (const message of messages) await applyChunk(tx, message);
      for (const message of messages) moved(tenant, factsV1.ImportChunkApplied.decode(message.payload).run);
    }
  });
}

async function applyChunk(tx: ConsumerTransaction, message: StreamMessage): Promise<void> {
  const chunk = factsV1.ImportChunkApplied.decode(message.payload);
  const at = message.at;
  await tx.query('insert into app.run_chunk (tenant, run, lane, seq, rows, at) values ($1, $2, $3, $4, $5, $6)', [
    message.tenant,
    chunk.run,
    chunk.lane,
    chunk.seq,
    chunk.rows.length,
    at,
  ]);
  const isRevert = chunk.kind === targetsV1.RunKind.RUN_KIND_REVERT || chunk.kind === targetsV1.RunKind.RUN_KIND_RESTORE;
  if (isRevert) {
    await recordResults(tx, message.tenant, chunk);
    await count(tx, message, chunk, chunk.run, (counts) => countRecords(chunk.rows, { ...countRecords([]), ...counts }));
  } else {
    const replaced = await replaceEarlier(tx, message.tenant, chunk);
    await insertRows(tx, message.tenant, chunk, at);
    await count(tx, message, chunk, chunk.importId, (counts) =>
      countRows(chunk.rows, countRows(replaced, { ...countRows([]), ...counts }, -1)),
    );
  }
}

/** The last attempt of a row counts: earlier entries step back, in whatever order attempts become known. */
async function replaceEarlier(
  tx: ConsumerTransaction,
  tenant: string,
  chunk: factsV1.ImportChunkApplied,
): Promise<{ outcome: string; reason: string }[]> {
  if (chunk.attempt <= 1) return [];
  const { rows } = await tx.query<{ outcome: string; reason: string }>(
    `update app.import_row e set latest = false from unnest($3::int[]) r
     where e.tenant = $1 and e.import_id = $2 and e.row = r and e.attempt < $4 and e.latest
     returning e.outcome, e.reason`,
    [tenant, chunk.importId, pgArray('int4', chunk.rows.map(({ row }) => row)), chunk.attempt],
  );
  return rows;
}

const INSERT_ROWS = `
insert into app.import_row (tenant, import_id, row, attempt, latest, outcome, reason, codes, effects, changed, match, decided_by, at)
select $1, $2, n.row, $4, true, n.outcome, n.reason, n.codes, n.effects, n.changed, n.match, n.decided_by, $5
from unnest($3::int[], $6::text[], $7::text[], $8::jsonb[], $9::jsonb[], $10::jsonb[], $11::jsonb[], $12::text[])
  as n (row, outcome, reason, codes, effects, changed, match, decided_by)`;

async function insertRows(tx: ConsumerTransaction, tenant: string, chunk: factsV1.ImportChunkApplied, at: Date): Promise<void> {
  const { rows } = chunk;
  await tx.query(INSERT_ROWS, [
    tenant,
    chunk.importId,
    pgArray('int4', rows.map(({ row }) => row)),
    chunk.attempt,
    at,
    pgArray('text', rows.map(({ outcome }) => outcome)),
    pgArray('text', rows.map(({ reason }) => reason)),
    pgArray('jsonb', rows.map(({ codes }) => JSON.stringify(codes))),
    pgArray('jsonb', rows.map(({ effects }) => JSON.stringify(effects))),
    pgArray('jsonb', rows.map(({ changed }) => JSON.stringify(changed))),
    pgArray('jsonb', rows.map(matchOf)),
    pgArray('text', rows.map(({ decidedBy }) => decidedBy)),
  ]);
}

function matchOf({ matchKey: key, matchVerdict: verdict, earlierRow }: targetsV1.RowOutcome): string {
  return JSON.stringify({ key, verdict, earlierRow });
}

/** In a revert each outcome is that of one record, named by its first effect. */
async function recordResults(tx: ConsumerTransaction, tenant: string, chunk: factsV1.ImportChunkApplied): Promise<void> {
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

/** Adds to the counts of an import or revert and stores the step, numbered under the tally's lock (RUN-003). */
async function count<C extends object>(
  tx: ConsumerTransaction,
  message: StreamMessage,
  chunk: factsV1.ImportChunkApplied,
  subject: string,
  add: (counts: Partial<C>) => C,
): Promise<void> {
  const { tenant, at } = message;
  await tx.query(`insert into app.tally (tenant, subject, step, counts) values ($1, $2, 0, '{}') on conflict do nothing`, [tenant, subject]);
  const { rows } = await tx.query<{ step: string; counts: Partial<C> }>(
    'select step, counts from app.tally where tenant = $1 and subject = $2 for update',
    [tenant, subject],
  );
  const counts = add(rows[0]?.counts ?? {});
  const step = Number(rows[0]?.step ?? 0) + 1;
  await tx.query('update app.tally set step = $3, counts = $4 where tenant = $1 and subject = $2', [tenant, subject, step, JSON.stringify(counts)]);
  await tx.query(
    `insert into app.import_progress (tenant, subject, step, attempt, rows, counts, at) values ($1, $2, $3, $4, $5, $6, $7)`,
    [tenant, subject, step, chunk.attempt, chunk.rows.length, JSON.stringify(counts), at],
  );
}
