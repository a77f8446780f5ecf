import type { Queries } from '../checkpoint.js';
import { placeOf } from '../intake.js';

interface RelayedRow {
  readonly shard: number;
  readonly partition: number;
  readonly pos: string;
}

/** A message that a relay has put into its topic. */
export interface RelayedPosition {
  readonly shard: number;
  readonly partition: number;
  readonly position: number;
}

/** The newest position in each place of a topic. */
export async function readRelayed(db: Queries, topic: string): Promise<Map<string, number>> {
  const { rows } = await db.query<RelayedRow>('select shard, partition, pos from es.relayed where topic = $1', [topic]);
  return new Map(rows.map((row) => [placeOf(row), Number(row.pos)]));
}

/** Notes what was acknowledged, in the transaction that moves the relay's checkpoint past it. */
export async function storeRelayed(tx: Queries, topic: string, relayed: readonly RelayedPosition[]): Promise<void> {
  if (relayed.length === 0) return;
  await tx.query(
    `insert into es.relayed (topic, shard, partition, pos)
     select $1, r.* from unnest($2::smallint[], $3::int[], $4::bigint[]) r order by 2, 3
     on conflict (topic, shard, partition) do update set pos = excluded.pos`,
    [topic, relayed.map(({ shard }) => shard), relayed.map(({ partition }) => partition), relayed.map(({ position }) => position)],
  );
}

/** Begins at the start of the log again for partitions whose messages are gone. */
export async function forgetRelayed(tx: Queries, consumer: string, source: string, topic: string, partitions: readonly number[]): Promise<void> {
  await tx.query('delete from es.relayed where topic = $1 and partition = any($2)', [topic, partitions]);
  await tx.query('update es.checkpoint set pos = 0 where consumer = $1 and source = $2 and topic = $3 and partition = any($4)', [
    consumer,
    source,
    topic,
    partitions,
  ]);
}
