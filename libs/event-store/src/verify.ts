import type { DataSource } from 'typeorm';
import { chainLink, contentHash, type EventRow } from './content-hash.js';
import { readHead } from './head-watch.js';
import { pgArray } from './pg-array.js';
import { withSession, type Session } from './session.js';
import type { VerifyFault, VerifyReport } from './store.types.js';
import { structureFaults } from './verify-structure.js';

const PAGE_BATCHES = 50;
const PAGE_DEADLINE_MS = 60_000;
const GENESIS = Buffer.alloc(32);

const BATCHES = `
select l.first_pos::float8 as first_pos, l.last_pos::float8 as last_pos, l.batch::text as batch, l.epoch, l.chain, b.n, b.content_hash, b.shard, b.tenant,
  b.source_kind, b.source_id, b.actor, b.correlation, b.causation, b.traceparent, (extract(epoch from b.at) * 1000)::float8 as at_ms
from es.log l left join es.batch b on b.id = l.batch
where l.shard = $1 and l.first_pos > $2::bigint and l.first_pos <= $3::bigint order by l.first_pos limit ${PAGE_BATCHES}`;

/** Data and meta as the text they were hashed as: parsed, a text that was written otherwise would pass for the same. */
const EVENTS = `
select e.batch::text as batch, e.idx, e.tenant, e.stream, e.category, e.version, e.event_id, e.type, e.schema_version,
  e.data::text as data, e.pii, e.meta::text as meta
from unnest($1::int8[]) w(batch) join es.batch b on b.id = w.batch join es.event e on e.batch = w.batch
order by e.batch, e.idx`;

interface EventText {
  readonly [column: string]: unknown;
  readonly batch: string;
  readonly idx: number;
  readonly tenant: string;
  readonly stream: string;
  readonly category: string;
  readonly version: number;
  readonly event_id: string;
  readonly type: string;
  readonly schema_version: number;
  readonly data: string;
  readonly pii: Buffer | null;
  readonly meta: string;
}

interface LogRow {
  readonly [column: string]: unknown;
  readonly first_pos: number;
  readonly last_pos: number;
  readonly batch: string;
  readonly epoch: number;
  readonly chain: Buffer;
  readonly n: number | null;
  readonly content_hash: Buffer;
  readonly shard: number;
  readonly tenant: string;
  readonly source_kind: string;
  readonly source_id: string | null;
  readonly actor: string | null;
  readonly correlation: string | null;
  readonly causation: string | null;
  readonly traceparent: string | null;
  readonly at_ms: number;
}

/** Where the walk through a shard stands. */
interface Walk {
  readonly shard: number;
  position: number;
  chain: Buffer;
  epoch: number;
  events: number;
  batches: number;
}

/**
 * Computes the whole log again from what is stored: content of every batch, chain, positions without gaps, heads,
 * then versions 1..n of every stream. Names the first position that differs in each shard (AUD-001, CORRECTNESS §6).
 */
export async function verifyLog(tail: DataSource): Promise<VerifyReport> {
  const { head } = await readHead(tail);
  const walks: Walk[] = [];
  const faults: VerifyFault[] = [];
  for (const { shard, position } of head) {
    const walk: Walk = { shard, position: 0, chain: GENESIS, epoch: 0, events: 0, batches: 0 };
    walks.push(walk);
    const fault = await walkShard(tail, walk, position);
    if (fault !== undefined) faults.push(fault);
  }
  for (const fault of await structureFaults(tail)) {
    if (!faults.some(({ shard }) => shard === fault.shard)) faults.push(fault);
  }
  return {
    ok: faults.length === 0,
    events: walks.reduce((sum, walk) => sum + walk.events, 0),
    batches: walks.reduce((sum, walk) => sum + walk.batches, 0),
    shards: walks.map(({ shard, position, chain }) => ({ shard, position, chain: chain.toString('hex') })),
    faults,
  };
}

async function walkShard(tail: DataSource, walk: Walk, end: number): Promise<VerifyFault | undefined> {
  for (;;) {
    const page = await withSession(tail, PAGE_DEADLINE_MS, (session) => readPage(session, walk, end));
    for (const { row, events } of page) {
      const fault = step(walk, row, events);
      if (fault !== undefined) return { shard: walk.shard, position: Math.min(row.first_pos, walk.position + 1), fault };
    }
    if (page.length < PAGE_BATCHES) break;
  }
  if (walk.position === end) return undefined;
  return { shard: walk.shard, position: walk.position + 1, fault: `the log ends at ${walk.position}, its head says ${end}` };
}

async function readPage(session: Session, walk: Walk, end: number): Promise<{ row: LogRow; events: EventText[] }[]> {
  const { rows } = await session.query<LogRow>({ name: 'es_verify_batches', text: BATCHES, values: [walk.shard, walk.position, end] });
  const values = [pgArray('int8', rows.map((row) => Number(row.batch)))];
  const { rows: events } = await session.query<EventText>({ name: 'es_verify_events', text: EVENTS, values });
  const byBatch = groupByBatch(events);
  return rows.map((row) => ({ row, events: byBatch.get(row.batch) ?? [] }));
}

function groupByBatch(events: readonly EventText[]): Map<string, EventText[]> {
  const groups = new Map<string, EventText[]>();
  for (const event of events) {
    const group = groups.get(event.batch);
    if (group === undefined) groups.set(event.batch, [event]);
    else group.push(event);
  }
  return groups;
}

/** Checks one batch against where the walk stands, and moves the walk on; returns what is wrong. */
function step(walk: Walk, row: LogRow, events: readonly EventText[]): string | undefined {
  const fault = batchFault(walk, row, events);
  if (fault !== undefined) return fault;
  const link = chainLink(walk.chain, row.epoch, row.first_pos, events.length, row.content_hash);
  if (!link.equals(row.chain)) return `the chain differs at positions ${row.first_pos} to ${row.last_pos}`;
  walk.position = row.last_pos;
  walk.chain = link;
  walk.epoch = row.epoch;
  walk.events += events.length;
  walk.batches += 1;
  return undefined;
}

function batchFault(walk: Walk, row: LogRow, events: readonly EventText[]): string | undefined {
  const place = `positions ${row.first_pos} to ${row.last_pos}`;
  if (row.first_pos !== walk.position + 1) return `positions ${walk.position + 1} to ${row.first_pos - 1} are missing`;
  if (row.n === null) return `the batch of ${place} is missing`;
  if (row.shard !== walk.shard) return `the batch of ${place} belongs to shard ${row.shard}`;
  if (row.epoch < walk.epoch) return `the epoch goes back at ${place}`;
  if (row.last_pos - row.first_pos + 1 !== row.n || events.length !== row.n) return `${place} should hold ${row.n} events and hold ${events.length}`;
  if (events.some((event, at) => event.idx !== at || event.tenant !== row.tenant)) return `the events of ${place} are not those of their batch`;
  if (!contentHash(headerOf(row), events.map(eventRow)).equals(row.content_hash)) return `the content of ${place} differs`;
  return undefined;
}

function headerOf(row: LogRow): Parameters<typeof contentHash>[0] {
  const { tenant, shard, source_kind: sourceKind, source_id: sourceId, actor, correlation, causation, traceparent, at_ms: atMs } = row;
  return { tenant, shard, sourceKind, sourceId, actor, correlation, causation, traceparent, atMs: Math.round(atMs) };
}

/** Independent of the append: from the columns as the database gives them. */
function eventRow(event: EventText): EventRow {
  const { stream, category, version, event_id: eventId, type, schema_version: schemaVersion, data, pii, meta } = event;
  return { stream, category, version, eventId, type, schemaVersion, data, pii, meta };
}
