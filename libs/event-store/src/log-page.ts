import type { DataSource } from 'typeorm';
import { pgArray } from './pg-array.js';
import { withSession } from './session.js';
import type { EventRecord } from './stored-event.js';
import { EVENT_COLUMNS } from './stored-event.js';

const DEADLINE_MS = 30_000;
const PAGE_BATCHES = 256;
const PAGE_EVENTS = 2_000;
/** Of data as stored, which is compressed where it is long. */
const PAGE_BYTES = 2_000_000;
/** No batch has more events, so the batch that holds a position begins at most so far before it. */
const BATCH_EVENTS_MAX = 10_000;

const BATCHES = `
select first_pos::float8 as first_pos, last_pos::float8 as last_pos, batch::text as batch from es.log
where shard = $1 and first_pos > $2::bigint - ${BATCH_EVENTS_MAX} and last_pos > $2::bigint order by first_pos limit ${PAGE_BATCHES}`;

/** The last row is the one that fills the page, so that a page is never empty for want of room. */
const EVENTS = `
select * from (
  select ${EVENT_COLUMNS}, (l.first_pos + e.idx)::float8 as position, l.epoch,
    sum(pg_column_size(e.data)) over (order by l.first_pos, e.idx) - pg_column_size(e.data) as bytes_before,
    count(*) over () as found
  from unnest($1::int8[]) w(batch) join es.log l on l.batch = w.batch join es.batch b on b.id = w.batch join es.event e on e.batch = w.batch
  where ($2::text[] is null or e.category = any($2::text[])) and l.first_pos + e.idx > $3::bigint
) page where bytes_before < ${PAGE_BYTES} order by position`;

/** An event with its place in the log. */
export interface LogEventRow extends EventRecord {
  readonly position: number;
  readonly epoch: number;
  readonly found: string;
}

export interface LogPage {
  readonly rows: readonly LogEventRow[];
  /** Nothing of these categories up to here is missing from the rows. */
  readonly searchedTo: number;
}

interface BatchRow {
  readonly [column: string]: unknown;
  readonly first_pos: number;
  readonly last_pos: number;
  readonly batch: string;
}

/**
 * One page of a shard's log after a position: some 2,000 events or 2 MB, of these categories (all when absent), still
 * sealed. Read as the tail role.
 */
export async function readLogPage(tail: DataSource, shard: number, after: number, categories?: readonly string[]): Promise<LogPage> {
  return withSession(tail, DEADLINE_MS, async (session) => {
    const { rows: batches } = await session.query<BatchRow>({ name: 'es_log_batches', text: BATCHES, values: [shard, after] });
    const page = firstOf(batches);
    const last = page.at(-1);
    if (last === undefined) return { rows: [], searchedTo: after };
    const values = [
      pgArray('int8', page.map(({ batch }) => Number(batch))),
      categories === undefined ? null : pgArray('text', categories),
      after,
    ];
    const { rows } = await session.query<LogEventRow>({ name: 'es_log_events', text: EVENTS, values });
    const cut = rows.length < Number(rows[0]?.found ?? 0);
    return { rows, searchedTo: cut ? (rows.at(-1)?.position ?? after) : last.last_pos };
  });
}

function firstOf(batches: readonly BatchRow[]): BatchRow[] {
  const page: BatchRow[] = [];
  let events = 0;
  for (const batch of batches) {
    if (page.length > 0 && events >= PAGE_EVENTS) break;
    page.push(batch);
    events += batch.last_pos - batch.first_pos + 1;
  }
  return page;
}
