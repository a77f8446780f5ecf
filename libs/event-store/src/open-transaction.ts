import { appendEvents, type AppendSetting } from './append.js';
import type { AppendContext, StoredEvent, StreamAppend } from './event.types.js';
import { claimKey, storeResult } from './idempotency.js';
import type { JsonValue } from './json.types.js';
import { readOne, readMany } from './read-streams.js';
import type {
  AppendOptions,
  Appended,
  InlineProjection,
  NamedQuery,
  QueryRows,
  ReadStreamOptions,
  StoreTransaction,
} from './store.types.js';
import type { EventReader, WrittenEvent } from './stored-event.js';
import { StreamLocks } from './stream-locks.js';
import type { Unit } from './transaction-runner.js';

/** What all transactions of a store have in common. */
export interface TransactionSetting extends AppendSetting {
  readonly reader: EventReader;
  readonly projections: readonly InlineProjection[];
}

/** The transaction a service works with; it ends with the work it was made for. */
export class OpenTransaction implements StoreTransaction {
  readonly now: Date;
  private readonly locks = new StreamLocks(this);
  private batch: string | undefined;
  private appending = false;
  private closed = false;
  private keyed = false;
  private failure: unknown;
  private readonly calls: (() => void)[] = [];

  constructor(
    readonly tenant: string,
    private readonly unit: Unit,
    private readonly setting: TransactionSetting,
  ) {
    this.now = unit.now;
  }

  /** Whether everything went through an idempotency key, so that a repetition does nothing. */
  get repeatable(): boolean {
    return this.keyed;
  }

  get hasAppended(): boolean {
    return this.batch !== undefined;
  }

  /** What failed in a way that forbids a commit. */
  get doomed(): unknown {
    return this.failure;
  }

  afterCommit(call: () => void): void {
    this.calls.push(call);
  }

  /** The transaction is stored. */
  committed(): void {
    for (const call of this.calls.splice(0)) call();
  }

  /** Later queries are refused: the connection belongs to somebody else by then. */
  close(): void {
    this.closed = true;
  }

  query<R = Record<string, unknown>>(sql: string | NamedQuery, params?: readonly unknown[]): Promise<QueryRows<R>> {
    if (this.closed) return Promise.reject(new Error('The transaction has ended'));
    return this.unit.session.query<R & Record<string, unknown>>(sql, params);
  }

  lockStreams(streams: readonly string[]): Promise<Map<string, number>> {
    return this.locks.lock(streams);
  }

  async append(context: AppendContext, appends: readonly StreamAppend[], options: AppendOptions = {}): Promise<Appended> {
    if (this.appending) throw new Error('A transaction appends once');
    this.appending = true;
    return this.orDoom(async () => {
      const { batch, versions, events } = await appendEvents(this, this.locks, this.setting, context, appends);
      this.batch = batch;
      await this.project(events, options.known);
      return { batch, versions };
    });
  }

  readStream(stream: string, options?: ReadStreamOptions): Promise<StoredEvent[]> {
    return readOne(this, this.setting.reader, stream, options);
  }

  readStreams(streams: readonly string[]): Promise<Map<string, StoredEvent[]>> {
    return readMany(this, this.setting.reader, streams);
  }

  async once<T extends JsonValue>(
    key: string,
    request: JsonValue,
    work: () => Promise<T>,
  ): Promise<{ result: T; replayed: boolean }> {
    this.keyed = true;
    return this.orDoom(async () => {
      const before = await claimKey(this, key, request);
      // The row was written by this method with the same key and request, so it holds a T.
      if (before !== undefined) return { result: before.result as T, replayed: true };
      const result = await work();
      await storeResult(this, key, result, this.batch);
      return { result, replayed: false };
    });
  }

  private async project(written: readonly WrittenEvent[], known: ReadonlyMap<string, unknown> | undefined): Promise<void> {
    const categories = new Set(written.map((event) => event.category));
    const concerned = this.setting.projections.filter((projection) => projection.categories.some((name) => categories.has(name)));
    if (concerned.length === 0) return;
    const events = written.map((event) => this.setting.reader.fresh(event));
    for (const projection of concerned) {
      const own = events.filter((event) => projection.categories.includes(event.category));
      await projection.apply(this, own, known);
    }
  }

  /** A failed step dooms the transaction even when its caller catches the error: half a batch is never committed. */
  private async orDoom<T>(step: () => Promise<T>): Promise<T> {
    try {
      return await step();
    } catch (thrown) {
      this.failure ??= thrown;
      throw thrown;
    }
  }
}
