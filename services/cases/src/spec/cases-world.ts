import { randomBytes } from 'node:crypto';
import { postgresVault, tableChecksum, uuid7, vaultMigrations, type EventStore } from '@caseledger/event-store';
import { targetsV1 } from '@caseledger/contracts';
import type { CrashPoint, JudgeThread, RowTarget } from '@caseledger/row-target';
import { testDatabase, type TestDatabase } from '@caseledger/testing';
import type { DataSource } from 'typeorm';
import type { CaseEvent } from '../case/case.events.js';
import type { CaseState } from '../case/case.js';
import { CASE_CATEGORY } from '../case/stored-case.js';
import { caseTarget } from '../case.target.js';
import { casesViews, openCasesStore, type CasesStore } from '../cases.store.js';
import { casesMigrations } from '../migrations/cases.migrations.js';
import { caseOfRow, loadCases } from '../rows/case.kind.js';
import { options } from '../rows/row.fixture.js';

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

/** Cases on a real database of their own, with a vault, for specs. */
export class CasesWorld {
  readonly tenant: string;
  readonly store: EventStore;
  readonly target: RowTarget;

  constructor(
    readonly cases: CasesStore,
    private readonly databases: readonly TestDatabase[],
    private readonly pools: { readonly owner: DataSource; readonly tail: DataSource },
    more: WorldOptions,
  ) {
    this.tenant = more.tenant ?? uuid7();
    this.store = cases.store;
    const { crashPoint, judgeThread = HARMLESS } = more;
    this.target = caseTarget({
      ...cases,
      ...(crashPoint === undefined ? {} : { crashPoint }),
      judgeThread,
    });
  }

  /** The same database through another target, as a second worker has it. */
  targetWith(crashPoint: (name: CrashPoint) => void | Promise<void>): RowTarget {
    return caseTarget({ ...this.cases, crashPoint, judgeThread: HARMLESS });
  }

  async openRun(chunksPerLane: number[], more: Partial<targetsV1.OpenRunRequest> = {}): Promise<WorldRun> {
    const { importId = uuid7(), kind = targetsV1.RunKind.RUN_KIND_IMPORT } = more;
    const run = new WorldRun(this, uuid7(), importId);
    const asked = { tenant: this.tenant, run: run.id, importId, kind, attempt: 1, actor: 'u1', chunksPerLane };
    await this.target.open({ ...asked, rows: 100, cases: options().cases, importDay: '2026-03-01', ...more });
    return run;
  }

  /** What a person does to a case, beside all runs. */
  async edit(id: string, ...events: CaseEvent[]): Promise<void> {
    const { tenant } = this;
    await this.store.transaction(tenant, async (tx) => {
      const expected = (await tx.lockStreams([id])).get(id) ?? 'none';
      const cause = { tenant, origin: { kind: 'user', id: 'u2' }, actor: 'u2' } as const;
      await tx.append(cause, [{ stream: id, category: CASE_CATEGORY, expected, events }]);
    });
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

  async stateOf(id: string): Promise<CaseState | undefined> {
    const records = await this.store.transaction(this.tenant, (tx) => loadCases(tx, [id]));
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
    const { outcome, reason, record, pinnedVersion: version } = verdict;
    return { ...row, expected: { outcome, reason, record, version, parts: [], part: row.part } };
  }

  checksums(): Promise<[string, string][]> {
    return Promise.all(
      casesViews.map(async ({ table, without }): Promise<[string, string]> => [
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
    private readonly world: CasesWorld,
    readonly id: string,
    readonly importId: string,
  ) {}

  request(lane: number, seq: number, rows: Row[], opts: Options = options()): targetsV1.ApplyChunkRequest {
    const { tenant } = this.world;
    const { importId, id: run } = this;
    return { tenant, importId, run, attempt: 1, lane, seq, actor: 'u1', options: opts, rows, traceparent: '' };
  }

  apply(lane: number, seq: number, rows: Row[], opts?: Options): Promise<targetsV1.ChunkReply> {
    return this.world.target.apply(this.request(lane, seq, rows, opts));
  }

  async judge(rows: Row[], opts: Options = options()): Promise<targetsV1.RowVerdict[]> {
    return this.judgeLane([rows], opts);
  }

  /** Judges the chunks of a lane one after another, handing the overlay on. */
  async judgeLane(chunks: Row[][], opts: Options): Promise<targetsV1.RowVerdict[]> {
    const { tenant } = this.world;
    const { importId, id: run } = this;
    let overlay: Buffer = Buffer.alloc(0);
    const verdicts: targetsV1.RowVerdict[] = [];
    for (const rows of chunks) {
      const reply = await this.world.target.judge({ tenant, importId, run, options: opts, rows, overlay });
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
    return caseOfRow(this.world.tenant, this.importId, row);
  }

  /** How many records the run's import has made. */
  async created(): Promise<number> {
    const sql = `select count(*)::int as n from app.case_state where state -> 'made' ->> 'import' = $1`;
    const { rows } = await this.world.store.transaction(this.world.tenant, (tx) =>
      tx.query<{ n: number }>(sql, [this.importId]),
    );
    return rows[0]?.n ?? 0;
  }
}

/** A world on two new databases. */
export async function casesWorld(name: string, o: WorldOptions = {}): Promise<CasesWorld> {
  const [cases, vaults] = await Promise.all([
    testDatabase(name, casesMigrations),
    testDatabase(`${name}_vault`, vaultMigrations),
  ]);
  const { poolMax = 12 } = o;
  const [pools, vaultPools] = await Promise.all([cases.open({ poolMax }), vaults.open({ poolMax })]);
  if (pools.owner === undefined) throw new Error('No owner of the test database');
  const { owner, tail, app: dataSource } = pools;
  const store = openCasesStore({
    dataSource,
    tail,
    vault: postgresVault(vaultPools.app),
    masterKey: randomBytes(32),
  });
  await store.store.check();
  return new CasesWorld(store, [cases, vaults], { owner, tail }, o);
}
