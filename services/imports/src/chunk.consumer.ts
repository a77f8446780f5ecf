import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { chunksV1, targetsV1 } from '@caseledger/contracts';
import { isDomainError } from '@caseledger/errors';
import { ResourceExhausted, isTransient } from '@caseledger/event-store';
import { isTransient as isPassing, react, type Consumption, type StreamMessage } from '@caseledger/event-streams';
import { decodeRows } from './file/row-objects.js';
import { platform } from './import.commands.js';
import type { ImportContext } from './import.context.js';
import { pauseFor } from './import/run.decider.js';
import { chunksTopic } from './imports.topics.js';
import { applyOptionsOf, isMapped, readAnalysis, readinessOf, readingOf } from './plan.inputs.js';
import { mayStill } from './projections/company.queries.js';
import { readRun, type RunRow } from './projections/runs.projection.js';
import type { RowTarget } from './row-target.js';
import type { RunControl } from './run.control.js';

/*
 * One chunk: load it, hand it to every target in turn, acknowledge. The target decides by compare-and-set whether the
 * chunk is its lane's next one, so a delivery that is lost, doubled, late or a straggler's is harmless (DESIGN 11–13).
 * It is acknowledged only after every target has answered. A chunk that nobody can take does not park its lane: the
 * run is paused with the reason, and going on is a person's decision.
 */

/** Named places in which a test can end the worker (CORRECTNESS I1). */
export type ChunkCrashPoint = 'after_load' | 'before_apply' | 'after_apply' | 'before_ack';

export interface ChunkConsumerOptions {
  readonly context: ImportContext;
  readonly control: RunControl;
  /** How many chunks this worker has at work at the same time. */
  readonly concurrency: number;
  readonly crashPoint?: (name: ChunkCrashPoint) => void | Promise<void>;
  /** Between tries while the database has no space; default 5 s (DESIGN §6). */
  readonly resourceWaitMs?: number;
}

type Chunk = chunksV1.ChunkDispatched;

const DEADLINE_MS = 600_000;
const TRIES_MAX = 3;
const RETRY_FIRST_MS = 50;
const RETRY_MAX_MS = 5_000;
const RESOURCE_WAIT_MS = 5_000;
const OPTIONS_MAX = 100;

const { RUN_KIND_REVERT, RUN_KIND_RESTORE } = targetsV1.RunKind;

export function chunkConsumer(options: ChunkConsumerOptions): Consumption {
  const { topic, partitions } = chunksTopic;
  const worker = new ChunkWorker(options);
  return react(
    { consumer: 'imports.chunks', source: 'imports', topic, partitions, batchMax: 1, concurrency: options.concurrency, deadlineMs: DEADLINE_MS },
    async (batch, signal) => {
      for (const message of batch) await worker.take(message, signal);
    },
  );
}

class ChunkWorker {
  private readonly applyOptions = new Map<string, targetsV1.ApplyOptions>();

  constructor(private readonly options: ChunkConsumerOptions) {}

  async take(message: StreamMessage, signal: AbortSignal): Promise<void> {
    const chunk = chunksV1.ChunkDispatched.decode(message.payload);
    const { tenant } = message;
    const { context } = this.options;
    const { run, isAllowed } = await this.lookUp(tenant, chunk.run);
    if (run === undefined || run.state !== 'RUNNING') return;
    if (!isAllowed) return this.pause(tenant, run, 'PAUSED_ACCESS', { code: 'FORBIDDEN', params: {} });
    try {
      const bytes = await context.objects.getByKey(tenant, chunk.importId, chunk.objectKey, chunk.sha256);
      await this.crash('after_load');
      for (const target of context.targets) await this.handOver(target, tenant, chunk, bytes, message.traceparent ?? '', run, signal);
      await this.crash('before_ack');
    } catch (error) {
      if (signal.aborted || passes(error)) throw error;
      await this.giveUp(tenant, run, error);
    }
  }

  /** The run, and whether its importer still has the right to make what the rows make: asked at every chunk (SEC-012). */
  private lookUp(tenant: string, of: string): Promise<{ run: RunRow | undefined; isAllowed: boolean }> {
    const { store, targets } = this.options.context;
    return store.transaction(tenant, async (tx) => {
      const run = await readRun(tx, of);
      return { run, isAllowed: run !== undefined && (await mayStill(tx, run.actor, targets.map(({ permission }) => permission))) };
    });
  }

  private async handOver(
    target: RowTarget,
    tenant: string,
    chunk: Chunk,
    bytes: Buffer,
    traceparent: string,
    run: RunRow,
    signal: AbortSignal,
  ): Promise<void> {
    await this.crash('before_apply');
    const reply = await this.persistently(tenant, run, signal, () => this.call(target, tenant, chunk, bytes, traceparent));
    await this.crash('after_apply');
    const { metrics } = this.options.context;
    const isApplied = reply.answer === targetsV1.ChunkAnswer.CHUNK_ANSWER_APPLIED;
    metrics.chunks.inc({ answer: !isApplied ? 'not_now' : reply.replayed ? 'replayed' : 'applied' });
    if (!isApplied || reply.replayed) return;
    for (const { outcome } of reply.outcomes) metrics.rows.inc({ outcome });
  }

  private async call(target: RowTarget, tenant: string, chunk: Chunk, bytes: Buffer, traceparent: string): Promise<targetsV1.ChunkReply> {
    const { run, importId, attempt, lane, seq, actor } = chunk;
    if (chunk.kind === RUN_KIND_REVERT || chunk.kind === RUN_KIND_RESTORE) {
      return target.revert({ ...targetsV1.RevertChunkRequest.decode(bytes), lane, seq, actor, traceparent });
    }
    const options = await this.optionsOf(tenant, importId, run);
    return target.apply({ tenant, importId, run, attempt, lane, seq, actor, options, rows: decodeRows(bytes), traceparent });
  }

  /** Options are pinned with the import, so they are the same for every chunk of a run. */
  private async optionsOf(tenant: string, importId: string, run: string): Promise<targetsV1.ApplyOptions> {
    const known = this.applyOptions.get(run);
    if (known !== undefined) return known;
    const { context } = this.options;
    const state = await context.commands.load(tenant, importId);
    if (!isMapped(state) || !('attempt' in state)) throw new Error('A chunk of an import that has no run');
    const readiness = readinessOf(state, await readAnalysis(context, tenant, state));
    const reading = await context.store.transaction(tenant, (tx) => readingOf(tx, state, readiness, state.attempt.plan.importDay));
    const options = applyOptionsOf(state, reading);
    if (this.applyOptions.size >= OPTIONS_MAX) this.applyOptions.clear();
    this.applyOptions.set(run, options);
    return options;
  }

  /**
   * Tries a call again while its failure may pass. Without space the worker keeps the chunk and tries every 5 s; the
   * pause is written when a write succeeds, and nothing depends on it (DESIGN §6).
   */
  private async persistently<T>(tenant: string, run: RunRow, signal: AbortSignal, call: () => Promise<T>): Promise<T> {
    let failures = 0;
    for (let tries = 0; ; tries += 1) {
      signal.throwIfAborted();
      try {
        return await call();
      } catch (error) {
        if (error instanceof ResourceExhausted) {
          await this.tellOfNoSpace(tenant, run);
          await pause(this.options.resourceWaitMs ?? RESOURCE_WAIT_MS, undefined, { signal });
          continue;
        }
        if (!passes(error)) failures += 1;
        if (failures >= TRIES_MAX || (isDomainError(error) && error.kind !== 'concurrency')) throw error;
        await pause(Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** tries) * (0.5 + Math.random() / 2), undefined, { signal });
      }
    }
  }

  /** Only shown: the run stays as it is in the targets, and the sweep takes the mark away again. */
  private async tellOfNoSpace(tenant: string, run: RunRow): Promise<void> {
    const { context } = this.options;
    const isImport = run.subject === run.importId;
    if (!isImport) return;
    await context.commands
      .change(platform(tenant), run.importId, (state) => pauseFor('PAUSED_RESOURCE', { code: 'PAUSED_RESOURCE', params: {} }, state))
      .catch(() => undefined);
  }

  /** The chunk cannot be taken: damaged, or something broke on it that halving could not isolate (RUN-006, RUN-007). */
  private async giveUp(tenant: string, run: RunRow, error: unknown): Promise<void> {
    const reference = randomUUID().slice(0, 8);
    const isKnown = isDomainError(error);
    this.options.context.logger.error({ error, run: run.run, reference }, 'A chunk cannot be taken; its run is paused');
    await this.pause(tenant, run, 'PAUSED', isKnown ? { code: error.code, params: { ...error.params } } : { code: 'INTERNAL_ERROR', params: { ref: reference } });
  }

  private pause(tenant: string, run: RunRow, why: 'PAUSED' | 'PAUSED_ACCESS', reason: { code: string; params: Record<string, string | number> }): Promise<void> {
    return this.options.control.pauseFor(tenant, run, why, reason);
  }

  private async crash(point: ChunkCrashPoint): Promise<void> {
    await this.options.crashPoint?.(point);
  }
}

/** Whether the same may work later: connections, deadlocks, timeouts, another writer. */
function passes(error: unknown): boolean {
  return isTransient(error) || isPassing(error) || (isDomainError(error) && error.kind === 'concurrency');
}
