import type { targetsV1 } from '@caseledger/contracts';
import { pgArray, type StoreTransaction } from '@caseledger/event-store';
import { MATCHER_VERSION } from '@caseledger/matching';
import { NORMALISER_VERSION } from '@caseledger/normalise';
import { PlanHash } from './file/plan-hash.js';
import { decodeWithoutCells } from './file/row-objects.js';
import { platform } from './import.commands.js';
import type { ImportContext } from './import.context.js';
import { completePlan } from './import/import.decider.js';
import { NO_COUNTS, type OutcomeCounts, type TargetPosition } from './import/import.events.js';
import type { JobAtWork, JobHandler } from './job.runner.js';
import { listObjects, objectsWithRows, placeOf, type ManifestEntry } from './objects/manifest.js';
import { startGeneration } from './plan.generation.js';
import { endPlan, giveUpPlan } from './plan.giving-up.js';
import { isMapped, planInMaking, readAnalysis, readinessOf, type Mapped } from './plan.inputs.js';
import { changedSince, markedRows } from './plan.staleness.js';
import { matchBatch, readTies, storeMatches, tieRow, type Ties } from './plan.ties.js';
import { countRows } from './projections/outcome-counts.js';
import { planDigestsAfter, planTotals, readPlanWork, type PlanWork } from './projections/plan.queries.js';

/*
 * The leased job that ends a plan: rows whose records or keys changed while others were judged are judged again, until
 * nothing changed; then the whole is hashed and counted (DESIGN §4, PRE-004).
 */

/** Generations after the first; records that change faster than this make the plan stale. */
const ROUNDS_MAX = 5;
const PAGE_ROWS = 5_000;
const REMATCH_ROWS = 500;
const DIGEST_BYTES = 32;
const RECORDS_SHOWN_MAX = 100;

export function finishPlanJob(context: ImportContext): JobHandler {
  return {
    kind: 'finish-plan',
    run: (job) => finishPlan(context, job),
    giveUp: (job, reason, reference) => giveUpPlan(context, job, reason, reference),
  };
}

async function finishPlan(context: ImportContext, job: JobAtWork): Promise<void> {
  const { tenant, about: importId, subject: plan } = job;
  const state = await context.commands.load(tenant, importId);
  const making = planInMaking(state, plan);
  const work = await context.store.transaction(tenant, (tx) => readPlanWork(tx, plan));
  if (making === undefined || !isMapped(state) || work?.generation !== Number(job.payload['generation'])) {
    return context.store.transaction(tenant, (tx) => job.complete(tx));
  }
  // Noted before asking: what changes from here on is found at the start, or in the next round.
  const target = context.targetOf(state.type);
  const positions = await target.positions();
  let read: Promise<Ties> | undefined;
  const ties = (): Promise<Ties> => (read ??= readTies(context, { tenant, importId, plan }, work.rows));
  const changed = await changedSince(target, tenant, { positions: work.positions, ties, run: making.attempt?.run ?? '' });
  if (changed.size === 0) return complete(context, job, state, work, positions, making.asked.importDay, making.attempt?.number ?? 1);
  if (work.generation > ROUNDS_MAX) {
    const records = [...changed].map((mark) => mark.split(' ')[1] ?? '').filter((text) => text.length === 36);
    return endPlan(context, job, { code: 'PLAN_STALE', params: { n: changed.size } }, records.slice(0, RECORDS_SHOWN_MAX));
  }
  await judgeAgain(context, job, state, work, await ties(), changed, positions);
}

/** Asks again what the changed rows hit, joins what is tied now, and has those components judged anew. */
async function judgeAgain(
  context: ImportContext,
  job: JobAtWork,
  state: Mapped,
  work: PlanWork,
  ties: Ties,
  changed: ReadonlySet<string>,
  positions: readonly TargetPosition[],
): Promise<void> {
  const { tenant, about: importId, subject: plan } = job;
  const objects = await context.store.transaction(tenant, (tx) => listObjects(tx, work.config, 'rows'));
  const { components } = ties;
  const affected = new Set(markedRows(ties, changed).map((index) => components.componentOf(index)));
  const indices = indicesOf(work.rows, (index) => affected.has(components.componentOf(index)));
  const generation = work.generation + 1;
  const newObjects: ManifestEntry[] = [];
  for (let at = 0, seq = 0; at < indices.length; at += REMATCH_ROWS, seq += 1) {
    const batch = indices.slice(at, at + REMATCH_ROWS);
    const rows = await rowsAt(context, tenant, importId, work.config, batch.map((index) => ties.numbers[index] ?? 0));
    const matches = await matchBatch(context.targetOf(state.type), { tenant, importId, plan }, rows, state.decisions);
    for (const [offset, match] of matches.entries()) tieRow(components, batch[offset] ?? 0, match);
    newObjects.push(await storeMatches(context, { tenant, importId, plan }, { generation, seq }, matches));
  }
  // A new tie may have joined a component that had not changed by itself.
  const joined = new Set(indices.map((index) => components.componentOf(index)));
  await startGeneration(context, job, {
    importId,
    plan,
    generation,
    config: work.config,
    rows: work.rows,
    positions,
    objects,
    components,
    decisions: state.decisions,
    includes: (index) => joined.has(components.componentOf(index)),
    newObjects,
  });
}

function indicesOf(rows: number, includes: (index: number) => boolean): number[] {
  const indices: number[] = [];
  for (let index = 0; index < rows; index += 1) if (includes(index)) indices.push(index);
  return indices;
}

async function rowsAt(
  context: ImportContext,
  tenant: string,
  importId: string,
  config: string,
  numbers: readonly number[],
): Promise<targetsV1.Row[]> {
  const entries = await context.store.transaction(tenant, (tx) => objectsWithRows(tx, config, 'rows', numbers));
  const wanted = new Set(numbers);
  const found = new Map<number, targetsV1.Row>();
  for (const entry of entries) {
    const bytes = await context.objects.get(tenant, importId, placeOf(entry), entry.sha256);
    for (const row of decodeWithoutCells(bytes)) if (wanted.has(row.row)) found.set(row.row, row);
  }
  return numbers.flatMap((number) => found.get(number) ?? []);
}

async function complete(
  context: ImportContext,
  job: JobAtWork,
  state: Mapped,
  work: PlanWork,
  positions: readonly TargetPosition[],
  importDay: string,
  attempt: number,
): Promise<void> {
  const readiness = readinessOf(state, await readAnalysis(context, job.tenant, state));
  const hash = new PlanHash({
    fileSha256: state.file.sha256,
    mappingVersion: state.mapping.version,
    columns: state.mapping.columns,
    options: state.options,
    normaliserVersion: NORMALISER_VERSION,
    matcherVersion: MATCHER_VERSION,
    importDay,
    decisions: state.decisions,
    attempt,
  });
  const totals = await context.store.transaction(job.tenant, (tx) => addRows(tx, work.plan, hash));
  if (totals.counts.read !== work.rows) throw new Error(`A plan of ${work.rows} rows has ${totals.counts.read} predictions`);
  await context.commands.work(platform(job.tenant), { imports: [job.about] }, async ({ tx, imports: [held] }) => {
    if (held !== undefined) {
      const plan = {
        plan: work.plan,
        hash: hash.digest(),
        rows: work.rows,
        ...totals,
        positions,
        ignoredColumns: readiness.ignoredColumns,
        generation: work.generation,
      };
      held.add(completePlan(plan, held.state));
    }
    await forgetOldPlans(tx, job.about);
    await job.complete(tx);
  });
}

async function addRows(tx: StoreTransaction, plan: string, hash: PlanHash): Promise<{ counts: OutcomeCounts; effects: Record<string, number> }> {
  let hashed = 0;
  for (let after = 0; ; ) {
    const { numbers, digests } = await planDigestsAfter(tx, plan, after, PAGE_ROWS);
    const last = numbers.at(-1);
    if (last === undefined) break;
    if (digests.length !== numbers.length * DIGEST_BYTES) throw new Error('A prediction without its digest');
    for (const [at, row] of numbers.entries()) hash.addRow(row, digests.subarray(at * DIGEST_BYTES, (at + 1) * DIGEST_BYTES));
    hashed += numbers.length;
    after = last;
  }
  let counts = NO_COUNTS;
  const effects: Record<string, number> = {};
  for (const { n, effects: kinds, ...alike } of await planTotals(tx, plan)) {
    counts = countRows([alike], counts, n);
    for (const kind of kinds) effects[kind] = (effects[kind] ?? 0) + n;
  }
  if (counts.read !== hashed) throw new Error(`A plan with ${hashed} rows hashed and ${counts.read} counted`);
  return { counts, effects };
}

/** The last three plans are kept with their rows (PRE-006), and those that attempts were run by. */
async function forgetOldPlans(tx: StoreTransaction, importId: string): Promise<void> {
  const { rows } = await tx.query<{ plan: string }>(
    `select w.plan from app.plan_work w join app.import i on i.tenant = w.tenant and i.id = w.import_id
     where w.tenant = $1 and w.import_id = $2
       and not i.view -> 'plans' @> jsonb_build_array(jsonb_build_object('id', w.plan))
       and not i.view -> 'attempts' @> jsonb_build_array(jsonb_build_object('plan', w.plan))`,
    [tx.tenant, importId],
  );
  const plans = pgArray('uuid', rows.map(({ plan }) => plan));
  for (const table of ['plan_row', 'plan_lane', 'plan_work']) {
    await tx.query(`delete from app.${table} where tenant = $1 and plan = any($2::uuid[])`, [tx.tenant, plans]);
  }
}
