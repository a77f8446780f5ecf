import { randomUUID } from 'node:crypto';
import { refused } from '@caseledger/errors';
import type { DataSource } from 'typeorm';
import { pause } from './backoff.js';
import { readCheckpoints, type Queries } from './checkpoint.js';
import { ConsumerRun } from './consumer-run.js';
import type { Consumption } from './consumer.js';
import type { ConsumerHalted } from './faults.js';
import { countParkedStreams, listParkedStreams } from './parked.js';
import { poolQueries } from './pool-queries.js';
import { replayStream } from './replay.js';
import type { ConsumerStats } from './stats.js';
import type { StreamLogger } from './stream-logger.js';
import type { ShardHead, StreamName, StreamTransport } from './transport.js';

export interface StreamRunnerOptions {
  /** The database of the consumers' views, with `consumerMigrations` applied; the app role. */
  readonly database: DataSource;
  readonly transport: StreamTransport;
  /** What this process takes part in; consumer, source and topic together are unique. */
  readonly consumers: readonly Consumption[];
  readonly logger: StreamLogger;
  /** Unique among all members; default a random id. */
  readonly member?: string;
  /** Waits between tries; default from 50 ms doubling to 10 s. */
  readonly backoff?: { readonly firstMs: number; readonly capMs: number };
}

/** How far a consumer has come in one shard: everything up to here is worked off in every partition. */
export interface ConsumerPosition extends StreamName, ShardHead {}

export interface ConsumerLag extends StreamName {
  /** Positions of the owner's log between its head and the slowest partition, over all shards: an upper bound of the topic's events. */
  readonly lagEvents: number;
  /** Age of the oldest message at work in this member. */
  readonly lagMs: number;
}

/** A position of a source that a consumer should have reached. */
export interface AwaitedPosition extends ShardHead {
  readonly source: string;
  /** Only this consumer; default all consumers of the source. */
  readonly consumer?: string;
}

const STOP_MS = 10_000;
const POLL_MIN_MS = 5;
const POLL_MAX_MS = 100;

/** Runs the consumers of one process over one transport; members share a consumer's partitions (DESIGN 7, 8, 10). */
export class StreamRunner {
  private readonly runs: readonly ConsumerRun[];
  private readonly queries: Queries;

  constructor(private readonly options: StreamRunnerOptions) {
    const names = options.consumers.map(({ consumer, source, topic }) => [consumer, source, topic].join('\n'));
    if (new Set(names).size !== names.length) throw new Error('A consumer is registered twice for the same topic');
    const { database, transport, logger, backoff, member = randomUUID() } = options;
    const shared = { database, transport, logger, member, ...(backoff === undefined ? {} : { backoff }) };
    this.runs = options.consumers.map((consumption) => new ConsumerRun(consumption, shared));
    this.queries = poolQueries(database);
  }

  /** Joins all groups. Rejects when a subscription can never work; an owner that is away is waited for in the background. */
  async start(): Promise<void> {
    await Promise.all(this.runs.map((run) => run.start()));
  }

  /** Finishes the batches at work, gives the partitions back and leaves. Ends within the deadline, default 10 s. */
  async stop(deadlineMs = STOP_MS): Promise<void> {
    await Promise.all(this.runs.map((run) => run.stop(deadlineMs)));
  }

  /** How far the consumers of a source have come, over all members. */
  async position(source: string): Promise<ConsumerPosition[]> {
    const positions = await Promise.all(this.of(source).map((run) => this.positionsOf(run.consumption)));
    return positions.flat();
  }

  /**
   * Waits until consumers have worked off a source up to these positions, whichever member does it.
   * @throws DomainError NOT_CAUGHT_UP at the deadline; ConsumerHalted as soon as one of them stopped in this process.
   */
  async waitFor(awaited: readonly AwaitedPosition[], deadlineMs: number): Promise<void> {
    const deadline = Date.now() + deadlineMs;
    for (let waitMs = POLL_MIN_MS; !(await this.reached(awaited)); waitMs = Math.min(waitMs * 2, POLL_MAX_MS)) {
      if (Date.now() >= deadline) throw refused('NOT_CAUGHT_UP');
      await pause(waitMs, AbortSignal.timeout(deadlineMs));
    }
  }

  /** How far each consumer is behind; of a source that has not answered yet nothing is known and nothing is told. */
  async lag(): Promise<ConsumerLag[]> {
    return Promise.all(
      this.runs.map(async (run) => {
        const { consumer, source, topic } = run.consumption;
        const reached = new Map((await this.positionsOf(run.consumption)).map(({ shard, position }) => [shard, position]));
        const behind = run.knownHeads().map(({ shard, position }) => Math.max(0, position - (reached.get(shard) ?? 0)));
        return { consumer, source, topic, lagEvents: behind.reduce((sum, events) => sum + events, 0), lagMs: run.oldestAgeMs() };
      }),
    );
  }

  /** What this member has counted, by consumer. */
  stats(): (StreamName & ConsumerStats & { partitions: readonly number[] })[] {
    return this.runs.map((run) => ({ ...nameOnly(run.consumption), ...run.stats, partitions: run.partitions() }));
  }

  /** Consumers that stopped for good in this member; a process with one of them is not ready. */
  halted(): (StreamName & { halted: ConsumerHalted })[] {
    return this.runs.flatMap((run) => (run.halted === undefined ? [] : [{ ...nameOnly(run.consumption), halted: run.halted }]));
  }

  /** How many streams are parked, by consumer. */
  async parkedStreams(): Promise<(StreamName & { streams: number })[]> {
    return Promise.all(
      this.runs.map(async ({ consumption }) => ({ ...nameOnly(consumption), streams: await countParkedStreams(this.queries, consumption) })),
    );
  }

  /** The streams that wait for one consumer, at most 1,000. */
  async parked(name: StreamName): Promise<{ stream: string; messages: number; reason: string }[]> {
    return listParkedStreams(this.queries, this.consumption(name));
  }

  /**
   * Hands a stream's parked messages to the handler again, in order; the stream flows again once none is left.
   * @returns how many were replayed
   * @throws what the handler throws; the messages stay parked then.
   */
  async replayParked(name: StreamName, stream: string): Promise<number> {
    return replayStream(this.options.database, this.consumption(name), stream);
  }

  private consumption(name: StreamName): Consumption {
    const found = this.runs.find(({ consumption: { consumer, source, topic } }) => consumer === name.consumer && source === name.source && topic === name.topic);
    if (found === undefined) throw new Error(`No consumer ${name.consumer} of ${name.topic} is registered`);
    return found.consumption;
  }

  private of(source: string): ConsumerRun[] {
    return this.runs.filter(({ consumption }) => consumption.source === source);
  }

  private async reached(awaited: readonly AwaitedPosition[]): Promise<boolean> {
    for (const { source, shard, position, consumer } of awaited) {
      for (const run of this.of(source)) {
        if (consumer !== undefined && run.consumption.consumer !== consumer) continue;
        if (run.halted !== undefined) throw run.halted;
        const at = (await this.positionsOf(run.consumption)).find((one) => one.shard === shard);
        if ((at?.position ?? 0) < position) return false;
      }
    }
    return true;
  }

  /** The slowest partition of each shard; a shard some partition of which has no checkpoint yet stands at 0. */
  private async positionsOf(consumption: Consumption): Promise<ConsumerPosition[]> {
    const byShard = new Map<number, number[]>();
    for (const { shard, position } of (await readCheckpoints(this.queries, consumption)).values()) {
      byShard.set(shard, [...(byShard.get(shard) ?? []), position]);
    }
    return [...byShard]
      .sort(([a], [b]) => a - b)
      .map(([shard, positions]) => {
        const position = positions.length < consumption.partitions ? 0 : Math.min(...positions);
        return { ...nameOnly(consumption), shard, position };
      });
  }
}

function nameOnly({ consumer, source, topic }: StreamName): StreamName {
  return { consumer, source, topic };
}
