import { createHash } from 'node:crypto';
import { targetsV1 } from '@caseledger/contracts';
import { refused } from '@caseledger/errors';
import { pgArray, type StoreTransaction } from '@caseledger/event-store';
import { platform } from './import.commands.js';
import type { ImportContext } from './import.context.js';
import { nothingGone, type Gone, type ImportTarget } from './import.target.js';
import type { TargetPosition } from './import/import.events.js';
import type { JobAtWork, JobHandler } from './job.runner.js';
import { placeOf, recordObjects, type ManifestEntry } from './objects/manifest.js';
import { targetOfImport } from './plan.inputs.js';
import { countRecords } from './projections/outcome-counts.js';
import { cutRecords, type RecordChunk } from './revert.cutting.js';
import { failPreview, finishPreview } from './revert/revert.decider.js';
import type { Previewing } from './revert/revert.js';

/*
 * The leased job that predicts a revert (REV-008): which records the import touched, what becomes of each by the same
 * code as the run with nothing stored, cut into the chunks the run will take.
 */

const TOUCHED_PAGE = 5_000;
/** Lanes predicted at the same time. */
const PREDICTED_AT_ONCE = 4;

export function previewRevertJob(context: ImportContext): JobHandler {
  return {
    kind: 'preview-revert',
    run: (job) => preview(context, job),
    giveUp: async (job, reason) => {
      await context.commands.work(platform(job.tenant), { reverts: [job.about] }, async ({ tx, reverts: [held] }) => {
        if (held !== undefined) held.add(failPreview(reason?.code ?? 'INTERNAL_ERROR', held.state));
        await job.complete(tx);
      });
    },
  };
}

interface Predicted {
  readonly chunk: RecordChunk;
  readonly entries: readonly ManifestEntry[];
  readonly outcomes: readonly targetsV1.RowOutcome[];
  /** Of each record's prediction, by record. */
  readonly digests: ReadonlyMap<string, string>;
  /** Imports that wrote on top of what is taken out. */
  readonly builders: readonly string[];
}

async function preview(context: ImportContext, job: JobAtWork): Promise<void> {
  const state = await context.commands.loadRevert(job.tenant, job.about);
  if (state.status !== 'PREVIEWING') return context.store.transaction(job.tenant, (tx) => job.complete(tx));
  const target = await targetOfImport(context, job.tenant, state.importId);
  const { records, positions } = await touched(target, job, state.importId);
  if (records.length === 0) throw refused('REVERT_NOTHING_TO_DO');
  const { chunks, chunksPerLane } = cutRecords(records);
  const waiting = chunksPerLane.map((_, lane) => chunks.filter((chunk) => chunk.lane === lane));
  const predicted: Predicted[] = [];
  for (let at = 0; at < waiting.length; at += PREDICTED_AT_ONCE) {
    const group = waiting.slice(at, at + PREDICTED_AT_ONCE);
    predicted.push(...(await Promise.all(group.map((ofLane) => predictLane(context, job, target, state, ofLane)))).flat());
  }
  const counts = predicted.reduce((sum, { outcomes }) => countRecords(outcomes, sum), countRecords([]));
  const hash = hashOf(state, predicted);
  const builtOnBy = [...new Set(predicted.flatMap(({ builders }) => builders))].sort();
  await context.commands.work(platform(job.tenant), { reverts: [job.about] }, async ({ tx, reverts: [held] }) => {
    await tx.query('delete from app.manifest where tenant = $1 and set_id = $2', [tx.tenant, job.about]);
    await tx.query('delete from app.revert_record where tenant = $1 and revert = $2', [tx.tenant, job.about]);
    await recordObjects(tx, predicted.flatMap(({ entries }) => entries));
    for (const one of predicted) await saveRecords(tx, job.about, one);
    if (held !== undefined) held.add(finishPreview({ hash, counts, positions, chunksPerLane, builtOnBy }, held.state));
    await job.complete(tx);
  });
}

async function touched(
  target: ImportTarget,
  job: JobAtWork,
  importId: string,
): Promise<{ records: targetsV1.TouchedRecord[]; positions: TargetPosition[] }> {
  // Noted before anything is looked up, so that a change meanwhile makes the preview stale.
  const positions = await target.positions();
  const records: targetsV1.TouchedRecord[] = [];
  for (let after = ''; ; ) {
    const reply = await target.touched({ tenant: job.tenant, importId, after, limit: TOUCHED_PAGE });
    records.push(...reply.records);
    if (reply.next === '') return { records, positions };
    after = reply.next;
  }
}

/** A lane in its order: what earlier chunks take out does not keep the records of later ones. */
async function predictLane(context: ImportContext, job: JobAtWork, target: ImportTarget, state: Previewing, chunks: readonly RecordChunk[]): Promise<Predicted[]> {
  const gone = nothingGone();
  const predicted: Predicted[] = [];
  for (const chunk of chunks) {
    job.signal.throwIfAborted();
    predicted.push(await predict(context, job, target, state, chunk, gone));
  }
  return predicted;
}

async function predict(
  context: ImportContext,
  job: JobAtWork,
  target: ImportTarget,
  state: Previewing,
  chunk: RecordChunk,
  gone: Gone,
): Promise<Predicted> {
  const { tenant, about: revert } = job;
  const request: targetsV1.RevertChunkRequest = {
    tenant,
    importId: state.importId,
    run: revert,
    attempt: 1,
    lane: chunk.lane,
    seq: chunk.seq,
    actor: state.plannedBy,
    records: chunk.records.map(({ record }) => record),
    versions: chunk.records.map(({ version }) => version),
    restore: state.kind === 'RESTORE',
    dryRun: false,
    createdPolicy: state.createdPolicy,
    recordPolicies: policiesOf(state, chunk),
    traceparent: '',
    targets: chunk.records.map((one) => one.target),
    dependents: [],
  };
  const reply = await target.revert({ ...request, dryRun: true }, gone);
  if (reply.outcomes.length !== chunk.records.length) throw new Error('A target predicted other records than it was asked about');
  const entry = { setId: revert, generation: 1, lane: chunk.lane, seq: chunk.seq, rows: chunk.records.length, firstRow: 0, lastRow: 0 };
  const stored: readonly ['revert' | 'prediction', Buffer][] = [
    ['revert', Buffer.from(targetsV1.RevertChunkRequest.encode(request).finish())],
    ['prediction', Buffer.from(targetsV1.ChunkReply.encode(reply).finish())],
  ];
  const entries = await Promise.all(
    stored.map(async ([kind, bytes]) => {
      const place = placeOf({ ...entry, kind });
      return { ...entry, kind, sha256: (await context.objects.put(tenant, state.importId, place, bytes)).sha256 };
    }),
  );
  return { chunk, entries, outcomes: reply.outcomes, digests: digestsOf(reply), builders: buildersOf(reply) };
}

function buildersOf({ changes }: targetsV1.ChunkReply): string[] {
  return changes.flatMap(({ keptBecause }) => /^import:(.+)$/.exec(keptBecause)?.[1] ?? []);
}

function policiesOf(state: Previewing, chunk: RecordChunk): Record<string, string> {
  const own = chunk.records.flatMap(({ record }) => {
    const policy = Object.hasOwn(state.recordPolicies, record) ? state.recordPolicies[record] : undefined;
    return policy === undefined ? [] : [[record, policy] as const];
  });
  return Object.fromEntries(own);
}

function digestsOf(reply: targetsV1.ChunkReply): Map<string, string> {
  const changes = new Map<string, targetsV1.FieldChange[]>();
  for (const change of reply.changes) changes.set(change.record, [...(changes.get(change.record) ?? []), change]);
  return new Map(
    reply.outcomes.map(({ outcome, reason, effects }) => {
      const record = effects[0]?.record ?? '';
      const told = (changes.get(record) ?? []).map(({ field, before, after, keptBecause }) => [field, before, after, keptBecause]);
      return [record, createHash('sha256').update(JSON.stringify([outcome, reason, told])).digest('hex')];
    }),
  );
}

/** The hash of a preview, version 1: SHA-256 over the policy and every record's prediction in the order of their ids. */
function hashOf(state: Previewing, predicted: readonly Predicted[]): string {
  const digests = predicted.flatMap((one) => [...one.digests]).sort(([a], [b]) => (a < b ? -1 : 1));
  const policies = Object.entries(state.recordPolicies).sort(([a], [b]) => (a < b ? -1 : 1));
  const head = ['caseledger revert', 1, state.importId, state.kind, state.ofRevert, state.createdPolicy, policies];
  const hash = createHash('sha256').update(JSON.stringify(head));
  for (const [record, digest] of digests) hash.update(`\n${record} ${digest}`);
  return hash.digest('hex');
}

async function saveRecords(tx: StoreTransaction, revert: string, { chunk, outcomes }: Predicted): Promise<void> {
  await tx.query(
    `insert into app.revert_record (tenant, revert, record, target, lane, seq, version, predicted, reason)
     select $1, $2, n.record, n.target, $3, $4, n.version, n.predicted, n.reason
     from unnest($5::uuid[], $6::int[], $7::text[], $8::text[], $9::text[]) as n (record, version, predicted, reason, target)`,
    [
      tx.tenant,
      revert,
      chunk.lane,
      chunk.seq,
      pgArray('uuid', chunk.records.map(({ record }) => record)),
      pgArray('int4', chunk.records.map(({ version }) => version)),
      pgArray('text', outcomes.map(({ outcome }) => outcome)),
      pgArray('text', outcomes.map(({ reason }) => reason)),
      pgArray('text', chunk.records.map(({ target }) => target)),
    ],
  );
}
