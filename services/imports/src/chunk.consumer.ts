import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { chunksV1, targetsV1 } from '@caseledger/contracts';
import { isDomainError } from '@caseledger/errors';
import { ResourceExhausted, isTransient } from '@caseledger/event-store';
import { isTransient as isPassing, react, type Consumption, type StreamMessage } from '@caseledger/event-streams';
import { ChunkCalls } from './chunk.calls.js';
import type { BEFORE_CASES } from './case-rows/case-rows.js';
import { platform } from './import.commands.js';
import type { ImportContext } from './import.context.js';
import { permissionsOf } from './import.target.js';
import { pauseFor } from './import/run.decider.js';
import { chunksTopic } from './imports.topics.js';
import { mayStill } from './projections/company.queries.js';
import { readRun, type RunRow } from './projections/runs.projection.js';
import type { RunControl } from './run.control.js';

/*
 * One chunk: load it, hand it to its import's target, acknowledge. The target decides by compare-and-set whether the
 * chunk is its lane's next one, so a delivery that is lost, doubled, late or a straggler's is harmless (DESIGN 11–13).
 * It is acknowledged only after the target has answered for everything in it. A chunk that nobody can take does not park its lane: the
 * run is paused with the reason, and going on is a person's decision.
 */

/** Named places in which a test can end the worker (CORRECTNESS I1). */
export type ChunkCrashPoint = 'after_load' | 'before_apply' | typeof BEFORE_CASES | 'after_apply' | 'before_ack';

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
  private readonly calls: ChunkCalls;

  constructor(private readonly options: ChunkConsumerOptions) {
    this.calls = new ChunkCalls(options.context);
  }

  async take(message: StreamMessage, signal: AbortSignal): Promise<void> {
    const chunk = chunksV1.ChunkDispatched.decode(message.payload);
    const { tenant } = message;
    const { run, isAllowed } = await this.lookUp(tenant, chunk.run);
    if (run === undefined || run.state !== 'RUNNING') return;
    if (!isAllowed) return this.pause(tenant, run, 'PAUSED_ACCESS', { code: 'FORBIDDEN', params: {} });
    try {
      const bytes = await this.calls.load(tenant, run, chunk);
      await this.crash('after_load');
      await this.handOver(tenant, chunk, bytes, message.traceparent ?? '', run, signal);
      await this.crash('before_ack');
    } catch (error) {
      if (signal.aborted || passes(error)) throw error;
      await this.giveUp(tenant, run, error);
    }
  }

  /** The run, and whether its importer still has the right to make what the rows make: asked at every chunk (SEC-012). */
  private lookUp(tenant: string, of: string): Promise<{ run: RunRow | undefined; isAllowed: boolean }> {
    const { store, targetOf } = this.options.context;
    return store.transaction(tenant, async (tx) => {
      const run = await readRun(tx, of);
      return { run, isAllowed: run !== undefined && (await mayStill(tx, run.actor, permissionsOf(targetOf(run.type)))) };
    });
  }

  private async handOver(tenant: string, chunk: Chunk, bytes: Buffer, traceparent: string, run: RunRow, signal: AbortSignal): Promise<void> {
    await this.crash('before_apply');
    const reply = await this.persistently(tenant, run, signal, () => this.calls.call(tenant, run, chunk, bytes, traceparent));
    await this.crash('after_apply');
    const { metrics } = this.options.context;
    const isApplied = reply.answer === targetsV1.ChunkAnswer.CHUNK_ANSWER_APPLIED;
    metrics.chunks.inc({ answer: !isApplied ? 'not_now' : reply.replayed ? 'replayed' : 'applied' });
    if (!isApplied || reply.replayed) return;
    for (const { outcome } of reply.outcomes) metrics.rows.inc({ outcome });
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
