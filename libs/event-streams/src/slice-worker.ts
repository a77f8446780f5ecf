import type { DataSource } from 'typeorm';
import { Backoff, pause } from './backoff.js';
import type { Consumption } from './consumer.js';
import { ConsumerHalted, Fenced, NotRefilled, PoisonEvent, describeFault, isTransient } from './faults.js';
import { BATCH_MESSAGES_MAX, batchLength } from './message.js';
import { attemptSlice, type AttemptOutcome } from './slice-attempt.js';
import type { ConsumerStats } from './stats.js';
import type { StreamLogger } from './stream-logger.js';
import type { Delivery, Slice, StreamTransport } from './transport.js';

/** A batch that failed this often for no passing reason is taken apart to find the event at fault. */
const TRIES_MAX = 3;

export interface SliceWorkerOptions {
  readonly database: DataSource;
  readonly consumption: Consumption;
  readonly transport: Pick<StreamTransport, 'refill'>;
  readonly stats: ConsumerStats;
  readonly logger: StreamLogger;
  readonly signal: AbortSignal;
  readonly backoff?: { readonly firstMs: number; readonly capMs: number };
}

/** What a try with its retries ended in, besides what is thrown. */
type Settled = { readonly kind: 'stored' } | { readonly kind: 'failed'; readonly thrown: unknown } | { readonly kind: 'stopped' };

/**
 * Works slices off for good: tries again while the reason may pass, fetches gaps from the owner, and parks the
 * streams of events that its handler cannot take while all others flow (CORRECTNESS §7).
 */
export class SliceWorker {
  constructor(private readonly options: SliceWorkerOptions) {}

  /** @throws ConsumerHalted when the consumer must stop. */
  async process(slice: Slice): Promise<Exclude<Delivery, 'halted'>> {
    const { consumption, signal, stats } = this.options;
    let rest = slice;
    try {
      do {
        const length = batchLength(rest.messages, consumption.batchMax);
        const [head, tail] = split(rest, length);
        if (!(await this.settle(head))) return 'stopped';
        rest = tail;
      } while (rest.messages.length > 0);
      return 'stored';
    } catch (thrown) {
      if (thrown instanceof Fenced) {
        stats.fenced += 1;
        return 'fenced';
      }
      if (signal.aborted && !(thrown instanceof ConsumerHalted)) return 'stopped';
      throw thrown;
    }
  }

  /** Works a batch off, taking it apart if it must be. Returns false when the runner stopped meanwhile. */
  private async settle(slice: Slice): Promise<boolean> {
    const settled = await this.attempt(slice, TRIES_MAX);
    if (settled.kind === 'stopped') return false;
    if (settled.kind === 'stored') return true;
    return this.isolate(slice, settled.thrown);
  }

  /** Halves a batch that fails until the events at fault stand alone; those are parked, all others are handled. */
  private async isolate(slice: Slice, thrown: unknown): Promise<boolean> {
    if (slice.messages.length === 0) throw thrown;
    if (slice.messages.length === 1) return this.parkOnly(slice, thrown);
    for (const half of split(slice, Math.ceil(slice.messages.length / 2))) {
      const settled = await this.attempt(half, 1);
      if (settled.kind === 'stopped') return false;
      if (settled.kind === 'failed' && !(await this.isolate(half, settled.thrown))) return false;
    }
    return true;
  }

  private async parkOnly(slice: Slice, thrown: unknown): Promise<boolean> {
    const [message] = slice.messages;
    const { consumption, logger } = this.options;
    const fault = describeFault(thrown);
    logger.error({ ...nameFields(consumption), stream: message?.stream, position: message?.position, fault }, 'An event was parked with its stream');
    const settled = await this.attempt(slice, TRIES_MAX, fault);
    if (settled.kind === 'failed') throw settled.thrown;
    return settled.kind === 'stored';
  }

  /** Tries until stored, or until it failed `tries` times for a reason that will not pass. */
  private async attempt(slice: Slice, tries: number, poison?: string): Promise<Settled> {
    const { database, consumption, signal, logger } = this.options;
    const backoff = new Backoff(this.options.backoff?.firstMs, this.options.backoff?.capMs);
    for (let failures = 0; ; ) {
      if (signal.aborted) return { kind: 'stopped' };
      try {
        const outcome = await attemptSlice(database, consumption, slice, signal, poison);
        if (outcome.kind === 'stored') return this.stored(outcome);
        await this.refill(outcome, slice);
        backoff.reset();
      } catch (thrown) {
        if (thrown instanceof Fenced || thrown instanceof ConsumerHalted) throw thrown;
        const passing = isTransient(thrown);
        if (!passing) failures += 1;
        logger.warn({ ...nameFields(consumption), fault: describeFault(thrown), passing, failures }, 'A batch failed');
        if (!passing && (failures >= tries || thrown instanceof PoisonEvent)) return { kind: 'failed', thrown };
        this.options.stats.retries += 1;
        await pause(backoff.nextMs(), signal);
      }
    }
  }

  private stored(outcome: Extract<AttemptOutcome, { kind: 'stored' }>): Settled {
    const { stats } = this.options;
    stats.handled += outcome.handled;
    stats.duplicates += outcome.duplicates;
    stats.parked += outcome.parked;
    return { kind: 'stored' };
  }

  /** Fetches one page of what is missing and works it off as a slice of its own, so that the slice fits afterwards. */
  private async refill(gap: Extract<AttemptOutcome, { kind: 'gap' }>, slice: Slice): Promise<void> {
    const { consumption, transport, stats, logger, signal } = this.options;
    const { shard, partition, position } = gap.from;
    stats.gaps += 1;
    logger.warn({ ...nameFields(consumption), shard, partition, position, upTo: gap.upTo }, 'Events are missing and are fetched from their owner');
    const { source, topic } = consumption;
    const request = { source, topic, after: { shard, partition, position }, limit: BATCH_MESSAGES_MAX, signal };
    const refill = await transport.refill(request).catch((cause: unknown) => {
      throw new NotRefilled(topic, { cause });
    });
    const missing = refill.messages.filter((message) => message.position <= gap.upTo);
    // Where the owner's log holds nothing there is nothing to miss: it is the truth, whatever the message said.
    const searched = Math.min(refill.lookedUpTo, gap.upTo);
    if (missing.length === 0 && searched <= position) throw new NotRefilled(topic);
    stats.refilled += missing.length;
    const fence = slice.fence === undefined ? {} : { fence: slice.fence };
    await this.settle({ messages: missing, lookedUpTo: [{ shard, partition, from: position, position: searched }], epoch: refill.epoch, heads: slice.heads, ...fence });
  }
}

/** What was searched holds only once all messages are worked off, so it stays with the second part. */
function split(slice: Slice, length: number): [Slice, Slice] {
  if (length >= slice.messages.length) return [slice, { ...slice, messages: [], lookedUpTo: [] }];
  return [
    { ...slice, messages: slice.messages.slice(0, length), lookedUpTo: [] },
    { ...slice, messages: slice.messages.slice(length) },
  ];
}

function nameFields({ consumer, source, topic }: Consumption): object {
  return { consumer, source, topic };
}
