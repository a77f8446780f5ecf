import { setTimeout as pause } from 'node:timers/promises';
import type { importsV1 } from '@caseledger/contracts';
import { NO_COUNTS } from './import/import.events.js';
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
  /** Rows of each attempt, by its number, or records of the revert under 1. */
  readonly totals: ReadonlyMap<number, number>;
  /** Of the attempt at work, or of what there is to do before the first. */
  readonly total: number;
  readonly attempt: number;
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
      yield stateReply(step, standing, steps.at(-1) ?? (await stepAt(context, tenant, id, step)));
    }
    if (LAST.has(standing.state)) return;
    await pause(POLL_MS, undefined, { signal: o.signal }).catch(() => undefined);
  }
}

type Tx = Parameters<Parameters<ImportContext['store']['transaction']>[1]>[0];

async function ofImport(tx: Tx, id: string): Promise<Standing | undefined> {
  const view = (await readViews(tx, [id])).get(id);
  if (view === undefined) return undefined;
  const totals = new Map(view.attempts.map(({ attempt, rows }) => [attempt, rows]));
  return { state: view.state, totals, total: view.attempts.at(-1)?.rows ?? view.analysis?.rows ?? 0, attempt: Math.max(1, view.attempts.length) };
}

async function ofRevert(tx: Tx, id: string): Promise<Standing | undefined> {
  const view = (await readReverts(tx, [id])).get(id);
  return view === undefined ? undefined : { state: view.state, totals: new Map([[1, view.records]]), total: view.records, attempt: 1 };
}

async function stepAt(context: ImportContext, tenant: string, id: string, step: number): Promise<ProgressRow | undefined> {
  const [last] = step === 0 ? [] : await context.store.transaction(tenant, (tx) => progressAfter(tx, id, step - 1, 1));
  return last;
}

/** `told` is the state that the client was told last; a chunk was stored while the run was running. */
function stepReply({ step, attempt, done, counts, at }: ProgressRow, { totals }: Standing, told: string, ratePerSecond: number): importsV1.ProgressStep {
  const total = Math.max(done, totals.get(attempt) ?? 0);
  return {
    cursor: `${step}.${told}`,
    state: 'RUNNING',
    done,
    total,
    counts: countsReply(counts),
    ratePerSecond,
    secondsLeft: ratePerSecond > 0 ? Math.ceil((total - done) / ratePerSecond) : 0,
    atMs: at.getTime(),
    last: false,
  };
}

function stateReply(step: number, { state, total, attempt }: Standing, row: ProgressRow | undefined): importsV1.ProgressStep {
  const isLast = LAST.has(state);
  const done = row?.attempt === attempt ? Math.min(row.done, total) : 0;
  return {
    cursor: `${step}.${state}`,
    state,
    done: isLast ? total : done,
    total,
    counts: countsReply(row?.counts ?? NO_COUNTS),
    ratePerSecond: 0,
    secondsLeft: 0,
    atMs: Date.now(),
    last: isLast,
  };
}

/** A cursor that is none begins at the first step. */
function cursorOf(after: string): [number, string] {
  const match = /^(\d{1,15})\.([A-Z_]{0,40})$/.exec(after);
  return match === null ? [0, ''] : [Number(match[1]), match[2] ?? ''];
}
