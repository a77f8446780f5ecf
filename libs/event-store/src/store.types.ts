import type { AppendContext, StoredEvent, StreamAppend } from './event.types.js';
import type { JsonValue } from './json.types.js';

/** A query with a name is prepared once per connection. */
export interface NamedQuery {
  readonly name: string;
  readonly text: string;
  readonly values?: readonly unknown[];
}

export interface QueryRows<R> {
  readonly rows: R[];
  readonly rowCount: number;
}

/** The versions after an append, by stream. */
export interface Appended {
  readonly batch: string;
  readonly versions: Map<string, number>;
}

export interface AppendOptions {
  /** States by stream that the caller already holds; handed to the inline projections as they are. */
  readonly known?: ReadonlyMap<string, unknown>;
}

export interface ReadStreamOptions {
  /** First version read, default 1. */
  readonly fromVersion?: number;
  /** Last version read, default the newest. */
  readonly toVersion?: number;
}

/** One database transaction of one tenant: every query in it sees that tenant's rows only (DESIGN 21). */
export interface StoreTransaction {
  readonly tenant: string;
  /** When the transaction began, by the database's clock, to the millisecond. */
  readonly now: Date;
  query<R = Record<string, unknown>>(sql: string | NamedQuery, params?: readonly unknown[]): Promise<QueryRows<R>>;
  /** Locks streams in sorted order and tells their versions; streams that do not exist are absent. */
  lockStreams(streams: readonly string[]): Promise<Map<string, number>>;
  /** Appends once per transaction. Throws WrongExpectedVersion when any stream has another version than expected. */
  append(context: AppendContext, appends: readonly StreamAppend[], options?: AppendOptions): Promise<Appended>;
  readStream(stream: string, options?: ReadStreamOptions): Promise<StoredEvent[]>;
  /** The events of many streams; streams without events are absent. */
  readStreams(streams: readonly string[]): Promise<Map<string, StoredEvent[]>>;
  /** Has something done in this process once the transaction is committed; must not throw. Lost with the process. */
  afterCommit(call: () => void): void;
  /**
   * Does work once per key: a repetition gets the stored result, the same key with another request is refused with
   * IDEMPOTENCY_KEY_REUSED (API-004, RST-002), one that still runs with IDEMPOTENCY_IN_PROGRESS.
   */
  once<T extends JsonValue>(
    key: string,
    request: JsonValue,
    work: () => Promise<T>,
  ): Promise<{ result: T; replayed: boolean }>;
}

/** A read model of the service's own events, written in the append's transaction (DESIGN 6). */
export interface InlineProjection {
  readonly name: string;
  /** The tables a rebuild empties before it replays; schema-qualified, as in `app.contact`. */
  readonly tables: readonly string[];
  /** Only events of these categories are handed over. */
  readonly categories: readonly string[];
  /** Called with events in log order; must give the same rows whether called by an append or by a rebuild. */
  apply(
    tx: StoreTransaction,
    events: readonly StoredEvent[],
    known?: ReadonlyMap<string, unknown>,
  ): Promise<void>;
}

export interface TransactionOptions {
  /** For the whole, retries included; default 30,000. */
  readonly deadlineMs?: number;
  /** How often the whole is tried when the database asks to retry; default 8. */
  readonly attempts?: number;
}

/** Keeps one salt per person; destroying it makes the person's events unreadable (DESIGN 23). */
export interface SaltVault {
  /** Salts of these subjects, made where missing; erased subjects are absent. */
  ensure(tenant: string, subjects: readonly string[]): Promise<Map<string, Buffer>>;
  /** Salts that exist; erased and unknown subjects are absent. */
  find(tenant: string, subjects: readonly string[]): Promise<Map<string, Buffer>>;
  /** Destroys the salts for good, and keeps new ones from being made. */
  erase(tenant: string, subjects: readonly string[]): Promise<void>;
}

/** A place in a page of events by source. */
export interface SourceCursor {
  readonly batch: string;
  readonly idx: number;
}

export interface SourcePage {
  readonly events: StoredEvent[];
  /** Absent on the last page. */
  readonly next?: SourceCursor;
}

/** How far a shard's log reaches; 0 when it is empty. */
export interface ShardPosition {
  readonly shard: number;
  readonly position: number;
}

export interface VerifyFault {
  readonly shard: number;
  /** The first position that differs. */
  readonly position: number;
  readonly fault: string;
}

export interface VerifyReport {
  readonly ok: boolean;
  readonly events: number;
  readonly batches: number;
  readonly shards: readonly { readonly shard: number; readonly position: number; readonly chain: string }[];
  /** The first difference of each shard (AUD-001). */
  readonly faults: readonly VerifyFault[];
}
