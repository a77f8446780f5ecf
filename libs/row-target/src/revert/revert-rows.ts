import { uuid8, type StoreTransaction, type StreamAppend } from '@caseledger/event-store';
import { CONTACT_CATEGORY, pastEventOf } from '../contact/stored-contact.js';
import { KNOWN_OWNERS, type KnownChange } from '../projections/contact.projection.js';
import { KeyTakenMeanwhile, lockKeys, readKeys } from '../projections/match-key.projection.js';
import { FENCED, laneAppend, startingOver, type ChunkDeps } from '../rows/apply-rows.js';
import { applied, reply, takeTurn } from '../rows/lane-turn.js';
import { keysOfRecord, keyText } from '../rows/record-keys.js';
import { targetsV1 } from '@caseledger/contracts';
import type { CreatedPolicy } from './counterfactual.js';
import {
  decideTogether,
  revertChanges,
  revertOutcome,
  type RecordHistory,
  type RevertedRecord,
} from './revert-plan.js';

/**
 * Takes an import's contribution out of a chunk of records, or puts it back, exactly once like a chunk of rows; with
 * `dryRun` the same is decided and nothing is locked or written (REV-008, REV-011). A record that cannot be treated has
 * an outcome and never stops the others (REV-016).
 */
export async function revertRecords(
  deps: ChunkDeps,
  request: targetsV1.RevertChunkRequest,
): Promise<targetsV1.ChunkReply> {
  if (request.dryRun) return deps.store.transaction(request.tenant, (tx) => predict(deps, tx, request));
  await deps.crashPoint('before_lock');
  const answer = await startingOver(
    () => deps.store.transaction(request.tenant, (tx) => revertOnce(deps, tx, request)),
    FENCED,
  );
  await deps.crashPoint('after_commit');
  return answer;
}

async function predict(
  deps: ChunkDeps,
  tx: StoreTransaction,
  request: targetsV1.RevertChunkRequest,
): Promise<targetsV1.ChunkReply> {
  const histories = await historiesOf(tx, request);
  const owners = await readKeys(
    tx,
    hashesOf(
      deps,
      tx,
      decideTogether(histories, () => []),
    ),
  );
  const decided = decideTogether(histories, (key) => owners.get(deps.hasher.hashText(tx.tenant, key)) ?? []);
  return {
    ...reply(targetsV1.ChunkAnswer.CHUNK_ANSWER_APPLIED, 0, 'RUNNING'),
    outcomes: decided.map(revertOutcome),
    changes: decided.flatMap((record) => revertChanges(record, request.importId)),
  };
}

async function revertOnce(
  deps: ChunkDeps,
  tx: StoreTransaction,
  request: targetsV1.RevertChunkRequest,
): Promise<targetsV1.ChunkReply> {
  const turn = await takeTurn(tx, request);
  if (turn.kind === 'answer') return turn.reply;
  // Streams are read and folded before anything is locked; what was read is compared under the locks (DESIGN §4, Locks).
  const histories = await historiesOf(tx, request);
  const hashes = hashesOf(
    deps,
    tx,
    decideTogether(histories, () => []),
  );
  const found = await lockKeys(tx, hashes);
  const versions = await tx.lockStreams(histories.map(({ id }) => id));
  for (const { id, version } of histories) {
    if ((versions.get(id) ?? 0) !== version) throw new KeyTakenMeanwhile(`${id} changed while its revert was computed`);
  }
  await deps.crashPoint('after_lock');
  const owners = new Map(hashes.map((hash): [string, readonly string[]] => [hash, found.get(hash) ?? []]));
  const decided = decideTogether(histories, (key) => owners.get(deps.hasher.hashText(tx.tenant, key)) ?? []);

  const outcomes = decided.map(revertOutcome);
  const { run, importId, lane, seq, actor, traceparent } = request;
  const { kind, attempt } = turn.run;
  const chunk = laneAppend({ run, import: importId, kind, attempt, lane, seq, rows: outcomes, stale: [] });
  const origin = { kind: 'revert', id: run } as const;
  const context = {
    tenant: tx.tenant,
    origin,
    actor,
    correlation: importId,
    ...(traceparent === '' ? {} : { traceparent }),
  };
  await deps.crashPoint('before_append');
  await tx.append(context, [...decided.flatMap((record) => appendOf(run, record)), chunk], {
    known: knownOf(decided, owners),
  });
  await deps.crashPoint('before_commit');
  return applied(seq, outcomes);
}

async function historiesOf(tx: StoreTransaction, request: targetsV1.RevertChunkRequest): Promise<RecordHistory[]> {
  const streams = await tx.readStreams(request.records);
  return request.records.map((id) => {
    const stored = streams.get(id) ?? [];
    const createdPolicy = policyOf(request.recordPolicies[id] ?? request.createdPolicy);
    const command = { import: request.importId, revert: request.run, restore: request.restore, createdPolicy };
    return { id, version: stored.at(-1)?.version ?? 0, history: stored.map(pastEventOf), command };
  });
}

function policyOf(text: string): CreatedPolicy {
  return text === 'STRIP' || text === 'ARCHIVE' ? text : 'KEEP';
}

/** Every key that the records have or would have, sorted: more than are changed, never fewer. */
function hashesOf(deps: ChunkDeps, tx: StoreTransaction, records: readonly RevertedRecord[]): string[] {
  const keys = records.flatMap(({ now, after }) => [...keysOfRecord(now), ...keysOfRecord(after)]);
  return [...new Set(keys.map((key) => deps.hasher.hashText(tx.tenant, keyText(key))))].sort();
}

function appendOf(run: string, { id, version, verdict }: RevertedRecord): StreamAppend[] {
  if (verdict.events.length === 0) return [];
  const events = verdict.events.map(({ type, data }, ordinal) => ({
    id: uuid8('event', run, '0', id, String(ordinal)),
    type,
    data,
    meta: { run },
  }));
  return [{ stream: id, category: CONTACT_CATEGORY, expected: version, events }];
}

function knownOf(
  records: readonly RevertedRecord[],
  owners: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, unknown> {
  const known = new Map<string, unknown>();
  for (const { id, now: before, after } of records) known.set(id, { before, after } satisfies KnownChange);
  return known.set(KNOWN_OWNERS, owners);
}
