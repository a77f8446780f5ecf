import type { DataSource } from 'typeorm';
import { faultsOf } from './boot-check.js';
import type { EventCatalog } from './event-catalog.js';
import type { StoredEvent } from './event.types.js';
import { LogFeed } from './feed.js';
import type { Feed, TopicDefinition } from './feed.types.js';
import { tenantKey } from './keys.js';
import { partitionOf } from './murmur2.js';
import { OpenTransaction, type TransactionSetting } from './open-transaction.js';
import { readOne, readSource } from './read-streams.js';
import { rebuildProjections, type RebuildOptions, type RebuildReport } from './rebuild.js';
import { EventReader } from './stored-event.js';
import type {
  InlineProjection,
  ReadStreamOptions,
  SaltVault,
  ShardPosition,
  SourceCursor,
  SourcePage,
  StoreTransaction,
  TransactionOptions,
  VerifyReport,
} from './store.types.js';
import { TransactionRunner } from './transaction-runner.js';
import { verifyLog } from './verify.js';
import { WakeUps } from './wake-ups.js';

export interface EventStoreOptions {
  /** The service's database, as the app role. */
  readonly dataSource: DataSource;
  /** The same database, as the tail role. */
  readonly tail: DataSource;
  readonly vault: SaltVault;
  /** 32 bytes, kept outside the database. */
  readonly masterKey: Buffer;
  readonly catalog: EventCatalog;
  readonly projections: readonly InlineProjection[];
  /** What others may follow; default nothing. */
  readonly topics?: readonly TopicDefinition[];
  /** How many heads the log has, default 1; a tenant's shard is murmur2(tenant) mod shards. */
  readonly shards?: number;
}

/** Bounded like every cache: tenants that are not active lose their key and get it again. */
const TENANT_KEYS_MAX = 1_000;

/** The events of one service: append, read, project, follow, verify (DESIGN 1, 3–7, 20–23, 27). */
export class EventStore {
  readonly feed: Feed;
  /** Calls who waits for events or jobs of this store. */
  readonly wakeUps: WakeUps;
  private readonly runner: TransactionRunner;
  private readonly setting: TransactionSetting;

  constructor(private readonly options: EventStoreOptions) {
    const { dataSource, tail, vault, catalog, projections, topics = [], shards = 1 } = options;
    const tenantKeyOf = tenantKeys(options.masterKey);
    const reader = new EventReader(catalog, vault, tenantKeyOf);
    this.runner = new TransactionRunner(dataSource);
    this.setting = { catalog, vault, shards, tenantKeyOf, reader, projections };
    this.wakeUps = new WakeUps(dataSource, tail);
    this.feed = new LogFeed(tail, topics, this.wakeUps);
  }

  /** Refuses to work on a database that could lose or leak what is stored; the error names every fault at once. */
  async check(): Promise<void> {
    const faults = await faultsOf(this.options.dataSource, this.options.tail, this.setting.shards);
    if (faults.length > 0) throw new Error(`The event store's database is not as it must be: ${faults.join('; ')}`);
  }

  /**
   * Runs work in one transaction of a tenant. Work may run several times: it must not do anything outside the
   * transaction that cannot be repeated. See `TransactionRunner.run` for what it throws.
   */
  async transaction<T>(tenant: string, work: (tx: StoreTransaction) => Promise<T>, options?: TransactionOptions): Promise<T> {
    return this.transactOn(this.runner, tenant, work, options);
  }

  readStream(tenant: string, stream: string, options?: ReadStreamOptions): Promise<StoredEvent[]> {
    return this.transaction(tenant, (tx) => readOne(tx, this.setting.reader, stream, options));
  }

  /** "Every event of import X", in the order of their batches, page by page. */
  readBySource(tenant: string, sourceId: string, page: { after?: SourceCursor; limit: number }): Promise<SourcePage> {
    return this.transaction(tenant, (tx) => readSource(tx, this.setting.reader, sourceId, page));
  }

  /** How far each shard's log reaches. */
  async head(): Promise<ShardPosition[]> {
    return [...(await this.feed.head()).head];
  }

  /** The shard whose log holds a tenant's events. */
  shardOf(tenant: string): number {
    return partitionOf(tenant, this.setting.shards);
  }

  /** Recomputes the whole log and its chain; reports the first difference of each shard (AUD-001). */
  verify(): Promise<VerifyReport> {
    return verifyLog(this.options.tail);
  }

  /** Empties inline projections and brings them back from the log (DESIGN 27); nobody else writes meanwhile. */
  rebuild(options: RebuildOptions): Promise<RebuildReport> {
    const ungated = new TransactionRunner(this.options.dataSource, false);
    return rebuildProjections(options, {
      tail: this.options.tail,
      projections: this.setting.projections,
      reader: this.setting.reader,
      transaction: (tenant, work) => this.transactOn(ungated, tenant, work),
    });
  }

  private async transactOn<T>(
    runner: TransactionRunner,
    tenant: string,
    work: (tx: StoreTransaction) => Promise<T>,
    options?: TransactionOptions,
  ): Promise<T> {
    let committed: OpenTransaction | undefined;
    const result = await runner.run(
      tenant,
      async (unit) => {
        const tx = new OpenTransaction(tenant, unit, this.setting);
        try {
          const value = await work(tx);
          committed = tx;
          return { result: value, repeatable: tx.repeatable, doomed: tx.doomed };
        } finally {
          tx.close();
        }
      },
      options,
    );
    if (committed?.hasAppended === true) this.wakeUps.stored('log');
    committed?.committed();
    return result;
  }
}

function tenantKeys(masterKey: Buffer): (tenant: string) => Buffer {
  const keys = new Map<string, Buffer>();
  return (tenant) => {
    const known = keys.get(tenant);
    if (known !== undefined) return known;
    if (keys.size >= TENANT_KEYS_MAX) keys.clear();
    const key = tenantKey(masterKey, tenant);
    keys.set(tenant, key);
    return key;
  };
}
