import type { DataSource } from 'typeorm';
import { withSession } from './session.js';
import type { VerifyFault } from './store.types.js';

const DEADLINE_MS = 600_000;

/** Events and batches that a reader of streams would find and a reader of the log would not. */
const OUTSIDE_THE_LOG = `
select coalesce(b.shard, 0) as shard, 0::float8 as position, 'batch ' || o.batch || ' is not in the log' as fault
from (select e.batch from es.event e where not exists (select from es.log l where l.batch = e.batch)
      union select b.id from es.batch b where not exists (select from es.log l where l.batch = b.id)) o
left join es.batch b on b.id = o.batch order by o.batch limit 1`;

/** The first event of each shard whose version is not the number of events up to it in its stream. */
const VERSIONS = `
select distinct on (l.shard) l.shard, (l.first_pos + v.idx)::float8 as position,
  'stream ' || v.stream || ' has version ' || v.version || ' where ' || v.counted || ' follows' as fault
from (select e.batch, e.idx, e.stream, e.version, row_number() over (partition by e.tenant, e.stream order by e.version) as counted
      from es.event e) v
join es.log l on l.batch = v.batch where v.version <> v.counted order by l.shard, l.first_pos, v.idx`;

/** In a stream, later versions come later in the log. */
const ORDER = `
select distinct on (o.shard) o.shard, o.position, 'stream ' || o.stream || ' has version ' || o.version || ' before an earlier one' as fault
from (select l.shard, (l.first_pos + e.idx)::float8 as position, e.stream, e.version,
        lag(l.first_pos + e.idx) over (partition by e.tenant, e.stream order by e.version) as before, l.first_pos + e.idx as here
      from es.event e join es.log l on l.batch = e.batch) o
where o.before > o.here order by o.shard, o.position`;

/** The versions that writers are checked against are those of the newest events. */
const STREAMS = `
select 0 as shard, 0::float8 as position, 'stream ' || coalesce(s.stream, e.stream) || ' says version ' || coalesce(s.version::text, 'none')
  || ', its events say ' || coalesce(e.version::text, 'none') as fault
from es.stream s full join (select tenant, stream, max(version) as version from es.event group by tenant, stream) e
  on e.tenant = s.tenant and e.stream = s.stream
where s.version is distinct from e.version limit 1`;

/** Heads that do not agree with the last row of their log. */
const HEADS = `
select h.shard, h.pos::float8 as position, 'the head is not the end of its log' as fault
from es.head h left join lateral (select l.last_pos, l.chain from es.log l where l.shard = h.shard order by l.first_pos desc limit 1) l on true
where h.pos <> coalesce(l.last_pos, 0) or (l.chain is not null and l.chain <> h.chain)`;

/** The first of them is known to PostgreSQL from 17 on. */
const TIMEOUTS = ['transaction_timeout', 'statement_timeout'];

/** What is wrong between the tables, apart from the content; at most one fault a shard and query. */
export async function structureFaults(tail: DataSource): Promise<VerifyFault[]> {
  return withSession(tail, DEADLINE_MS, async (session) => {
    const faults: VerifyFault[] = [];
    // A large log takes longer than a request may; the limits come back before the connection does.
    await session.query("select set_config(name, '0', false) from pg_settings where name = any($1)", [TIMEOUTS]);
    try {
      for (const query of [OUTSIDE_THE_LOG, VERSIONS, ORDER, STREAMS, HEADS]) {
        const { rows } = await session.query<{ shard: number; position: number; fault: string }>(query);
        faults.push(...rows.map(({ shard, position, fault }) => ({ shard, position, fault })));
      }
    } finally {
      await session.query('select set_config(name, reset_val, false) from pg_settings where name = any($1)', [TIMEOUTS]);
    }
    return faults;
  });
}
