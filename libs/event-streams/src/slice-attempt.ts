import type { DataSource } from 'typeorm';
import { settledWithin } from './backoff.js';
import { advanceCheckpoints, lockCheckpoints } from './checkpoint.js';
import type { Consumption } from './consumer.js';
import { inTransaction, type ConsumerTransaction } from './consumer-transaction.js';
import { ConsumerHalted, DeadlineExceeded } from './faults.js';
import { admit, placesOf, type Intake } from './intake.js';
import { MESSAGE_BYTES_MAX, messageBytes, type StreamMessage } from './message.js';
import { PARKED_STREAMS_MAX, countParkedStreams, park, parkedAmong, type ParkedMessage } from './parked.js';
import type { Slice } from './transport.js';

type Admitted = Extract<Intake, { kind: 'admitted' }>;

/** What one try of a slice came to; everything is stored, or (gap) nothing. */
export type AttemptOutcome =
  | { readonly kind: 'stored'; readonly handled: number; readonly duplicates: number; readonly parked: number }
  | Extract<Intake, { kind: 'gap' }>;

/** An admitted slice, sorted into what the handler gets and what waits. */
interface Work {
  readonly admitted: Admitted;
  readonly batch: readonly StreamMessage[];
  readonly parked: readonly ParkedMessage[];
}

/**
 * Works a slice off once: checkpoints locked and read, repeats dropped, the handler called with the rest, effects,
 * parked messages and checkpoints stored in one transaction (for a reaction: the checkpoints after the effects).
 * @param poison the slice's single message is parked instead of handled, for this reason
 * @throws Fenced, ConsumerHalted, DeadlineExceeded, and whatever the handler or the database throws.
 */
export function attemptSlice(database: DataSource, consumption: Consumption, slice: Slice, signal: AbortSignal, poison?: string): Promise<AttemptOutcome> {
  return consumption.effects === 'elsewhere'
    ? attemptReaction(database, consumption, slice, signal, poison)
    : inTransaction(database, consumption.deadlineMs, async (tx) => {
        const work = await openSlice(tx, consumption, slice, poison);
        if (work.kind === 'gap') return work;
        if (work.batch.length > 0) await consumption.handler(work.batch, tx);
        return closeSlice(tx, consumption, slice, work);
      });
}

async function attemptReaction(
  database: DataSource,
  consumption: Extract<Consumption, { effects: 'elsewhere' }>,
  slice: Slice,
  signal: AbortSignal,
  poison?: string,
): Promise<AttemptOutcome> {
  const work = await inTransaction(database, consumption.deadlineMs, (tx) => openSlice(tx, consumption, slice, poison));
  if (work.kind === 'gap') return work;
  if (work.batch.length > 0) await withinDeadline(consumption, work.batch, signal);
  // The positions read above are compared again here: whoever was faster has done the same effects.
  return inTransaction(database, consumption.deadlineMs, (tx) => closeSlice(tx, consumption, slice, work));
}

async function withinDeadline(consumption: Extract<Consumption, { effects: 'elsewhere' }>, batch: readonly StreamMessage[], signal: AbortSignal): Promise<void> {
  const giveUp = new AbortController();
  const abort = (): void => giveUp.abort();
  signal.addEventListener('abort', abort, { once: true });
  const running = consumption.handler(batch, giveUp.signal);
  const inTime = await settledWithin(running, consumption.deadlineMs);
  signal.removeEventListener('abort', abort);
  if (inTime) return running;
  running.catch(() => undefined);
  giveUp.abort();
  throw new DeadlineExceeded(`The handler of ${consumption.consumer}`, consumption.deadlineMs);
}

async function openSlice(
  tx: ConsumerTransaction,
  consumption: Consumption,
  slice: Slice,
  poison?: string,
): Promise<(Work & { kind: 'work' }) | Extract<Intake, { kind: 'gap' }>> {
  const checkpoints = await lockCheckpoints(tx, consumption, placesOf(slice));
  const intake = admit(checkpoints, slice);
  if (intake.kind === 'gap') return intake;
  if (intake.kind === 'epoch') {
    throw new ConsumerHalted('LOG_EPOCH_MISMATCH', `${consumption.source} is at epoch ${intake.epoch}, the checkpoint at ${intake.from.logEpoch}`);
  }
  const streams = [...new Set(intake.fresh.map(({ stream }) => stream))];
  const waiting = streams.length === 0 ? new Set<string>() : await parkedAmong(tx, consumption, streams);
  return { kind: 'work', admitted: intake, ...sort(consumption, intake.fresh, waiting, poison) };
}

/** Parks what cannot be handled and, behind it, the rest of its stream; passes over the ignorable. */
function sort(consumption: Consumption, fresh: readonly StreamMessage[], waiting: Set<string>, poison?: string): Pick<Work, 'batch' | 'parked'> {
  const batch: StreamMessage[] = [];
  const parked: ParkedMessage[] = [];
  for (const message of fresh) {
    const reason = waiting.has(message.stream) ? 'behind a parked message' : (poison ?? refusalOf(message));
    if (reason !== undefined) {
      waiting.add(message.stream);
      parked.push({ message, reason });
    } else if (consumption.ignorable?.includes(message.type) !== true) {
      assertKnown(consumption, message);
      batch.push(message);
    }
  }
  return { batch, parked };
}

function refusalOf(message: StreamMessage): string | undefined {
  return messageBytes(message) > MESSAGE_BYTES_MAX ? 'MessageTooLarge' : undefined;
}

function assertKnown(consumption: Consumption, message: StreamMessage): void {
  if (consumption.types === undefined || consumption.types.includes(message.type)) return;
  throw new ConsumerHalted('UNKNOWN_EVENT_TYPE', `${message.type} at ${message.position} of ${consumption.topic}`);
}

async function closeSlice(tx: ConsumerTransaction, consumption: Consumption, slice: Slice, work: Work): Promise<AttemptOutcome> {
  await park(tx, consumption, work.parked);
  if (work.parked.length > 0 && (await countParkedStreams(tx, consumption)) > PARKED_STREAMS_MAX) {
    throw new ConsumerHalted('TOO_MANY_PARKED_STREAMS', `more than ${PARKED_STREAMS_MAX}`);
  }
  // Last, so that the lease is locked only for the moment of the commit and a slow handler does not delay renewals.
  await slice.fence?.(tx);
  await advanceCheckpoints(tx, consumption, work.admitted.moved);
  return { kind: 'stored', handled: work.batch.length, duplicates: work.admitted.duplicates, parked: work.parked.length };
}
