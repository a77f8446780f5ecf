import type { DataSource } from 'typeorm';
import { readHead } from './head-watch.js';
import { readLogPage, type LogEventRow } from './log-page.js';
import { withSession, type Session } from './session.js';
import type { InlineProjection, StoreTransaction } from './store.types.js';
import type { EventReader } from './stored-event.js';
import { REBUILD_GATE } from './transaction-runner.js';

const GATE_WAIT_MS = 60_000;
const DEADLINE_MS = 6 * 3_600_000;
const TABLE = /^[a-z_][a-z0-9_]*\.[a-z_][a-z0-9_]*$/;

export interface RebuildOptions {
  /** The same database as the owner: only the owner may empty a table. */
  readonly owner: DataSource;
  /** Names of the projections; default all. */
  readonly projections?: readonly string[];
  /** Says that the tables are to be emptied. */
  readonly drop: true;
}

export interface RebuildReport {
  readonly events: number;
  /** Events handed to each projection. */
  readonly projections: Readonly<Record<string, number>>;
}

export interface RebuildSetting {
  readonly tail: DataSource;
  readonly projections: readonly InlineProjection[];
  readonly reader: EventReader;
  transaction<T>(tenant: string, work: (tx: StoreTransaction) => Promise<T>): Promise<T>;
}

/**
 * Empties the tables of inline projections and hands them the whole log again through the same `apply`, in position
 * order (DESIGN 27). Every transaction of the store waits meanwhile. A rebuild that is broken off leaves a mark that
 * the boot check refuses; running it again begins anew.
 */
export async function rebuildProjections(options: RebuildOptions, setting: RebuildSetting): Promise<RebuildReport> {
  const chosen = choose(setting.projections, options.projections);
  return withSession(options.owner, DEADLINE_MS, async (session) => {
    await session.script([`set lock_timeout = ${GATE_WAIT_MS}`, `select pg_advisory_lock(${REBUILD_GATE})`]);
    try {
      await session.query('update es.log_id set rebuilding = true');
      await empty(session, chosen);
      const report = await replay(setting, chosen);
      await session.query('update es.log_id set rebuilding = false');
      return report;
    } finally {
      await session.script([`select pg_advisory_unlock(${REBUILD_GATE})`, 'reset lock_timeout']);
    }
  });
}

function choose(all: readonly InlineProjection[], names: readonly string[] | undefined): InlineProjection[] {
  const chosen = names === undefined ? [...all] : all.filter(({ name }) => names.includes(name));
  const unknown = names?.filter((name) => !all.some((projection) => projection.name === name)) ?? [];
  if (unknown.length > 0) throw new Error(`Unknown projections: ${unknown.join(', ')}`);
  const tables = chosen.flatMap(({ tables: own }) => own);
  const odd = tables.filter((table) => !TABLE.test(table) || table.startsWith('es.'));
  if (odd.length > 0) throw new Error(`Not tables of a projection: ${odd.join(', ')}`);
  return chosen;
}

/** All at once, so that tables which refer to each other can be emptied. */
async function empty(session: Session, projections: readonly InlineProjection[]): Promise<void> {
  const tables = [...new Set(projections.flatMap(({ tables: own }) => own))];
  if (tables.length > 0) await session.query(`truncate ${tables.join(', ')}`);
}

async function replay(setting: RebuildSetting, projections: readonly InlineProjection[]): Promise<RebuildReport> {
  const counts = new Map(projections.map(({ name }) => [name, 0]));
  const categories = [...new Set(projections.flatMap((projection) => projection.categories))];
  const { head } = await readHead(setting.tail);
  let events = 0;
  for (const { shard, position: end } of head) {
    let at = 0;
    while (at < end) {
      const { rows, searchedTo } = await readLogPage(setting.tail, shard, at, categories);
      if (searchedTo <= at) throw new Error(`The log of shard ${shard} ends at ${at}, its head says ${end}`);
      for (const [tenant, ofTenant] of byTenant(rows)) await applyPage(setting, projections, tenant, ofTenant, counts);
      events += rows.length;
      at = searchedTo;
    }
  }
  return { events, projections: Object.fromEntries(counts) };
}

function byTenant(rows: readonly LogEventRow[]): Map<string, LogEventRow[]> {
  const tenants = new Map<string, LogEventRow[]>();
  for (const row of rows) {
    const ofTenant = tenants.get(row.tenant);
    if (ofTenant === undefined) tenants.set(row.tenant, [row]);
    else ofTenant.push(row);
  }
  return tenants;
}

async function applyPage(
  setting: RebuildSetting,
  projections: readonly InlineProjection[],
  tenant: string,
  rows: readonly LogEventRow[],
  counts: Map<string, number>,
): Promise<void> {
  const events = await setting.reader.read(tenant, rows);
  const applied = await setting.transaction(tenant, async (tx) => {
    const numbers: [string, number][] = [];
    for (const { name, categories, apply } of projections.map(bound)) {
      const own = events.filter((event) => categories.includes(event.category));
      if (own.length > 0) await apply(tx, own);
      numbers.push([name, own.length]);
    }
    return numbers;
  });
  for (const [name, number] of applied) counts.set(name, (counts.get(name) ?? 0) + number);
}

function bound(projection: InlineProjection): Pick<InlineProjection, 'name' | 'categories' | 'apply'> {
  return { name: projection.name, categories: projection.categories, apply: (tx, events) => projection.apply(tx, events) };
}

/**
 * What a table holds, as one text: number of rows and the sum of a hash over each row without the named columns. Equal
 * before and after a rebuild when the rows are equal; the order of rows does not matter.
 * @param dataSource a role that sees every row
 */
export async function tableChecksum(dataSource: DataSource, table: string, without: readonly string[] = []): Promise<string> {
  if (!TABLE.test(table)) throw new Error(`Not the name of a table: ${table}`);
  const { rows } = await withSession(dataSource, DEADLINE_MS, (session) =>
    session.query<{ checksum: string }>(
      `select count(*) || ':' || coalesce(sum(('x' || left(md5((to_jsonb(t) - $1::text[])::text), 15))::bit(60)::bigint), 0) as checksum from ${table} t`,
      [[...without]],
    ),
  );
  return rows[0]?.checksum ?? '';
}
