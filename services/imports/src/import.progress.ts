import { setTimeout as pause } from 'node:timers/promises';
import type { importsV1 } from '@caseledger/contracts';
import { NO_COUNTS, type OutcomeCounts } from './import/import.events.js';
import type { ImportContext } from './import.context.js';
import { countsReply } from './import.replies.js';
import { readViews } from './projections/imports.projection.js';
import { progressAfter, type ProgressRow } from './projections/ledger.queries.js';
import { paceOf } from './projections/pace.queries.js';
import { readReverts } from './projections/reverts.projection.js';

/*
 * The steps of a run, each once and in order from wherever the client left off (RUN-003). The steps are stored, so a
 * client that comes late gets all it missed; a cursor is the number of the last step and the state it was told.
 */

const POLL_MS = 200;
const PAGE_STEPS = 500;

const LAST = new Set(['COMPLETED', 'CANCELLED', 'REJECTED', 'DISCARDED', 'EXPIRED', 'FAILED', 'COMPLETED_WITH_CONFLICTS', 'RESTORED', 'STALE']);

interface Standing {
  readonly state: string;
  readonly total: number;
}

/** @param isRevert the id is a revert's */
export async function* progressOf(
  context: ImportContext,
  tenant: string,
  id: string,
  o: { readonly after: string; readonly isRevert: boolean; readonly signal: AbortSignal },
): AsyncGenerator<importsV1.ProgressStep> {
  let [step, told] = cursorOf(o.after);
  while (!o.signal.aborted) {
    // The state is read before the steps: when it says the end, every step is there.
    const { standing, steps, ratePerSecond } = await context.store.transaction(tenant, async (tx) => ({
      standing: o.isRevert ? await ofRevert(tx, id) : await ofImport(tx, id),
      steps: await progressAfter(tx, id, step, PAGE_STEPS),
      ratePerSecond: (await paceOf(tx, id)).ratePerSecond,
    }));
    if (standing === undefined) return;
    for (const one of steps) {
      step = one.step;
      yield stepReply(one, standing, told, ratePerSecond);
    }
    if (steps.length === PAGE_STEPS) continue;
    if (standing.state !== told) {
      told = standing.state;
      yield stateReply(step, standing, steps.at(-1)?.counts ?? (await lastCounts(context, tenant, id, step)));
    }
    if (LAST.has(standing.state)) return;
    await pause(POLL_MS, undefined, { signal: o.signal }).catch(() => undefined);
  }
}

type Tx = Parameters<Parameters<ImportContext['store']['transaction']>[1]>[0];

async function ofImport(tx: Tx, id: string): Promise<Standing | undefined> {
  const view = (await readViews(tx, [id])).get(id);
  return view === undefined ? undefined : { state: view.state, total: view.analysis?.rows ?? 0 };
}

async function ofRevert(tx: Tx, id: string): Promise<Standing | undefined> {
  const view = (await readReverts(tx, [id])).get(id);
  return view === undefined ? undefined : { state: view.state, total: view.records };
}

async function lastCounts(context: ImportContext, tenant: string, id: string, step: number): Promise<OutcomeCounts> {
  const [last] = step === 0 ? [] : await context.store.transaction(tenant, (tx) => progressAfter(tx, id, step - 1, 1));
  return last?.counts ?? NO_COUNTS;
}

/** `told` is the state that the client was told last; a chunk was stored while the run was running. */
function stepReply(row: ProgressRow, { total }: Standing, told: string, ratePerSecond: number): importsV1.ProgressStep {
  const done = doneOf(row.counts);
  return {
    cursor: `${row.step}.${told}`,
    state: 'RUNNING',
    done: Math.min(done, Math.max(0, total - 1)),
    total,
    counts: countsReply(row.counts),
    ratePerSecond,
    secondsLeft: ratePerSecond > 0 ? Math.ceil(Math.max(0, total - done) / ratePerSecond) : 0,
    atMs: row.at.getTime(),
    last: false,
  };
}

function stateReply(step: number, { state, total }: Standing, counts: OutcomeCounts): importsV1.ProgressStep {
  const isLast = LAST.has(state);
  const done = Math.min(doneOf(counts), Math.max(0, total - 1));
  return {
    cursor: `${step}.${state}`,
    state,
    done: isLast ? total : done,
    total,
    counts: countsReply(counts),
    ratePerSecond: 0,
    secondsLeft: 0,
    atMs: Date.now(),
    last: isLast,
  };
}

/** Rows of an import, or records of a revert, whose tally counts a total. */
function doneOf(counts: OutcomeCounts & { readonly total?: number }): number {
  return counts.total ?? counts.read;
}

/** A cursor that is none begins at the first step. */
function cursorOf(after: string): [number, string] {
  const match = /^(\d{1,15})\.([A-Z_]{0,40})$/.exec(after);
  return match === null ? [0, ''] : [Number(match[1]), match[2] ?? ''];
}
