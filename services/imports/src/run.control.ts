import { targetsV1 } from '@caseledger/contracts';
import { isDomainError } from '@caseledger/errors';
import { ChunkCalls } from './chunk.calls.js';
import { platform, type Caller, type OnceOnly } from './import.commands.js';
import type { ImportContext } from './import.context.js';
import type { PauseKind, Reason } from './import/import.events.js';
import { cancelImport, pauseFor, pauseImport, resumeFrom, resumeImport } from './import/run.decider.js';
import { isRunning, type Import } from './import/import.js';
import { countsOf } from './projections/ledger.queries.js';
import { withNotProcessed } from './projections/outcome-counts.js';
import { isRevert, readRun, type RunRow } from './projections/runs.projection.js';
import { cancelRevert, pauseRevert, resumeRevert } from './revert/revert.decider.js';
import type { Revert } from './revert/revert.js';

/*
 * Pause, resume and cancel. The run's state is changed in the target first: after its answer no chunk is written, so
 * what is acknowledged to the user holds (DESIGN 13, RUN-005). Then the events follow.
 */

const { RUN_STATE_RUNNING, RUN_STATE_PAUSED, RUN_STATE_CANCELLED } = targetsV1.RunState;

export class RunControl {
  private readonly chunks: ChunkCalls;

  constructor(private readonly context: ImportContext) {
    this.chunks = new ChunkCalls(context);
  }

  async pause(caller: Caller, importId: string, once?: OnceOnly): Promise<{ replayed: boolean }> {
    const state = await this.context.commands.load(caller.tenant, importId);
    pauseImport(state);
    await this.setInTarget(caller, openRunOf(state), RUN_STATE_PAUSED);
    return this.context.commands.change(caller, importId, pauseImport, once);
  }

  async resume(caller: Caller, importId: string, once?: OnceOnly): Promise<{ replayed: boolean }> {
    const state = await this.context.commands.load(caller.tenant, importId);
    // The target of a run that goes on is left alone: somebody may be pausing it just now.
    if (resumeImport(state).length === 0) return this.context.commands.change(caller, importId, nothing, once);
    await this.setInTarget(caller, openRunOf(state), RUN_STATE_RUNNING);
    return this.context.commands.change(caller, importId, resumeImport, once);
  }

  async cancel(caller: Caller, importId: string, once?: OnceOnly): Promise<{ replayed: boolean }> {
    const state = await this.context.commands.load(caller.tenant, importId);
    const by = caller.actor ?? '';
    const rowsOfFile = state.status === 'NONE' ? 0 : (state.analysis?.rows ?? 0);
    await this.setInTarget(caller, openRunOf(state), RUN_STATE_CANCELLED);
    return this.context.commands.change(
      caller,
      importId,
      async (now, tx) => cancelImport(by, withNotProcessed(await countsOf(tx, importId), rowsOfFile), now),
      once,
    );
  }

  /** The platform pauses a run, import or revert alike, and says why (RUN-006). */
  async pauseFor(tenant: string, run: RunRow, why: PauseKind, reason: Reason): Promise<void> {
    const caller = platform(tenant);
    await this.setInTarget(caller, run.run, RUN_STATE_PAUSED);
    if (run.subject === run.importId) {
      await this.context.commands.change(caller, run.importId, (state) => pauseFor(why, reason, state));
    } else {
      await this.context.commands.work(caller, { reverts: [run.subject] }, async ({ reverts: [held] }) => {
        if (held?.state.status === 'RUNNING' && !held.state.isCancelling) held.add(pauseRevert(reason.code, held.state));
      });
    }
  }

  /** The cause of a pause by the platform is gone. */
  async resumeFrom(tenant: string, importId: string, why: 'PAUSED_RESOURCE' | 'PAUSED_ACCESS'): Promise<void> {
    const state = await this.context.commands.load(tenant, importId);
    if (state.status !== why) return;
    await this.setInTarget(platform(tenant), openRunOf(state), RUN_STATE_RUNNING);
    await this.context.commands.change(platform(tenant), importId, (now) => resumeFrom(why, now));
  }

  async pauseRevert(caller: Caller, revertId: string, once?: OnceOnly): Promise<{ replayed: boolean }> {
    pauseRevert('', await this.context.commands.loadRevert(caller.tenant, revertId));
    await this.setInTarget(caller, revertId, RUN_STATE_PAUSED);
    return this.changeRevert(caller, revertId, (state) => pauseRevert('', state), once);
  }

  async resumeRevert(caller: Caller, revertId: string, once?: OnceOnly): Promise<{ replayed: boolean }> {
    const state = await this.context.commands.loadRevert(caller.tenant, revertId);
    if (resumeRevert(state).length === 0) return this.changeRevert(caller, revertId, nothing, once);
    await this.setInTarget(caller, revertId, RUN_STATE_RUNNING);
    return this.changeRevert(caller, revertId, resumeRevert, once);
  }

  async cancelRevert(caller: Caller, revertId: string, once?: OnceOnly): Promise<{ replayed: boolean }> {
    const by = caller.actor ?? '';
    cancelRevert(by, await this.context.commands.loadRevert(caller.tenant, revertId));
    await this.setInTarget(caller, revertId, RUN_STATE_CANCELLED);
    return this.changeRevert(caller, revertId, (state) => cancelRevert(by, state), once);
  }

  private changeRevert(
    caller: Caller,
    revertId: string,
    decide: (state: Revert) => ReturnType<typeof pauseRevert>,
    once?: OnceOnly,
  ): Promise<{ replayed: boolean }> {
    return this.context.commands.work(
      caller,
      { reverts: [revertId] },
      async ({ reverts: [held] }) => {
        if (held !== undefined) held.add(decide(held.state));
      },
      once,
    );
  }

  /** A run that the target does not know yet has nothing to be changed. */
  private async setInTarget(caller: Caller, run: string | undefined, state: targetsV1.RunState): Promise<void> {
    const { tenant, actor } = caller;
    const row = run === undefined ? undefined : await this.context.store.transaction(tenant, (tx) => readRun(tx, run));
    if (row === undefined) return;
    const change = { isRevert: isRevert(row.kind), finish: (lane: number, seq: number) => this.chunks.finish(tenant, row, lane, seq) };
    try {
      await this.context.targetOf(row.type).setState({ tenant, run: row.run, state, actor: actor ?? '' }, change);
    } catch (error) {
      if (!isDomainError(error) || error.code !== 'NOT_FOUND') throw error;
    }
  }
}

/** What a command that finds its work done changes. */
function nothing(): never[] {
  return [];
}

/** The run that its target may know: from the moment its chunks were being cut. */
function openRunOf(state: Import): string | undefined {
  return isRunning(state) && state.attempt.phase !== 'PLANNING' ? state.attempt.run : undefined;
}
