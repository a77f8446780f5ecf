import { targetsV1 } from '@caseledger/contracts';
import { laneCount } from './file/components.js';
import { LaneCutter, type CutChunk } from './file/lane-cutter.js';
import { platform } from './import.commands.js';
import type { ImportContext } from './import.context.js';
import { isRunning, type Attempt } from './import/import.js';
import { pauseFor, recordSplit } from './import/run.decider.js';
import type { JobAtWork, JobHandler } from './job.runner.js';
import { listObjects, recordObjects, type ManifestEntry } from './objects/manifest.js';
import { StoringAside } from './objects/storing-aside.js';
import { rowsInOrder, storeChunk } from './plan.generation.js';
import { caseOptionsOf, isMapped, type Mapped } from './plan.inputs.js';
import { placesOf, readPlanWork, type PlanWork } from './projections/plan.queries.js';

/*
 * The leased job that cuts a run's chunks from the final verdicts of its plan: every row with what was predicted for
 * it, so that the run can hold itself to the plan (PRE-005). The run is opened in the target before the number of its
 * chunks is stored, and that before the first is dispatched.
 */

export function cutJob(context: ImportContext): JobHandler {
  return {
    kind: 'cut',
    run: (job) => cut(context, job),
    giveUp: async (job, reason, reference) => {
      const why = { code: reason?.code ?? 'INTERNAL_ERROR', params: reason === undefined ? { ref: reference } : { ...reason.params } };
      await context.commands.work(platform(job.tenant), { imports: [job.about] }, async ({ tx, imports: [held] }) => {
        if (held !== undefined) held.add(pauseFor('PAUSED', why, held.state));
        await job.complete(tx);
      });
    },
  };
}

async function cut(context: ImportContext, job: JobAtWork): Promise<void> {
  const { tenant, about: importId, subject: run } = job;
  const state = await context.commands.load(tenant, importId);
  const isWaiting = isMapped(state) && isRunning(state) && state.attempt.run === run && state.attempt.phase === 'PLANNED';
  const work = isWaiting ? await context.store.transaction(tenant, (tx) => readPlanWork(tx, state.attempt.plan.id)) : undefined;
  if (!isWaiting || work === undefined) return context.store.transaction(tenant, (tx) => job.complete(tx));
  const { entries, chunksPerLane } = await cutChunks(context, job, state, work, run);
  await openRun(context, tenant, state, state.attempt, chunksPerLane);
  await context.commands.work(platform(tenant), { imports: [importId] }, async ({ tx, imports: [held] }) => {
    await recordObjects(tx, entries);
    if (held !== undefined) held.add(recordSplit({ run, rows: work.rows, chunksPerLane }, held.state));
    await job.complete(tx);
  });
}

async function openRun(context: ImportContext, tenant: string, state: Mapped, attempt: Attempt, chunksPerLane: number[]): Promise<void> {
  const { run, number, kind, startedBy: actor, plan } = attempt;
  await context.targetOf(state.type).open({
    tenant,
    run,
    importId: state.importId,
    kind: kind === 'IMPORT' ? targetsV1.RunKind.RUN_KIND_IMPORT : targetsV1.RunKind.RUN_KIND_RETRY,
    attempt: number,
    actor,
    chunksPerLane,
    rows: state.analysis.rows,
    cases: caseOptionsOf(state),
    importDay: plan.importDay,
  });
}

async function cutChunks(
  context: ImportContext,
  job: JobAtWork,
  state: Mapped,
  work: PlanWork,
  run: string,
): Promise<{ entries: ManifestEntry[]; chunksPerLane: number[] }> {
  const { tenant, about: importId } = job;
  const objects = await context.store.transaction(tenant, (tx) => listObjects(tx, work.config, 'rows'));
  const cutter = new LaneCutter(laneCount(work.rows));
  const storing = new StoringAside();
  const store = (chunk: CutChunk): Promise<void> =>
    storing.add(() => storeChunk(context, tenant, importId, { setId: run, kind: 'run', generation: 1 }, chunk));
  for await (const { rows } of rowsInOrder(context, job, importId, objects)) {
    const numbers = rows.map(({ row }) => row);
    const places = await context.store.transaction(tenant, (tx) => placesOf(tx, work.plan, numbers));
    for (const row of rows) {
      const place = places.get(row.row);
      // A row without a prediction would be a hole in the plan.
      if (place === undefined) throw new Error(`Row ${row.row} has no prediction`);
      // The lane in which a row was judged last holds all rows of its component. Being tied matters to the judges of a plan alone.
      const { lane, expected } = place;
      const chunk = cutter.add(lane, row, { tied: false, decision: state.decisions.get(row.row), expected });
      if (chunk !== undefined) await store(chunk);
    }
  }
  for (const chunk of cutter.rest()) await store(chunk);
  return { entries: await storing.all(), chunksPerLane: cutter.chunksPerLane() };
}
