import { RELAY, type TopicPlan } from '@caseledger/event-streams';
import { openDatabase } from '@caseledger/service-kit';
import type { DataSource } from 'typeorm';
import type { Databases } from './config.js';

type OwnerName = 'accounts' | 'contacts' | 'cases' | 'imports';

interface ShardPosition {
  readonly shard: number;
  readonly position: number;
}

/** How far one topic has come: its owner's log, the relay that fills it, and who follows it. */
export interface TopicPositions {
  readonly topic: string;
  readonly source: string;
  readonly heads: readonly ShardPosition[];
  /** Null where nothing was ever relayed. */
  readonly relay: readonly ShardPosition[] | null;
  readonly consumers: readonly { readonly consumer: string; readonly positions: readonly ShardPosition[] }[];
}

interface Reached extends ShardPosition {
  readonly consumer: string;
  readonly topic: string;
}

const OWNERS: readonly OwnerName[] = ['accounts', 'contacts', 'cases', 'imports'];

/** Reads where every log, relay and consumer of the installation stands; the slowest partition of each shard counts. */
export async function readPositions(databases: Databases, topics: readonly (TopicPlan & { readonly source: string })[]): Promise<TopicPositions[]> {
  const heads = new Map<string, ShardPosition[]>();
  const reached: Reached[] = [];
  for (const owner of OWNERS) {
    const { appUrl, tailUrl } = databases[owner];
    const database = await openDatabase({ appUrl, tailUrl, poolMax: 2 }, { migrations: [] });
    try {
      heads.set(owner, await readHeads(database.tail));
      reached.push(...(await readReached(database.tail, topics)));
    } finally {
      await database.close();
    }
  }
  return topics.map(({ topic, source }) => {
    const here = reached.filter((one) => one.topic === topic);
    const of = (consumer: string): ShardPosition[] => here.filter((one) => one.consumer === consumer).map(({ shard, position }) => ({ shard, position }));
    const consumers = [...new Set(here.map(({ consumer }) => consumer))].filter((consumer) => consumer !== RELAY).sort();
    const relay = of(RELAY);
    return { topic, source, heads: heads.get(source) ?? [], relay: relay.length === 0 ? null : relay, consumers: consumers.map((consumer) => ({ consumer, positions: of(consumer) })) };
  });
}

async function readHeads(tail: DataSource): Promise<ShardPosition[]> {
  const rows: { shard: number; pos: string }[] = await tail.query('select shard, pos from es.head order by shard');
  return rows.map(({ shard, pos }) => ({ shard, position: Number(pos) }));
}

/** A shard some partition of which was never worked off stands at 0. */
async function readReached(tail: DataSource, topics: readonly TopicPlan[]): Promise<Reached[]> {
  const rows: { consumer: string; topic: string; shard: number; places: string; pos: string }[] = await tail.query(
    `select consumer, topic, shard, count(*) as places, min(pos) as pos from es.checkpoint group by consumer, topic, shard order by consumer, topic, shard`,
  );
  return rows.map(({ consumer, topic, shard, places, pos }) => {
    const partitions = topics.find((plan) => plan.topic === topic)?.partitions ?? 0;
    return { consumer, topic, shard, position: Number(places) < partitions ? 0 : Number(pos) };
  });
}
