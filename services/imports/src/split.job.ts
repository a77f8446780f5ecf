import { uuid8 } from '@caseledger/event-store';
import type { targetsV1 } from '@caseledger/contracts';
import { Components } from './file/components.js';
import type { EncodedRows } from './file/file-rows.js';
import { decodeWithoutCells } from './file/row-objects.js';
import type { ImportContext } from './import.context.js';
import type { JobAtWork, JobHandler } from './job.runner.js';
import { listObjects, placeOf, type ManifestEntry } from './objects/manifest.js';
import { startGeneration } from './plan.generation.js';
import { giveUpPlan } from './plan.giving-up.js';
import { configOf, isMapped, planInMaking, readAnalysis, readinessOf, readingOf, type Mapped } from './plan.inputs.js';
import { matchBatch, storeMatches, tieBatch, type TieSubject } from './plan.ties.js';
import { rowsToPlan } from './row.sources.js';

/*
 * The leased job that turns a file into row objects, asks the target which rows are tied, and cuts lanes and chunks
 * to be judged (DESIGN §4). Killed at any moment it begins anew and gives the same objects (CORRECTNESS I6).
 */

export function splitJob(context: ImportContext): JobHandler {
  return {
    kind: 'split',
    run: (job) => split(context, job),
    giveUp: (job, reason, reference) => giveUpPlan(context, job, reason, reference),
  };
}

async function split(context: ImportContext, job: JobAtWork): Promise<void> {
  const { tenant, about: importId, subject: plan } = job;
  const state = await context.commands.load(tenant, importId);
  const making = planInMaking(state, plan);
  if (making === undefined || !isMapped(state)) return context.store.transaction(tenant, (tx) => job.complete(tx));
  // Noted before anything is looked up, so that a change during the split is found afterwards.
  const target = context.targetOf(state.type);
  const positions = await target.positions();
  const readiness = readinessOf(state, await readAnalysis(context, tenant, state));
  const options = await context.store.transaction(tenant, (tx) => readingOf(tx, state, readiness, making.asked.importDay));
  const config = making.attempt === undefined ? configOf(state, options) : uuid8('rows', making.attempt.run);
  const known = await context.store.transaction(tenant, (tx) => listObjects(tx, config, 'rows'));
  const batches =
    known.length > 0
      ? storedBatches(context, job, importId, known)
      : newBatches(context, job, importId, config, rowsToPlan({ context, tenant, state, options, signal: job.signal }, making.attempt));
  const tied = await tieAll(context, job, { tenant, importId, plan }, state, making.attempt?.rows ?? state.analysis.rows, batches);
  const newRows = known.length > 0 ? [] : tied.objects;
  await startGeneration(context, job, {
    importId,
    plan,
    generation: 1,
    config,
    rows: tied.rows,
    positions,
    objects: tied.objects,
    components: tied.components,
    decisions: state.decisions,
    newObjects: [...newRows, ...tied.keys],
  });
}

/** Rows, without their cells, with the manifest entry of the object that holds them. */
interface Batch {
  readonly rows: readonly targetsV1.Row[];
  readonly entry: ManifestEntry;
}

interface Tied {
  readonly rows: number;
  readonly objects: ManifestEntry[];
  readonly keys: ManifestEntry[];
  readonly components: Components;
}

/** Asks the target batch by batch; while it answers, the next batch is read and normalised. */
async function tieAll(
  context: ImportContext,
  job: JobAtWork,
  of: TieSubject,
  state: Mapped,
  rowsMax: number,
  batches: AsyncIterable<Batch>,
): Promise<Tied> {
  const components = new Components(rowsMax);
  const tied = { rows: 0, objects: [] as ManifestEntry[], keys: [] as ManifestEntry[] };
  let before: Promise<void> = Promise.resolve();
  for await (const { rows, entry } of batches) {
    job.signal.throwIfAborted();
    await before;
    const at = { generation: 1, seq: tied.objects.length };
    const firstIndex = tied.rows;
    tied.objects.push(entry);
    tied.rows += rows.length;
    if (tied.rows > rowsMax) throw new Error('The file has more rows than its analysis counted');
    before = (async () => {
      const matches = await matchBatch(context.targetOf(state.type), of, rows, state.decisions);
      tieBatch(components, firstIndex, matches);
      tied.keys.push(await storeMatches(context, of, at, matches));
    })();
    before.catch(() => undefined);
  }
  await before;
  return { ...tied, components };
}

async function* storedBatches(context: ImportContext, job: JobAtWork, importId: string, objects: readonly ManifestEntry[]): AsyncGenerator<Batch> {
  for (const entry of objects) {
    yield { entry, rows: decodeWithoutCells(await context.objects.get(job.tenant, importId, placeOf(entry), entry.sha256)) };
  }
}

async function* newBatches(
  context: ImportContext,
  job: JobAtWork,
  importId: string,
  config: string,
  source: AsyncIterable<EncodedRows>,
): AsyncGenerator<Batch> {
  let seq = 0;
  const store = async (seq: number, { bytes, ...of }: EncodedRows): Promise<Batch> => {
    const place = { setId: config, kind: 'rows' as const, generation: 1, lane: 0, seq };
    const { sha256 } = await context.objects.put(job.tenant, importId, placeOf(place), bytes);
    return { rows: decodeWithoutCells(bytes), entry: { ...place, ...of, sha256 } };
  };
  // One batch is being stored while the one before it is looked up.
  let before: Promise<Batch> | undefined;
  for await (const encoded of source) {
    if (encoded.rows === 0) continue;
    const storing = store(seq, encoded);
    storing.catch(() => undefined);
    seq += 1;
    if (before !== undefined) yield await before;
    before = storing;
  }
  if (before !== undefined) yield await before;
}
