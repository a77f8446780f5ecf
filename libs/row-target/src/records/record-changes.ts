import type { StoreTransaction, StoredEvent } from '@caseledger/event-store';
import type { KnownChange } from '../keys/known-change.js';

/** A record before and after the events at hand. */
export interface RecordChange<S> {
  readonly id: string;
  readonly before: S | undefined;
  /** Undefined when its key has been destroyed: nothing of the record is kept in views. */
  readonly after: S | undefined;
  readonly version: number;
  readonly last: StoredEvent;
  readonly created: boolean;
}

/** How the projection of a kind of record comes by states. */
export interface FoldedKind<S> {
  /** The states in the read model; unknown ids are absent. */
  load(tx: StoreTransaction, ids: readonly string[]): Promise<ReadonlyMap<string, S>>;
  /** The state after these events. */
  fold(before: S | undefined, events: readonly StoredEvent[]): S;
}

/**
 * Events by batch. An append is one batch; a rebuild hands over many, and each leaves its own mark in the views, as it
 * did at first.
 */
export function batchesOf(events: readonly StoredEvent[]): StoredEvent[][] {
  const batches: StoredEvent[][] = [];
  for (const event of events) {
    const last = batches.at(-1);
    if (last !== undefined && last[0]?.batch === event.batch) last.push(event);
    else batches.push([event]);
  }
  return batches;
}

/** What one batch did to each record: as whoever appended hands it on (`KnownChange`), else folded from the read model. */
export async function changesOfBatch<S>(
  tx: StoreTransaction,
  kind: FoldedKind<S>,
  events: readonly StoredEvent[],
  known: ReadonlyMap<string, unknown> | undefined,
): Promise<RecordChange<S>[]> {
  const byStream = new Map<string, StoredEvent[]>();
  for (const event of events) {
    const list = byStream.get(event.stream);
    if (list === undefined) byStream.set(event.stream, [event]);
    else list.push(event);
  }
  const unknown = [...byStream].filter(([id, [first]]) => !known?.has(id) && first?.version !== 1).map(([id]) => id);
  const stored = await kind.load(tx, unknown);
  return [...byStream].flatMap(([id, own]) => {
    const last = own.at(-1);
    if (last === undefined) return [];
    const created = own[0]?.version === 1;
    const given = known?.get(id) as KnownChange<S> | undefined;
    const before = given === undefined ? stored.get(id) : given.before;
    const isErased = given === undefined && own.some(({ erased }) => erased);
    const after = given?.after ?? (isErased ? undefined : kind.fold(before, own));
    return [{ id, before, after, version: last.version, last, created }];
  });
}
