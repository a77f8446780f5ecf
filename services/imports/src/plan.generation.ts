import { uuid8, type StoreTransaction } from '@caseledger/event-store';
import { laneCount, laneOf, type Components } from './file/components.js';
import { LaneCutter, type CutChunk } from './file/lane-cutter.js';
import { storedRows, type StoredRow } from './file/row-objects.js';
import type { ImportContext } from './import.context.js';
import type { RowDecision } from './import/import.js';
import type { TargetPosition } from './import/import.events.js';
import type { JobAtWork } from './job.runner.js';
import { placeOf, recordObjects, type ManifestEntry } from './objects/manifest.js';
import { StoringAside } from './objects/storing-aside.js';
import { savePlanWork } from './projections/plan.queries.js';

/** Jobs that judge a generation side by side; each takes every so-manieth lane. */
const JUDGE_JOBS_MAX = 8;

export interface Generation {
  readonly importId: string;
  readonly plan: string;
  readonly generation: number;
  readonly config: string;
  /** Of the whole plan. */
  readonly rows: number;
  /** What the verdicts of this generation rest on. */
  readonly positions: readonly TargetPosition[];
  /** The plan's row objects, in file order. */
  readonly objects: readonly ManifestEntry[];
  readonly components: Components;
  readonly decisions: ReadonlyMap<number, RowDecision>;
  /** Whether a row, by index, is judged in this generation; absent for all. */
  readonly includes?: (index: number) => boolean;
  /** Objects made on the way here, to be recorded with the generation. */
  readonly newObjects: readonly ManifestEntry[];
}

/**
 * Cuts the rows of a generation into the chunks of their lanes, stores them, and hands the lanes to the judges. The
 * chunks, their number and the jobs are stored with the end of the job that made them.
 */
export async function startGeneration(context: ImportContext, job: JobAtWork, of: Generation): Promise<void> {
  const chunks = await cutGeneration(context, job, of);
  const lanes = [...new Set(chunks.map(({ lane }) => lane))];
  await context.store.transaction(job.tenant, async (tx) => {
    const { importId, plan, generation, config, rows, positions } = of;
    await savePlanWork(tx, { plan, importId, generation, lanes: lanes.length, config, rows, positions });
    await recordObjects(tx, [...of.newObjects, ...chunks]);
    await enqueueJudges(context, tx, of, lanes);
    await job.complete(tx);
  });
}

async function enqueueJudges(context: ImportContext, tx: StoreTransaction, of: Generation, lanes: readonly number[]): Promise<void> {
  const { importId, plan, generation } = of;
  const jobs = Math.min(JUDGE_JOBS_MAX, lanes.length);
  for (let part = 0; part < jobs; part += 1) {
    const own = lanes.filter((_, index) => index % jobs === part);
    const payload = { id: importId, subject: plan, generation, lanes: own };
    await context.jobs.enqueue(tx, { id: uuid8('job', 'judge', plan, String(generation), String(part)), kind: 'judge', tenant: tx.tenant, payload });
  }
}

async function cutGeneration(context: ImportContext, job: JobAtWork, of: Generation): Promise<ManifestEntry[]> {
  const lanes = laneCount(of.rows);
  const cutter = new LaneCutter(lanes);
  const storing = new StoringAside();
  const store = (chunk: CutChunk): Promise<void> =>
    storing.add(() => storeChunk(context, job.tenant, of.importId, { setId: of.plan, kind: 'chunk', generation: of.generation }, chunk));
  for await (const { rows, firstIndex } of rowsInOrder(context, job, of.importId, of.objects)) {
    for (const [at, row] of rows.entries()) {
      const index = firstIndex + at;
      if (of.includes !== undefined && !of.includes(index)) continue;
      const marks = { tied: of.components.isTied(index), decision: of.decisions.get(row.row), expected: undefined };
      const chunk = cutter.add(laneOf(of.components.componentOf(index), lanes), row, marks);
      if (chunk !== undefined) await store(chunk);
    }
  }
  for (const chunk of cutter.rest()) await store(chunk);
  return storing.all();
}

/** The rows of each row object, with the index of the first in file order; one object is read ahead. */
export async function* rowsInOrder(
  context: ImportContext,
  job: JobAtWork,
  importId: string,
  objects: readonly ManifestEntry[],
): AsyncGenerator<{ rows: StoredRow[]; firstIndex: number }> {
  const read = (entry: ManifestEntry | undefined): Promise<Buffer> =>
    entry === undefined ? Promise.resolve(Buffer.alloc(0)) : context.objects.get(job.tenant, importId, placeOf(entry), entry.sha256);
  let firstIndex = 0;
  let ahead = read(objects[0]);
  ahead.catch(() => undefined);
  for (const [place, entry] of objects.entries()) {
    job.signal.throwIfAborted();
    const rows = storedRows(await ahead);
    ahead = read(objects[place + 1]);
    ahead.catch(() => undefined);
    if (rows.length !== entry.rows) throw new Error(`An object of ${entry.rows} rows holds ${rows.length}`);
    yield { rows, firstIndex };
    firstIndex += rows.length;
  }
}

/** Stores a chunk and tells its manifest entry. */
export async function storeChunk(
  context: ImportContext,
  tenant: string,
  importId: string,
  of: Pick<ManifestEntry, 'setId' | 'kind' | 'generation'>,
  chunk: CutChunk,
): Promise<ManifestEntry> {
  const { lane, seq, rows, firstRow, lastRow } = chunk;
  const entry = { ...of, lane, seq, rows, firstRow, lastRow };
  const { sha256 } = await context.objects.put(tenant, importId, placeOf(entry), chunk.bytes);
  return { ...entry, sha256 };
}
