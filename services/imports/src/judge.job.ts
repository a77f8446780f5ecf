import { uuid8, type StoreTransaction } from '@caseledger/event-store';
import type { targetsV1 } from '@caseledger/contracts';
import { verdictDigest, type NamesOfNew } from './file/plan-hash.js';
import { decodeRows, encodeVerdict } from './file/row-objects.js';
import type { ImportContext } from './import.context.js';
import type { ImportTarget, Judgement } from './import.target.js';
import type { JobAtWork, JobHandler } from './job.runner.js';
import { listObjects, placeOf, recordObjects, type ManifestEntry } from './objects/manifest.js';
import { giveUpPlan } from './plan.giving-up.js';
import { applyOptionsOf, isMapped, planInMaking, readAnalysis, readinessOf, readingOf } from './plan.inputs.js';
import { lanesJudged, markLaneJudged, readPlanWork, savePlanRows, type PlanRow } from './projections/plan.queries.js';

/*
 * The leased job that judges some lanes of a plan: each lane in order, with the overlay of what its earlier rows would
 * have done (DESIGN §4, "Plan"). Several of these jobs run side by side, in as many workers as there are.
 */

export function judgeJob(context: ImportContext): JobHandler {
  return {
    kind: 'judge',
    run: (job) => judge(context, job),
    giveUp: (job, reason, reference) => giveUpPlan(context, job, reason, reference),
  };
}

interface Judging {
  readonly plan: string;
  readonly importId: string;
  readonly generation: number;
  readonly run: string;
  readonly options: targetsV1.ApplyOptions;
  readonly target: ImportTarget;
}

async function judge(context: ImportContext, job: JobAtWork): Promise<void> {
  const { tenant, about: importId, subject: plan, payload } = job;
  const generation = Number(payload['generation']);
  const lanes = Array.isArray(payload['lanes']) ? payload['lanes'].map(Number) : [];
  const state = await context.commands.load(tenant, importId);
  const making = planInMaking(state, plan);
  if (making === undefined || !isMapped(state)) return context.store.transaction(tenant, (tx) => job.complete(tx));
  const readiness = readinessOf(state, await readAnalysis(context, tenant, state));
  const reading = await context.store.transaction(tenant, (tx) => readingOf(tx, state, readiness, making.asked.importDay));
  const judging: Judging = {
    plan,
    importId,
    generation,
    run: making.attempt?.run ?? runOf(plan),
    options: applyOptionsOf(state, reading, readiness),
    target: context.targetOf(state.type),
  };
  for (const lane of lanes) await judgeLane(context, job, judging, lane);
  await context.store.transaction(tenant, (tx) => finish(context, tx, job, judging));
}

/** The run that a plan becomes when it is started; the plan is judged as that run. */
export function runOf(plan: string): string {
  return uuid8('run', plan);
}

async function judgeLane(context: ImportContext, job: JobAtWork, judging: Judging, lane: number): Promise<void> {
  const { plan, importId, generation } = judging;
  const chunks = await context.store.transaction(job.tenant, (tx) => listObjects(tx, plan, 'chunk', { generation, lane }));
  const entries: ManifestEntry[] = [];
  const planRows: PlanRow[] = [];
  const names: NamesOfNew = new Map();
  const read = (chunk: ManifestEntry | undefined): Promise<Buffer> =>
    chunk === undefined ? Promise.resolve(Buffer.alloc(0)) : context.objects.get(job.tenant, importId, placeOf(chunk), chunk.sha256);
  let overlay = Buffer.alloc(0);
  // The chunk before is stored and the one after read while one is judged.
  let storing: Promise<void> = Promise.resolve();
  let ahead = read(chunks[0]);
  ahead.catch(() => undefined);
  for (const [place, chunk] of chunks.entries()) {
    job.signal.throwIfAborted();
    const rows = decodeRows(await ahead);
    ahead = read(chunks[place + 1]);
    ahead.catch(() => undefined);
    const reply = await judgeChunk(job, judging, rows, overlay);
    overlay = Buffer.from(reply.overlay);
    const bytes = Buffer.concat(reply.verdicts.map(encodeVerdict));
    for (const verdict of reply.verdicts) planRows.push(planRowOf(verdict, chunk, reply.parts.get(verdict.row) ?? [], names));
    await storing;
    storing = storeVerdicts(context, job, importId, chunk, bytes).then((entry) => void entries.push(entry));
    storing.catch(() => undefined);
  }
  await storing;
  await context.store.transaction(job.tenant, async (tx) => {
    // Lanes are recorded side by side, but not while another generation is begun.
    await readPlanWork(tx, plan, 'share');
    if (!(await markLaneJudged(tx, plan, generation, lane))) return;
    await recordObjects(tx, entries);
    await savePlanRows(tx, { plan, generation, lane }, planRows);
  });
}

async function storeVerdicts(context: ImportContext, job: JobAtWork, importId: string, chunk: ManifestEntry, bytes: Buffer): Promise<ManifestEntry> {
  const entry = { ...chunk, kind: 'verdict' as const };
  const { sha256 } = await context.objects.put(job.tenant, importId, placeOf(entry), bytes);
  return { ...entry, sha256 };
}

async function judgeChunk(job: JobAtWork, { importId, run, options, target }: Judging, rows: targetsV1.Row[], overlay: Buffer): Promise<Judgement> {
  const reply = await target.judge({ tenant: job.tenant, importId, run, options, rows, overlay });
  const isWhole = reply.verdicts.length === rows.length && reply.verdicts.every((verdict, at) => verdict.row === rows[at]?.row);
  if (!isWhole) throw new Error('A target judged other rows than it was asked about');
  return reply;
}

function planRowOf(verdict: targetsV1.RowVerdict, chunk: ManifestEntry, parts: readonly targetsV1.RowExpectation[], names: NamesOfNew): PlanRow {
  const { row, outcome, reason, match, effects, issues, pinnedVersion } = verdict;
  const codes = issues.map(({ code, severity, column, field }) => ({ code, severity, column, field }));
  return {
    row,
    lane: chunk.lane,
    seq: chunk.seq,
    generation: chunk.generation,
    outcome,
    reason,
    matchVerdict: match?.verdict ?? '',
    record: match === undefined || match.record === '' ? null : match.record,
    version: pinnedVersion,
    earlierRow: match?.earlierRow ?? 0,
    effects: effects.map(({ kind }) => kind),
    codes,
    parts,
    digest: verdictDigest(verdict, names),
  };
}

async function finish(context: ImportContext, tx: StoreTransaction, job: JobAtWork, { plan, importId, generation }: Judging): Promise<void> {
  const work = await readPlanWork(tx, plan, 'update');
  const isLast = work?.generation === generation && (await lanesJudged(tx, plan, generation)) === work.lanes;
  if (isLast) {
    const id = uuid8('job', 'finish-plan', plan, String(generation));
    await context.jobs.enqueue(tx, { id, kind: 'finish-plan', tenant: tx.tenant, payload: { id: importId, subject: plan, generation } });
  }
  await job.complete(tx);
}
