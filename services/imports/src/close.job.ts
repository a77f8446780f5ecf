import { hash } from 'node:crypto';
import { targetsV1 } from '@caseledger/contracts';
import type { StoreTransaction } from '@caseledger/event-store';
import { platform } from './import.commands.js';
import type { ImportContext } from './import.context.js';
import type { ImportTarget } from './import.target.js';
import { isRunning, type Running } from './import/import.js';
import { closing } from './import/import.workflow.js';
import { closeRun } from './import/run.decider.js';
import type { JobAtWork, JobHandler } from './job.runner.js';
import { countsOf, outcomesAfter, outcomesOf } from './projections/ledger.queries.js';
import { withNotProcessed } from './projections/outcome-counts.js';
import { readLanes, readRun } from './projections/runs.projection.js';

/*
 * The leased job that ends an attempt: when every chunk has its outcome and the outcomes add up to the rows, the run is
 * closed in the targets and the import ends. When they do not add up it stays open and pages ops (LED-001).
 */

export function closeJob(context: ImportContext): JobHandler {
  return {
    kind: 'close',
    run: (job) => close(context, job),
    // The reactor asks again as long as the run is open.
    giveUp: (job) => context.store.transaction(job.tenant, (tx) => job.complete(tx)),
  };
}

async function close(context: ImportContext, job: JobAtWork): Promise<void> {
  const { tenant, about: importId, subject: run } = job;
  const state = await context.commands.load(tenant, importId);
  const mayEnd = isRunning(state) && state.attempt.run === run && (state.status === 'RUNNING' || state.status === 'CANCELLING');
  if (!mayEnd) return context.store.transaction(tenant, (tx) => job.complete(tx));
  const verdict = await context.store.transaction(tenant, async (tx) => judgeClosing(context, tx, state));
  if (verdict === 'MISMATCH') {
    context.metrics.ledgerMismatch.inc();
    context.logger.error({ code: 'LEDGER_MISMATCH', import: importId, run }, 'The outcomes of a run do not add up to its rows; it stays open');
  }
  if (verdict !== 'CLOSE') return context.store.transaction(tenant, (tx) => job.complete(tx));
  if (state.attempt.phase === 'OPEN' && state.status === 'RUNNING') await closeInTarget(context, tenant, run, state);
  const { counts, ledgerRoot } = await context.store.transaction(tenant, (tx) => sumUp(tx, state));
  await context.commands.work(platform(tenant), { imports: [importId] }, async ({ tx, imports: [held] }) => {
    if (held !== undefined) held.add(closeRun({ run, counts, ledgerRoot }, held.state));
    await job.complete(tx);
  });
}

async function judgeClosing(context: ImportContext, tx: StoreTransaction, state: Running): Promise<'OPEN' | 'CLOSE' | 'MISMATCH'> {
  const { run, number, phase } = state.attempt;
  const row = await readRun(tx, run);
  if (row === undefined) return 'OPEN';
  // A run cancelled before it was opened has written nothing.
  if (phase !== 'OPEN') return state.status === 'CANCELLING' ? 'CLOSE' : 'OPEN';
  const lanes = await readLanes(tx, row);
  const outcomes = await outcomesOf(tx, state.importId, number);
  const applied = state.status === 'CANCELLING' ? await appliedByTarget(context.targetOf(state.type), tx.tenant, run) : undefined;
  return closing({ lanes, outcomes, rows: row.rows }, applied);
}

/** How many chunks of each lane the target has applied; after a cancel no more are. */
export async function appliedByTarget(target: ImportTarget, tenant: string, run: string): Promise<Map<number, number>> {
  const { lanes } = await target.lanes({ tenant, run });
  return new Map(lanes.map(({ lane, nextSeq }) => [lane, nextSeq]));
}

async function closeInTarget(context: ImportContext, tenant: string, run: string, { type, attempt }: Running): Promise<void> {
  const request = { tenant, run, actor: attempt.startedBy, state: targetsV1.RunState.RUN_STATE_CLOSED };
  await context.targetOf(type).setState(request, { isRevert: false, finish: nothingLeft });
}

/** A run is closed when all its chunks have their outcome. */
export async function nothingLeft(lane: number, seq: number): Promise<void> {
  throw new Error(`Chunk ${lane}/${seq} of a run to be closed is half written`);
}

async function sumUp(tx: StoreTransaction, state: Running) {
  const rowsOfFile = state.analysis?.rows ?? 0;
  const isCancelled = state.status === 'CANCELLING' || state.endsAs === 'CANCELLED';
  const counts = await countsOf(tx, state.importId);
  return {
    counts: isCancelled ? withNotProcessed(counts, rowsOfFile) : counts,
    ledgerRoot: await ledgerRoot(tx, state.importId, isCancelled ? rowsOfFile : 0),
  };
}

const PAGE_ROWS = 5_000;
const NODE = '\x01';

/**
 * The Merkle root over the outcomes in row order, as of RFC 6962: a leaf is SHA-256(0x00 | row | outcome | reason), a
 * node SHA-256(0x01 | left | right), an odd one is carried up. A short proof shows that a row is in it.
 */
export async function ledgerRoot(tx: StoreTransaction, importId: string, rowsOfFile: number): Promise<string> {
  let level: string[] = [];
  for (let afterRow = 0; ; ) {
    const rows = await outcomesAfter(tx, importId, { first: PAGE_ROWS, afterRow, rowsOfFile });
    const last = rows.at(-1);
    if (last === undefined) break;
    for (const { row, outcome, reason } of rows) level.push(sha256(`\0${row}\n${outcome}\n${reason}`));
    afterRow = last.row;
  }
  while (level.length > 1) {
    const next: string[] = [];
    for (let at = 0; at < level.length; at += 2) {
      const [left, right] = [level[at], level[at + 1]];
      if (left !== undefined) next.push(right === undefined ? left : sha256(Buffer.from(`${NODE}${left}${right}`, 'latin1')));
    }
    level = next;
  }
  return Buffer.from(level[0] ?? sha256(''), 'latin1').toString('hex');
}

/** Digests as binary text: two for each row, and none of them needs a buffer of its own. */
function sha256(bytes: string | Buffer): string {
  return hash('sha256', bytes, 'binary');
}
