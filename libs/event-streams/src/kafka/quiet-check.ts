import type { Feed, PartitionPosition } from '@caseledger/event-store';
import { readCheckpoints, type Queries } from '../checkpoint.js';
import { ConsumerHalted } from '../faults.js';
import { placeOf } from '../intake.js';
import { BATCH_MESSAGES_MAX } from '../message.js';
import type { Searched, ShardHead, Slice, StreamName } from '../transport.js';

/** A slice without messages, and the partitions it speaks of. */
export interface QuietSlice {
  readonly partitions: readonly number[];
  readonly slice: Slice;
}

/**
 * Compares partitions in which nothing arrives with their owner's log, for a gap shows only when a later message
 * arrives. Where the log holds nothing, the checkpoint moves on at once; what it holds and nobody delivers counts as
 * lost after a while.
 */
export class QuietCheck {
  /** The owner's newest positions, as last told. */
  heads: readonly ShardHead[] = [];
  /** What the look before saw: where the log ended and where each partition stood. */
  private before: { readonly heads: ReadonlyMap<number, number>; readonly positions: ReadonlyMap<string, number> } = { heads: new Map(), positions: new Map() };
  /** Where events are waited for: the position before them, and since when. */
  private awaited = new Map<string, { readonly position: number; readonly sinceMs: number }>();

  constructor(
    private readonly feed: Feed,
    private readonly db: Queries,
    private readonly name: StreamName,
    private readonly lostMs: number,
  ) {}

  /**
   * @param partitions that this member holds and that nothing is at work on; absent while it cannot be said what has
   * arrived, and then the owner is asked for its head alone
   * @returns what to work off; undefined when every partition moves or stands at the owner's head
   * @throws ConsumerHalted when the owner's log ends before a checkpoint; whatever the feed throws
   */
  async look(partitions?: readonly number[]): Promise<QuietSlice | undefined> {
    const checkpoints = await readCheckpoints(this.db, this.name);
    const { head, epoch } = await this.feed.head();
    for (const checkpoint of checkpoints.values()) this.assertWithin(head, checkpoint);
    this.heads = head;
    if (partitions === undefined) return undefined;
    const { before } = this;
    const places = partitions.flatMap((partition) => head.map(({ shard }) => ({ shard, partition, position: checkpoints.get(placeOf({ shard, partition }))?.position ?? 0 })));
    this.before = { heads: new Map(head.map(({ shard, position }) => [shard, position])), positions: new Map(places.map((place) => [placeOf(place), place.position])) };
    const standing = places.filter((place) => before.positions.get(placeOf(place)) === place.position && place.position < (before.heads.get(place.shard) ?? 0));
    if (standing.length === 0) return undefined;
    const lookedUpTo = await this.compare(standing, before.heads);
    if (lookedUpTo.length === 0) return undefined;
    return { partitions: [...new Set(lookedUpTo.map(({ partition }) => partition))], slice: { messages: [], lookedUpTo, epoch, heads: head } };
  }

  /** Where the log holds events up to a place, the search is said to have begun there: the worker then sees a gap and fetches them. */
  private async compare(standing: readonly PartitionPosition[], upTo: ReadonlyMap<number, number>): Promise<Searched[]> {
    const { events, lookedUpTo } = await this.feed.read({ topic: this.name.topic, after: standing, limit: BATCH_MESSAGES_MAX, waitMs: 0 });
    const due = events.filter(({ shard, position }) => position <= (upTo.get(shard) ?? 0));
    const awaited = this.awaited;
    this.awaited = new Map();
    return standing.flatMap((place) => {
      const missing = due.filter((event) => placeOf(event) === placeOf(place)).at(-1);
      if (missing !== undefined) return this.isLost(place, awaited) ? [{ ...place, from: missing.position, position: missing.position }] : [];
      const searched = lookedUpTo.find((one) => placeOf(one) === placeOf(place))?.position ?? place.position;
      const position = Math.min(searched, upTo.get(place.shard) ?? 0);
      return position > place.position ? [{ ...place, from: place.position, position }] : [];
    });
  }

  /** Whether what follows a place has been waited for long enough; a relay that is behind needs its time. */
  private isLost(place: PartitionPosition, awaited: QuietCheck['awaited']): boolean {
    const before = awaited.get(placeOf(place));
    const sinceMs = before?.position === place.position ? before.sinceMs : performance.now();
    this.awaited.set(placeOf(place), { position: place.position, sinceMs });
    return performance.now() - sinceMs >= this.lostMs;
  }

  private assertWithin(head: readonly ShardHead[], { shard, position }: PartitionPosition): void {
    const end = head.find((one) => one.shard === shard)?.position;
    if (end === undefined || end >= position) return;
    throw new ConsumerHalted('LOG_EPOCH_MISMATCH', `${this.name.source} ends at ${end}, the checkpoint is at ${position}`);
  }
}
