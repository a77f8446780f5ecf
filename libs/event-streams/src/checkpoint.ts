import type { ConsumerTransaction } from './consumer-transaction.js';
import { Fenced } from './faults.js';
import { placeOf, type Checkpoint } from './intake.js';
import type { StreamName } from './transport.js';

interface Place {
  readonly shard: number;
  readonly partition: number;
}

interface CheckpointRow {
  readonly shard: number;
  readonly partition: number;
  readonly log_epoch: number;
  readonly pos: string;
}

/** Statements run alike inside a transaction and on a pool. */
export type Queries = Pick<ConsumerTransaction, 'query'>;

/**
 * Locks the checkpoints of these places, which must be sorted, until the transaction ends. Missing ones are made
 * first, because locking nothing would let two members in.
 */
export async function lockCheckpoints(tx: Queries, name: StreamName, places: readonly Place[]): Promise<Map<string, Checkpoint>> {
  const found = await selectLocked(tx, name, places);
  if (found.size === places.length) return found;
  await ensureCheckpoints(tx, name, places);
  return selectLocked(tx, name, places);
}

const LOCK = `
select c.shard, c.partition, c.log_epoch, c.pos from es.checkpoint c
 where c.consumer = $1 and c.source = $2 and c.topic = $3
   and (c.shard, c.partition) in (select * from unnest($4::smallint[], $5::int[]))
 order by c.shard, c.partition for update`;

async function selectLocked(tx: Queries, name: StreamName, places: readonly Place[]): Promise<Map<string, Checkpoint>> {
  const values = [...nameOf(name), ...columnsOf(places)];
  const { rows } = await tx.query<CheckpointRow>({ name: 'streams.lock-checkpoints', text: LOCK, values });
  return byPlace(rows);
}

/** Begins at the start of the log wherever nothing is stored yet. */
export async function ensureCheckpoints(tx: Queries, name: StreamName, places: readonly Place[]): Promise<void> {
  await tx.query(
    `insert into es.checkpoint (consumer, source, topic, shard, partition)
     select $1, $2, $3, p.shard, p.partition from unnest($4::smallint[], $5::int[]) p (shard, partition)
     order by p.shard, p.partition on conflict do nothing`,
    [...nameOf(name), ...columnsOf(places)],
  );
}

/** All checkpoints of a consumer on a topic, without locking them. */
export async function readCheckpoints(tx: Queries, name: StreamName): Promise<Map<string, Checkpoint>> {
  const { rows } = await tx.query<CheckpointRow>(
    `select shard, partition, log_epoch, pos from es.checkpoint where consumer = $1 and source = $2 and topic = $3`,
    nameOf(name),
  );
  return byPlace(rows);
}

const ADVANCE = `
with moved as materialized (
  select m.* from es.checkpoint c
    join unnest($4::smallint[], $5::int[], $6::bigint[], $7::bigint[], $8::int[]) m (shard, partition, was, pos, log_epoch)
      on c.shard = m.shard and c.partition = m.partition and c.pos = m.was
   where c.consumer = $1 and c.source = $2 and c.topic = $3
   order by c.shard, c.partition for no key update of c)
update es.checkpoint c set pos = m.pos, log_epoch = m.log_epoch, updated_at = clock_timestamp()
  from moved m
 where c.consumer = $1 and c.source = $2 and c.topic = $3 and c.shard = m.shard and c.partition = m.partition`;

/**
 * Moves checkpoints on, each only from where it was read; locked in the same order as by `lockCheckpoints`.
 * @throws Fenced when one of them stands elsewhere by now, so that the whole transaction is rolled back.
 */
export async function advanceCheckpoints(tx: Queries, name: StreamName, moved: readonly { from: Checkpoint; to: Checkpoint }[]): Promise<void> {
  if (moved.length === 0) return;
  const values = [
    ...nameOf(name),
    ...columnsOf(moved.map(({ from }) => from)),
    moved.map(({ from }) => from.position),
    moved.map(({ to }) => to.position),
    moved.map(({ to }) => to.logEpoch),
  ];
  const { rowCount } = await tx.query({ name: 'streams.advance-checkpoints', text: ADVANCE, values });
  if (rowCount !== moved.length) throw new Fenced(`checkpoint of ${name.consumer} on ${name.topic}`);
}

/** The three names as the first parameters of a statement. */
export function nameOf(name: StreamName): [string, string, string] {
  return [name.consumer, name.source, name.topic];
}

function columnsOf(places: readonly Place[]): [number[], number[]] {
  return [places.map(({ shard }) => shard), places.map(({ partition }) => partition)];
}

function byPlace(rows: readonly CheckpointRow[]): Map<string, Checkpoint> {
  return new Map(
    rows.map((row) => {
      const checkpoint = { shard: row.shard, partition: row.partition, logEpoch: row.log_epoch, position: Number(row.pos) };
      return [placeOf(checkpoint), checkpoint];
    }),
  );
}
