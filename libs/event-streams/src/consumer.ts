import type { ConsumerTransaction } from './consumer-transaction.js';
import { BATCH_MESSAGES_MAX, type StreamMessage } from './message.js';
import type { StreamName } from './transport.js';

export interface ConsumeOptions extends StreamName {
  /** The topic's number of partitions; fixed when the topic is made. */
  readonly partitions: number;
  /**
   * Every type the handler takes. With it given, a type in neither list stops the consumer loudly instead of being
   * passed over (EVT-007); without it the handler gets everything and decides itself.
   */
  readonly types?: readonly string[];
  /** Types that are passed over without reaching the handler. */
  readonly ignorable?: readonly string[];
  /** How many batches may be at work at the same time in this member, of different partitions; default 1. */
  readonly concurrency?: number;
  /** Messages of a batch at most, 1 to 500; default 500. */
  readonly batchMax?: number;
  /** For one call of the handler with everything around it; default 30,000. */
  readonly deadlineMs?: number;
}

/**
 * Gets messages in order per stream, of several streams and companies mixed. What it writes through `tx` is stored
 * together with the checkpoint: a message is never seen twice in effect. Nothing outside `tx` may be changed.
 */
export type ViewHandler = (batch: readonly StreamMessage[], tx: ConsumerTransaction) => Promise<void>;

/**
 * Gets messages in order per stream and acts elsewhere (another database, another service). It may be called again
 * with messages it has had, so each effect must be idempotent; the checkpoint moves once it has resolved.
 */
export type ReactionHandler = (batch: readonly StreamMessage[], signal: AbortSignal) => Promise<void>;

/** A consumer as a runner takes it. */
export type Consumption = Required<Pick<ConsumeOptions, 'concurrency' | 'batchMax' | 'deadlineMs'>> &
  ConsumeOptions &
  ({ readonly effects: 'in-transaction'; readonly handler: ViewHandler } | { readonly effects: 'elsewhere'; readonly handler: ReactionHandler });

/** A consumer that keeps a view in the runner's database (DESIGN 6). @throws RangeError for options out of bounds. */
export function consume(options: ConsumeOptions, handler: ViewHandler): Consumption {
  return { ...withDefaults(options), effects: 'in-transaction', handler };
}

/** A consumer whose effects lie elsewhere; its checkpoint is a hint (DESIGN §4, Dispatch). @throws RangeError. */
export function react(options: ConsumeOptions, handler: ReactionHandler): Consumption {
  return { ...withDefaults(options), effects: 'elsewhere', handler };
}

/** The messages of a batch by company, each in order; row-level security shows one company at a time. */
export function byTenant(batch: readonly StreamMessage[]): Map<string, StreamMessage[]> {
  const groups = new Map<string, StreamMessage[]>();
  for (const message of batch) {
    const group = groups.get(message.tenant);
    if (group === undefined) groups.set(message.tenant, [message]);
    else group.push(message);
  }
  return groups;
}

function withDefaults(options: ConsumeOptions) {
  const { concurrency = 1, batchMax = BATCH_MESSAGES_MAX, deadlineMs = 30_000 } = options;
  between('partitions', options.partitions, 1, 10_000);
  between('concurrency', concurrency, 1, options.partitions);
  between('batchMax', batchMax, 1, BATCH_MESSAGES_MAX);
  between('deadlineMs', deadlineMs, 1, 600_000);
  return { ...options, concurrency, batchMax, deadlineMs };
}

function between(option: string, value: number, min: number, max: number): void {
  if (!Number.isInteger(value) || value < min || value > max) throw new RangeError(`${option} must be ${min} to ${max}`);
}
