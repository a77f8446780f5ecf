import type { PartitionPosition } from '@caseledger/event-store';
import type { StreamMessage } from './message.js';
import type { Slice } from './transport.js';

/** How far one shard of one partition has been worked off, as stored beside the view. */
export interface Checkpoint extends PartitionPosition {
  /** Epoch of the log the position belongs to; 0 when nothing was read yet. */
  readonly logEpoch: number;
}

/** What a slice means for the checkpoints it meets (CORRECTNESS §2.3). */
export type Intake =
  | {
      readonly kind: 'admitted';
      /** Messages not worked off before, in the slice's order. */
      readonly fresh: readonly StreamMessage[];
      readonly duplicates: number;
      /** Where each checkpoint stands once the fresh messages are worked off; unchanged ones are left out. */
      readonly moved: readonly { readonly from: Checkpoint; readonly to: Checkpoint }[];
    }
  /** Events between the checkpoint and `upTo` of this partition never arrived: they are fetched from the owner. */
  | { readonly kind: 'gap'; readonly from: Checkpoint; readonly upTo: number }
  /** The owner's log is another one than the checkpoint counts in: going on would skip or repeat. */
  | { readonly kind: 'epoch'; readonly from: Checkpoint; readonly epoch: number };

/** The name of a shard of a partition among checkpoints. */
export function placeOf(of: { readonly shard: number; readonly partition: number }): string {
  return `${of.shard}/${of.partition}`;
}

/** The distinct places that a slice speaks of, in the order in which checkpoints are locked. */
export function placesOf(slice: { readonly messages: readonly StreamMessage[]; readonly lookedUpTo: readonly PartitionPosition[] }): { shard: number; partition: number }[] {
  const places = new Map<string, { shard: number; partition: number }>();
  for (const { shard, partition } of [...slice.messages, ...slice.lookedUpTo]) places.set(placeOf({ shard, partition }), { shard, partition });
  return [...places.values()].sort((a, b) => a.shard - b.shard || a.partition - b.partition);
}

/**
 * Decides what of a slice is new: repeats are dropped by position, a message that follows one never seen is a gap,
 * and another epoch of the log stops the consumer. A search that began beyond the checkpoint is a gap as well. `checkpoints` holds one entry for each place of the slice.
 */
export function admit(checkpoints: ReadonlyMap<string, Checkpoint>, slice: Pick<Slice, 'messages' | 'lookedUpTo' | 'epoch'>): Intake {
  for (const from of checkpoints.values()) {
    if (from.logEpoch !== 0 && from.logEpoch !== slice.epoch) return { kind: 'epoch', from, epoch: slice.epoch };
  }
  for (const searched of slice.lookedUpTo) {
    const from = checkpointAt(checkpoints, placeOf(searched));
    if (searched.from > from.position) return { kind: 'gap', from, upTo: searched.from };
  }
  const positions = new Map<string, number>();
  const fresh: StreamMessage[] = [];
  for (const message of slice.messages) {
    const place = placeOf(message);
    const from = checkpointAt(checkpoints, place);
    const position = positions.get(place) ?? from.position;
    if (message.position <= position) continue;
    if (message.prevPosition > position) return { kind: 'gap', from, upTo: message.prevPosition };
    fresh.push(message);
    positions.set(place, message.position);
  }
  for (const { shard, partition, position } of slice.lookedUpTo) {
    const place = placeOf({ shard, partition });
    positions.set(place, Math.max(position, positions.get(place) ?? checkpointAt(checkpoints, place).position));
  }
  return { kind: 'admitted', fresh, duplicates: slice.messages.length - fresh.length, moved: movesOf(checkpoints, positions, slice.epoch) };
}

function movesOf(checkpoints: ReadonlyMap<string, Checkpoint>, positions: ReadonlyMap<string, number>, epoch: number): { from: Checkpoint; to: Checkpoint }[] {
  return [...positions]
    .map(([place, position]) => {
      const from = checkpointAt(checkpoints, place);
      return { from, to: { ...from, position, logEpoch: epoch } };
    })
    .filter(({ from, to }) => from.position !== to.position || from.logEpoch !== to.logEpoch);
}

function checkpointAt(checkpoints: ReadonlyMap<string, Checkpoint>, place: string): Checkpoint {
  const checkpoint = checkpoints.get(place);
  if (checkpoint === undefined) throw new Error(`No checkpoint was read for ${place}`);
  return checkpoint;
}
