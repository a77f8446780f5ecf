import { uuid8, type StoreTransaction, type StoredEvent, type StreamAppend } from '@caseledger/event-store';
import { targetsV1 } from '@caseledger/contracts';
import { keyText, type ExactKey } from '../keys/exact-key.js';
import { KNOWN_OWNERS, type KnownChange } from '../keys/known-change.js';
import { KeyTakenMeanwhile, lockKeys, readKeys } from '../keys/match-key.projection.js';
import { FENCED, laneAppend, startingOver, type ChunkDeps } from '../rows/apply-rows.js';
import { applied, reply, takeTurn } from '../rows/lane-turn.js';
import type { DecidedEvent, KindTypes } from '../rows/row-kind.js';

/** A record's stream as it was read. */
export interface RecordStream {
  readonly id: string;
  /** 0 when there is no such record. */
  readonly version: number;
  readonly stored: readonly StoredEvent[];
}

/** A record of a revert chunk, and what becomes of it. */
export interface RevertedRecord<S> {
  readonly id: string;
  readonly version: number;
  readonly now: S;
  readonly after: S;
  readonly events: readonly DecidedEvent[];
  /** As the revert's ledger keeps it (REV-011): no personal data. */
  readonly outcome: targetsV1.RowOutcome;
  /** Now → after, and what stays because someone else wrote it since (REV-008). */
  readonly changes: readonly targetsV1.FieldChange[];
}

/** Owners of a key, as stored, by the key's text. */
export type OwnersOf = (key: string) => readonly string[];

/** What a kind of record becomes without an import, or with it again. */
export interface RevertKind<S> {
  /**
   * This kind as it decides beside what is read now, such as settings that records refer to; with `hold` that stays as it
   * is until the transaction ends. Absent where the records' own streams are all that counts.
   */
  beside?(tx: StoreTransaction, how: { readonly hold: boolean }): Promise<RevertKind<S>>;
  /**
   * Decides a chunk of records together, in the order given, so that a key which one of them gives up can be taken by
   * another (DESIGN §4). Nothing is thrown: a record that cannot be treated is an outcome (REV-016).
   */
  decide(
    records: readonly RecordStream[],
    request: targetsV1.RevertChunkRequest,
    ownersOf: OwnersOf,
  ): readonly RevertedRecord<S>[];
}

export interface RevertDeps<K extends KindTypes> extends ChunkDeps<K> {
  readonly revert: RevertKind<K['state']>;
}

const NOBODY: OwnersOf = () => [];

/**
 * Takes an import's contribution out of a chunk of records, or puts it back, exactly once like a chunk of rows; with
 * `dryRun` the same is decided and nothing is locked or written (REV-008, REV-011). A record that cannot be treated has
 * an outcome and never stops the others (REV-016).
 */
export async function revertRecords<K extends KindTypes>(
  deps: RevertDeps<K>,
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

async function predict<K extends KindTypes>(
  deps: RevertDeps<K>,
  tx: StoreTransaction,
  request: targetsV1.RevertChunkRequest,
): Promise<targetsV1.ChunkReply> {
  const streams = await streamsOf(tx, request);
  const reverting = await revertBeside(deps, tx, { hold: false });
  const owners = await readKeys(tx, hashesOf(deps, tx, reverting.decide(streams, request, NOBODY)));
  const decided = reverting.decide(
    streams,
    request,
    (key) => owners.get(deps.hasher.hashText(tx.tenant, key)) ?? [],
  );
  return {
    ...reply(targetsV1.ChunkAnswer.CHUNK_ANSWER_APPLIED, 0, 'RUNNING'),
    outcomes: decided.map(({ outcome }) => outcome),
    changes: decided.flatMap(({ changes }) => changes),
  };
}

async function revertOnce<K extends KindTypes>(
  deps: RevertDeps<K>,
  tx: StoreTransaction,
  request: targetsV1.RevertChunkRequest,
): Promise<targetsV1.ChunkReply> {
  const turn = await takeTurn(tx, request);
  if (turn.kind === 'answer') return turn.reply;
  // Streams are read and folded before anything is locked; what was read is compared under the locks (DESIGN §4, Locks).
  const streams = await streamsOf(tx, request);
  const reverting = await revertBeside(deps, tx, { hold: true });
  const hashes = hashesOf(deps, tx, reverting.decide(streams, request, NOBODY));
  const found = await lockKeys(tx, hashes);
  const versions = await tx.lockStreams(streams.map(({ id }) => id));
  for (const { id, version } of streams) {
    if ((versions.get(id) ?? 0) !== version) throw new KeyTakenMeanwhile(`${id} changed while its revert was computed`);
  }
  await deps.crashPoint('after_lock');
  const owners = new Map(hashes.map((hash): [string, readonly string[]] => [hash, found.get(hash) ?? []]));
  const decided = reverting.decide(
    streams,
    request,
    (key) => owners.get(deps.hasher.hashText(tx.tenant, key)) ?? [],
  );

  const outcomes = decided.map(({ outcome }) => outcome);
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
  await tx.append(context, [...decided.flatMap((record) => appendOf(deps.kind.category, run, record)), chunk], {
    known: knownOf(decided, owners),
  });
  await deps.crashPoint('before_commit');
  return applied(seq, outcomes);
}

async function revertBeside<K extends KindTypes>(
  { revert }: RevertDeps<K>,
  tx: StoreTransaction,
  how: { readonly hold: boolean },
): Promise<RevertKind<K['state']>> {
  return revert.beside === undefined ? revert : revert.beside(tx, how);
}

async function streamsOf(tx: StoreTransaction, { records }: targetsV1.RevertChunkRequest): Promise<RecordStream[]> {
  const streams = await tx.readStreams(records);
  return records.map((id) => {
    const stored = streams.get(id) ?? [];
    return { id, version: stored.at(-1)?.version ?? 0, stored };
  });
}

/** Every key that the records have or would have, sorted: more than are changed, never fewer. */
function hashesOf<K extends KindTypes>(
  { kind, hasher }: RevertDeps<K>,
  tx: StoreTransaction,
  records: readonly RevertedRecord<K['state']>[],
): string[] {
  const keys = records.flatMap(({ now, after }): ExactKey[] => [...kind.keysOf(now), ...kind.keysOf(after)]);
  return [...new Set(keys.map((key) => hasher.hashText(tx.tenant, keyText(key))))].sort();
}

function appendOf<S>(category: string, run: string, { id, version, events: decided }: RevertedRecord<S>): StreamAppend[] {
  if (decided.length === 0) return [];
  const events = decided.map(({ type, data }, ordinal) => ({
    id: uuid8('event', run, '0', id, String(ordinal)),
    type,
    data,
    meta: { run },
  }));
  return [{ stream: id, category, expected: version, events }];
}

function knownOf<S>(
  records: readonly RevertedRecord<S>[],
  owners: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, unknown> {
  const known = new Map<string, unknown>();
  for (const { id, now: before, after } of records) known.set(id, { before, after } satisfies KnownChange<S>);
  return known.set(KNOWN_OWNERS, owners);
}
