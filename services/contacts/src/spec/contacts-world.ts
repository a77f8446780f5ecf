import { randomBytes } from 'node:crypto';
import { postgresVault, tableChecksum, uuid7, vaultMigrations, type EventStore } from '@caseledger/event-store';
import { targetsV1 } from '@caseledger/contracts';
import type { CrashPoint, JudgeThread, RowTarget } from '@caseledger/row-target';
import { testDatabase, type TestDatabase } from '@caseledger/testing';
import type { DataSource } from 'typeorm';
import type { ContactState } from '../contact/contact.js';
import { contactTarget } from '../contact.target.js';
import { contactsViews, openContactsStore, type ContactsStore } from '../contacts.store.js';
import { contactsMigrations } from '../migrations/contacts.migrations.js';
import { loadRecords } from '../rows/contact.kind.js';
import { recordId } from '../rows/judge-context.js';
import { options as defaultOptions } from '../rows/row.fixture.js';

type Row = targetsV1.Row;
type Options = targetsV1.ApplyOptions;

interface WorldOptions {
  readonly crashPoint?: (name: CrashPoint) => void | Promise<void>;
  readonly judgeThread?: JudgeThread;
  readonly poolMax?: number;
  /** Default: a new company. */
  readonly tenant?: string;
}

/** Stands for the thread that judges suspected rows where none of them is broken: it says so at once. */
const HARMLESS: JudgeThread = {
  url: new URL("data:text/javascript,import('node:worker_threads').then((t) => t.parentPort.postMessage('done'))"),
};

/** Contacts on a real database of their own, with a vault, for specs. */
export class ContactsWorld {
  readonly tenant: string;
  readonly store: EventStore;
  readonly target: RowTarget;

  constructor(
    readonly contacts: ContactsStore,
    private readonly databases: readonly TestDatabase[],
    private readonly pools: { readonly owner: DataSource; readonly tail: DataSource },
    more: WorldOptions,
  ) {
    this.tenant = more.tenant ?? uuid7();
    this.store = contacts.store;
    const { crashPoint, judgeThread = HARMLESS } = more;
    this.target = contactTarget({
      ...contacts,
      ...(crashPoint === undefined ? {} : { crashPoint }),
      judgeThread,
    });
  }

  /** The same database through another target, as a second worker has it. */
  targetWith(crashPoint: (name: CrashPoint) => void | Promise<void>): RowTarget {
    return contactTarget({ ...this.contacts, crashPoint, judgeThread: HARMLESS });
  }

  async openRun(chunksPerLane: number[], more: Partial<targetsV1.OpenRunRequest> = {}): Promise<WorldRun> {
    const { importId = uuid7(), kind = targetsV1.RunKind.RUN_KIND_IMPORT } = more;
    const run = new WorldRun(this, uuid7(), importId);
    const { tenant } = this;
    await this.target.open({ tenant, run: run.id, importId, kind, attempt: 1, actor: 'u1', chunksPerLane, rows: 0, cases: undefined, importDay: '', ...more });
    return run;
  }

  async count(table: string): Promise<number> {
    const sql = `select count(*)::int as n from ${table}`;
    const { rows } = await this.store.transaction(this.tenant, (tx) => tx.query<{ n: number }>(sql));
    return rows[0]?.n ?? 0;
  }

  /** How many sessions of this database wait for a lock. */
  async waiting(): Promise<number> {
    const sql = `select count(*)::int as n from pg_locks l join pg_stat_activity a on a.pid = l.pid
      where not l.granted and a.datname = current_database()`;
    const rows: { n: number }[] = await this.pools.tail.query(sql);
    return rows[0]?.n ?? 0;
  }

  async stateOf(id: string): Promise<ContactState | undefined> {
    const records = await this.store.transaction(this.tenant, (tx) => loadRecords(tx, [id]));
    return records.get(id)?.state;
  }

  async owners(): Promise<string[][]> {
    const sql = 'select owners from app.match_key order by key';
    const { rows } = await this.store.transaction(this.tenant, (tx) => tx.query<{ owners: string[] }>(sql));
    return rows.map(({ owners }) => owners);
  }

  /** A row that holds itself to its prediction, as imports pins it. */
  expecting(row: Row, verdict: targetsV1.RowVerdict | undefined): Row {
    if (verdict === undefined) throw new Error(`Row ${row.row} was not judged`);
    const { outcome, reason, effects, match, pinnedVersion: version } = verdict;
    const record = effects[0]?.record ?? match?.record ?? '';
    return { ...row, expected: { outcome, reason, record, version, parts: [], part: row.part } };
  }

  checksums(): Promise<[string, string][]> {
    return Promise.all(
      contactsViews.map(async ({ table, without }): Promise<[string, string]> => [
        table,
        await tableChecksum(this.pools.tail, table, without),
      ]),
    );
  }

  async rebuild(): Promise<void> {
    await this.store.rebuild({ owner: this.pools.owner, drop: true });
  }

  async close(): Promise<void> {
    await Promise.all(this.databases.map((database) => database.drop()));
  }
}

/** One run of a world. */
export class WorldRun {
  constructor(
    private readonly world: ContactsWorld,
    readonly id: string,
    readonly importId: string,
  ) {}

  request(lane: number, seq: number, rows: Row[], options: Options = defaultOptions()): targetsV1.ApplyChunkRequest {
    const { tenant } = this.world;
    const { importId, id: run } = this;
    return { tenant, importId, run, attempt: 1, lane, seq, actor: 'u1', options, rows, traceparent: '' };
  }

  apply(lane: number, seq: number, rows: Row[], options?: Options): Promise<targetsV1.ChunkReply> {
    return this.world.target.apply(this.request(lane, seq, rows, options));
  }

  async judge(rows: Row[], options: Options = defaultOptions()): Promise<targetsV1.RowVerdict[]> {
    return this.judgeLane([rows], options);
  }

  /** Judges the chunks of a lane one after another, handing the overlay on. */
  async judgeLane(chunks: Row[][], options: Options): Promise<targetsV1.RowVerdict[]> {
    const { tenant } = this.world;
    const { importId, id: run } = this;
    let overlay: Buffer = Buffer.alloc(0);
    const verdicts: targetsV1.RowVerdict[] = [];
    for (const rows of chunks) {
      const reply = await this.world.target.judge({ tenant, importId, run, options, rows, overlay });
      overlay = reply.overlay;
      verdicts.push(...reply.verdicts);
    }
    return verdicts;
  }

  async match(rows: Row[]): Promise<targetsV1.RowMatch[]> {
    return (await this.world.target.match({ tenant: this.world.tenant, importId: this.importId, rows })).rows;
  }

  async setState(state: targetsV1.RunState): Promise<void> {
    await this.world.target.setState({ tenant: this.world.tenant, run: this.id, state, actor: 'u1' });
  }

  record(row: number): string {
    return recordId(this.world.tenant, this.importId, row, 0);
  }

  /** How many records the run's import has made. */
  async created(): Promise<number> {
    const sql = `select count(*)::int as n from app.contact where state -> 'made' ->> 'import' = $1`;
    const { rows } = await this.world.store.transaction(this.world.tenant, (tx) =>
      tx.query<{ n: number }>(sql, [this.importId]),
    );
    return rows[0]?.n ?? 0;
  }
}

/** A world on two new databases. */
export async function contactsWorld(name: string, o: WorldOptions = {}): Promise<ContactsWorld> {
  const [contacts, vaults] = await Promise.all([
    testDatabase(name, contactsMigrations),
    testDatabase(`${name}_vault`, vaultMigrations),
  ]);
  const { poolMax = 12 } = o;
  const [pools, vaultPools] = await Promise.all([contacts.open({ poolMax }), vaults.open({ poolMax })]);
  if (pools.owner === undefined) throw new Error('No owner of the test database');
  const { owner, tail, app: dataSource } = pools;
  const store = openContactsStore({
    dataSource,
    tail,
    vault: postgresVault(vaultPools.app),
    masterKey: randomBytes(32),
  });
  await store.store.check();
  return new ContactsWorld(store, [contacts, vaults], { owner, tail }, o);
}
