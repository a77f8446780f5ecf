import { targetsV1 } from '@caseledger/contracts';
import { decodeRows } from './file/row-objects.js';
import type { ImportContext } from './import.context.js';
import { nothingGone, type ImportTarget } from './import.target.js';
import { objectKey } from './objects/import-objects.js';
import { findChunks, placeOf } from './objects/manifest.js';
import { applyOptionsOf, isMapped, readAnalysis, readinessOf, readingOf } from './plan.inputs.js';
import { isRevert, type RunRow } from './projections/runs.projection.js';

/** A chunk as its lane's event tells of it. */
export interface ChunkPlace {
  readonly lane: number;
  readonly seq: number;
  readonly objectKey: string;
  readonly sha256: string;
}

const OPTIONS_MAX = 100;

/** Hands stored chunks over to the target of their import: the one place that makes requests out of them. */
export class ChunkCalls {
  private readonly applyOptions = new Map<string, targetsV1.ApplyOptions>();

  constructor(private readonly context: ImportContext) {}

  /** The chunk's bytes. @throws DomainError CHUNK_CORRUPT when they are not those that were recorded. */
  load(tenant: string, run: RunRow, { objectKey, sha256 }: ChunkPlace): Promise<Buffer> {
    return this.context.objects.getByKey(tenant, run.importId, objectKey, sha256);
  }

  /** Applies or reverts what the chunk holds; the target's compare-and-set decides whether it is its turn. */
  async call(tenant: string, run: RunRow, place: ChunkPlace, bytes: Buffer, traceparent: string): Promise<targetsV1.ChunkReply> {
    const { lane, seq } = place;
    const { importId, attempt, actor } = run;
    const target: ImportTarget = this.context.targetOf(run.type);
    if (isRevert(run.kind)) {
      return target.revert({ ...targetsV1.RevertChunkRequest.decode(bytes), lane, seq, actor, traceparent }, nothingGone());
    }
    const options = await this.optionsOf(tenant, importId, run.run);
    return target.apply({ tenant, importId, run: run.run, attempt, lane, seq, actor, options, rows: decodeRows(bytes), traceparent });
  }

  /** Finishes a chunk that one of two services has stored and the other has not. */
  async finish(tenant: string, run: RunRow, lane: number, seq: number): Promise<void> {
    const kind = isRevert(run.kind) ? 'revert' : 'run';
    const [entry] = await this.context.store.transaction(tenant, (tx) => findChunks(tx, run.run, kind, [{ lane, seq }]));
    if (entry === undefined) throw new Error(`Chunk ${lane}/${seq} of a run is not in the manifest`);
    const place = { lane, seq, objectKey: objectKey(tenant, run.importId, placeOf(entry), entry.sha256), sha256: entry.sha256 };
    await this.call(tenant, run, place, await this.load(tenant, run, place), '');
  }

  /** Options are pinned with the import, so they are the same for every chunk of a run. */
  private async optionsOf(tenant: string, importId: string, run: string): Promise<targetsV1.ApplyOptions> {
    const known = this.applyOptions.get(run);
    if (known !== undefined) return known;
    const { context } = this;
    const state = await context.commands.load(tenant, importId);
    if (!isMapped(state) || !('attempt' in state)) throw new Error('A chunk of an import that has no run');
    const readiness = readinessOf(state, await readAnalysis(context, tenant, state));
    const reading = await context.store.transaction(tenant, (tx) => readingOf(tx, state, readiness, state.attempt.plan.importDay));
    const options = applyOptionsOf(state, reading, readiness);
    if (this.applyOptions.size >= OPTIONS_MAX) this.applyOptions.clear();
    this.applyOptions.set(run, options);
    return options;
  }
}
