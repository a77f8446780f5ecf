import { pgArray } from './pg-array.js';
import type { StoreTransaction } from './store.types.js';

/*
 * Rows are found one by one (`lateral`), in the order given: where a table was never analysed, a join or `= any` may be
 * planned as a look through every row of the tenant.
 */
const LOCK = `
select s.stream, s.category, s.version from unnest($2::uuid[]) w(stream) cross join lateral (
  select s.stream, s.category, s.version from es.stream s where s.tenant = $1 and s.stream = w.stream for update) s`;

/** \`do nothing\` here decides between two creators: fewer rows than asked for means that somebody was faster. */
const CREATE = `
insert into es.stream (tenant, stream, category, version)
select $1, u.stream, u.category, u.version from unnest($2::uuid[], $3::text[], $4::int4[]) u(stream, category, version)
order by u.stream on conflict (tenant, stream) do nothing`;

/** Rows that this transaction has just made itself are not meant. */
const FIND_OTHERS = `
select s.stream, s.category, s.version from es.stream s
where s.tenant = $1 and s.stream = any($2::uuid[]) and s.xmin <> pg_current_xact_id()::xid`;

const RAISE = `
update es.stream s set version = u.version from unnest($2::uuid[], $3::int4[]) u(stream, version) cross join lateral (
  select f.ctid as place from es.stream f where f.tenant = $1 and f.stream = u.stream limit 1) f
where s.ctid = f.place`;

interface StreamRow {
  readonly [column: string]: unknown;
  readonly stream: string;
  readonly category: string;
  readonly version: number;
}

/**
 * The streams a transaction has locked. Always locked in sorted order, so two writers of the same streams wait for each
 * other instead of deadlocking (70 deadlocks and 784 rows/s unsorted, none and 64,670 sorted).
 */
export class StreamLocks {
  private readonly held = new Map<string, StreamRow>();
  /** Looked for and not there; nothing is locked for them. */
  private readonly missing = new Set<string>();

  constructor(private readonly tx: StoreTransaction) {}

  /** Locks what is not locked yet and tells all versions; streams that do not exist are absent. */
  async lock(streams: readonly string[]): Promise<Map<string, number>> {
    const wanted = [...new Set(streams)];
    const unknown = wanted.filter((stream) => !this.held.has(stream) && !this.missing.has(stream));
    if (unknown.length > 0) await this.look(unknown);
    const versions = new Map<string, number>();
    for (const stream of wanted) {
      const row = this.held.get(stream);
      if (row !== undefined) versions.set(stream, row.version);
    }
    return versions;
  }

  /**
   * Creates the streams that are not `present` and moves the others to their new version. Returns the streams that
   * somebody else created meanwhile, with their versions; when there are any, this transaction must start over: to
   * lock them now, out of order, could deadlock.
   */
  async raise(
    versions: ReadonlyMap<string, number>,
    categories: ReadonlyMap<string, string>,
    present: ReadonlyMap<string, number>,
  ): Promise<Map<string, number>> {
    for (const [stream, row] of this.held) {
      const category = categories.get(stream);
      if (category !== undefined && category !== row.category) throw new Error(`Stream ${stream} is of category ${row.category}`);
    }
    const wanted = [...versions].filter(([stream]) => !present.has(stream));
    if (!(await this.create(wanted, categories))) return this.versionsOfOthers(wanted.map(([stream]) => stream));
    await this.update([...versions].filter(([stream]) => present.has(stream)));
    return new Map();
  }

  private async look(streams: readonly string[]): Promise<void> {
    const { rows } = await this.tx.query<StreamRow>({ name: 'es_lock', text: LOCK, values: [this.tx.tenant, pgArray('uuid', [...streams].sort())] });
    for (const stream of streams) this.missing.add(stream);
    for (const row of rows) {
      this.held.set(row.stream, row);
      this.missing.delete(row.stream);
    }
  }

  /** Whether all of them were new; what was made of them is taken back with the transaction otherwise. */
  private async create(streams: readonly (readonly [string, number])[], categories: ReadonlyMap<string, string>): Promise<boolean> {
    if (streams.length === 0) return true;
    const { rowCount } = await this.tx.query({
      name: 'es_create',
      text: CREATE,
      values: [
        this.tx.tenant,
        pgArray('uuid', streams.map(([stream]) => stream)),
        pgArray('text', streams.map(([stream]) => categories.get(stream) ?? '')),
        pgArray('int4', streams.map(([, version]) => version)),
      ],
    });
    return rowCount === streams.length;
  }

  private async versionsOfOthers(streams: readonly string[]): Promise<Map<string, number>> {
    const { rows } = await this.tx.query<StreamRow>(FIND_OTHERS, [this.tx.tenant, pgArray('uuid', streams)]);
    return new Map(rows.map(({ stream, version }) => [stream, version]));
  }

  private async update(streams: readonly (readonly [string, number])[]): Promise<void> {
    if (streams.length === 0) return;
    const { rowCount } = await this.tx.query({
      name: 'es_raise',
      text: RAISE,
      values: [this.tx.tenant, pgArray('uuid', streams.map(([stream]) => stream)), pgArray('int4', streams.map(([, version]) => version))],
    });
    if (rowCount !== streams.length) throw new Error(`${rowCount} of ${streams.length} locked streams were there`);
  }
}
