import { targetsV1 } from '@caseledger/contracts';
import type { StoreTransaction } from '@caseledger/event-store';
import { appliedByTarget, nothingLeft } from './close.job.js';
import { platform, type Unit } from './import.commands.js';
import type { ImportContext } from './import.context.js';
import { changeRevertState } from './import/run.decider.js';
import { closing } from './import/import.workflow.js';
import type { JobAtWork, JobHandler } from './job.runner.js';
import { targetOfImport } from './plan.inputs.js';
import { countRecords } from './projections/outcome-counts.js';
import { readLanes, readRun } from './projections/runs.projection.js';
import { revertsOf } from './projections/reverts.projection.js';
import { closeRevert, failPreview, markRestored, overtake, revertStateAfter, startRevert } from './revert/revert.decider.js';
import type { RevertRunning } from './revert/revert.js';

/* The leased jobs at both ends of a revert's run: opening it in the target, and closing it (REV-011, REV-013). */

export function openRevertJob(context: ImportContext): JobHandler {
  return {
    kind: 'open-revert',
    run: (job) => open(context, job),
    giveUp: async (job, reason) => {
      const state = await context.commands.loadRevert(job.tenant, job.about);
      const importId = state.status === 'NONE' ? job.about : state.importId;
      await context.commands.work(platform(job.tenant), { imports: [importId], reverts: [job.about] }, async ({ tx, imports: [of], reverts: [held] }) => {
        if (held?.state.status === 'QUEUED') {
          held.add([{ type: 'RevertStale', data: { code: reason?.code ?? 'INTERNAL_ERROR', by: '' } }]);
          of?.add(changeRevertState(job.about, 'NONE', of.state));
        } else if (held !== undefined) held.add(failPreview(reason?.code ?? 'INTERNAL_ERROR', held.state));
        await job.complete(tx);
      });
    },
  };
}

async function open(context: ImportContext, job: JobAtWork): Promise<void> {
  const { tenant, about: revert } = job;
  const state = await context.commands.loadRevert(tenant, revert);
  if (state.status !== 'QUEUED') return context.store.transaction(tenant, (tx) => job.complete(tx));
  const { importId, kind, plannedBy: actor, preview } = state;
  const runKind = kind === 'REVERT' ? targetsV1.RunKind.RUN_KIND_REVERT : targetsV1.RunKind.RUN_KIND_RESTORE;
  const chunksPerLane = [...preview.chunksPerLane];
  const target = await targetOfImport(context, tenant, importId);
  await target.open({ tenant, run: revert, importId, kind: runKind, attempt: 1, actor, chunksPerLane, rows: 0, cases: undefined, importDay: '' });
  await context.commands.work(platform(tenant), { reverts: [revert] }, async ({ tx, reverts: [held] }) => {
    if (held !== undefined) held.add(startRevert(revert, held.state));
    await job.complete(tx);
  });
}

export function closeRevertJob(context: ImportContext): JobHandler {
  return {
    kind: 'close-revert',
    run: (job) => close(context, job),
    // The reactor asks again as long as the run is open.
    giveUp: (job) => context.store.transaction(job.tenant, (tx) => job.complete(tx)),
  };
}

async function close(context: ImportContext, job: JobAtWork): Promise<void> {
  const { tenant, about: revert } = job;
  const state = await context.commands.loadRevert(tenant, revert);
  if (state.status !== 'RUNNING') return context.store.transaction(tenant, (tx) => job.complete(tx));
  const verdict = await context.store.transaction(tenant, (tx) => judgeClosing(context, tx, state));
  if (verdict === 'MISMATCH') {
    context.metrics.ledgerMismatch.inc();
    context.logger.error({ code: 'LEDGER_MISMATCH', run: revert }, 'The results of a revert do not add up to its records; it stays open');
  }
  if (verdict !== 'CLOSE') return context.store.transaction(tenant, (tx) => job.complete(tx));
  if (!state.isCancelling) {
    const target = await targetOfImport(context, tenant, state.importId);
    const request = { tenant, run: revert, actor: state.plannedBy, state: targetsV1.RunState.RUN_STATE_CLOSED };
    await target.setState(request, { isRevert: true, finish: nothingLeft });
  }
  const previews = await context.store.transaction(tenant, (tx) => previewsOf(tx, state.importId));
  // None is added meanwhile: nothing of an import can be previewed while it is being reverted.
  const reverts = [...new Set([revert, ...(state.ofRevert === '' ? [] : [state.ofRevert]), ...previews])];
  await context.commands.work(platform(tenant), { imports: [state.importId], reverts }, async (unit) => {
    await end(unit, revert);
    await job.complete(unit.tx);
  });
}

async function previewsOf(tx: StoreTransaction, importId: string): Promise<string[]> {
  const reverts = await revertsOf(tx, importId);
  return reverts.filter(({ state }) => state === 'READY' || state === 'PREVIEWING').map(({ id }) => id);
}

/** Ends the revert, and tells its import, the revert it takes back and the previews that it makes stale. */
async function end({ tx, imports: [of], reverts: [held, ...others] }: Unit, revert: string): Promise<void> {
  if (held === undefined || of === undefined || held.state.status !== 'RUNNING') return;
  const results = await resultsOf(tx, revert);
  const counts = countRecords(results);
  const { kind, isCancelling, ofRevert } = held.state;
  held.add(closeRevert(revert, counts, held.state));
  of.add(changeRevertState(revert, revertStateAfter(kind, counts, !isCancelling), of.state));
  for (const { id, state, add } of others) {
    if (id !== ofRevert) add(overtake(state));
    else if (!isCancelling) add(markRestored(revert, state));
  }
}

async function judgeClosing(context: ImportContext, tx: StoreTransaction, state: RevertRunning): Promise<'OPEN' | 'CLOSE' | 'MISMATCH'> {
  const row = await readRun(tx, state.run);
  if (row === undefined) return 'OPEN';
  const lanes = await readLanes(tx, row);
  const outcomes = (await resultsOf(tx, state.run)).length;
  if (!state.isCancelling) return closing({ lanes, outcomes, rows: row.rows });
  return closing({ lanes, outcomes, rows: row.rows }, await appliedByTarget(context.targetOf(row.type), tx.tenant, state.run));
}

async function resultsOf(tx: StoreTransaction, revert: string): Promise<{ outcome: string }[]> {
  const { rows } = await tx.query<{ outcome: string }>(
    'select outcome from app.revert_record where tenant = $1 and revert = $2 and outcome is not null',
    [tx.tenant, revert],
  );
  return rows;
}

