import { nameOf, type Queries } from '../checkpoint.js';
import type { ConsumerTransaction } from '../consumer-transaction.js';
import { Fenced } from '../faults.js';
import type { StreamName } from '../transport.js';

/** A partition held, and the number of the holding: whoever takes over gets a higher one. */
export interface Lease {
  readonly partition: number;
  readonly leaseEpoch: number;
}

interface LeaseRow {
  readonly partition: number;
  readonly lease_epoch: string;
}

/**
 * What a member still holds of what it was given. Whoever locks several leases does it in the order of their
 * partitions: a member renews while its own transactions hold the same leases still.
 */
const HELD = `
  select l.partition from es.lease l
    join unnest($5::int[], $6::bigint[]) given (partition, lease_epoch) on given.partition = l.partition and given.lease_epoch = l.lease_epoch
   where l.consumer = $1 and l.source = $2 and l.topic = $3 and l.owner = $4
   order by l.partition`;

/** Members share one topic of one source, so the row names all three. */
function groupOf({ consumer, source, topic }: StreamName): string {
  return `${consumer} ${source} ${topic}`;
}

/** Makes the row of each partition; free until someone claims it. */
export async function ensureLeases(db: Queries, name: StreamName, partitions: number): Promise<void> {
  await db.query(
    `insert into es.lease (consumer, source, topic, partition)
     select $1, $2, $3, p from generate_series(0, $4::int - 1) p order by p on conflict do nothing`,
    [...nameOf(name), partitions],
  );
}

/** Says that this member is alive and tells who is, sorted; all by the database's clock. */
export async function seenMembers(db: Queries, name: StreamName, member: string, leaseMs: number): Promise<string[]> {
  // The statement does not see the row that it writes, so its own member is added.
  const { rows } = await db.query<{ member: string }>(
    `with own as (
       insert into es.member (consumer, member) values ($1, $2)
       on conflict (consumer, member) do update set seen_at = clock_timestamp())
     select member from (
       select member from es.member where consumer = $1 and seen_at > clock_timestamp() - $3 * interval '1 ms'
       union select $2) seen
     order by member collate "C"`,
    [groupOf(name), member, leaseMs],
  );
  return rows.map((row) => row.member);
}

/** Removes the rows of members that have been gone for ten lease times. */
export async function forgetMembers(db: Queries, name: StreamName, leaseMs: number): Promise<void> {
  await db.query(`delete from es.member where consumer = $1 and seen_at < clock_timestamp() - $2 * interval '10 ms'`, [groupOf(name), leaseMs]);
}

/** Prolongs leases; answers those that are still this member's. */
export async function renewLeases(db: Queries, name: StreamName, member: string, leases: readonly Lease[], leaseMs: number): Promise<Set<number>> {
  const { rows } = await db.query<{ partition: number }>(
    `with held as materialized (${HELD} for no key update of l)
     update es.lease l set lease_until = clock_timestamp() + $7 * interval '1 ms'
       from held
      where l.consumer = $1 and l.source = $2 and l.topic = $3 and l.partition = held.partition
      returning l.partition`,
    [...nameOf(name), member, ...columnsOf(leases), leaseMs],
  );
  return new Set(rows.map(({ partition }) => partition));
}

/**
 * Takes up to `count` partitions that are free or whose holder has let its time run out. The free ones are looked up
 * first and once: as a sub-select the database may look again for each row, and take more than `count`.
 */
export async function claimLeases(db: Queries, name: StreamName, member: string, count: number, leaseMs: number): Promise<Lease[]> {
  const { rows } = await db.query<LeaseRow>(
    `with free as materialized (
       select f.partition from es.lease f
        where f.consumer = $1 and f.source = $2 and f.topic = $3 and f.lease_until < clock_timestamp()
        order by f.partition limit $5 for update skip locked)
     update es.lease l
        set owner = $4, lease_epoch = l.lease_epoch + 1, lease_until = clock_timestamp() + $6 * interval '1 ms'
       from free
      where l.consumer = $1 and l.source = $2 and l.topic = $3 and l.partition = free.partition
      returning l.partition, l.lease_epoch`,
    [...nameOf(name), member, count, leaseMs],
  );
  return rows.map((row) => ({ partition: row.partition, leaseEpoch: Number(row.lease_epoch) }));
}

/** Gives partitions back, so that others need not wait for the time to run out. */
export async function releaseLeases(db: Queries, name: StreamName, member: string, leases: readonly Lease[]): Promise<void> {
  await db.query(
    `with held as materialized (${HELD} for no key update of l)
     update es.lease l set owner = null, lease_until = '-infinity'
       from held
      where l.consumer = $1 and l.source = $2 and l.topic = $3 and l.partition = held.partition`,
    [...nameOf(name), member, ...columnsOf(leases)],
  );
}

/** Leaves the group. */
export async function removeMember(db: Queries, name: StreamName, member: string): Promise<void> {
  await db.query('delete from es.member where consumer = $1 and member = $2', [groupOf(name), member]);
}

/**
 * Holds the leases still until the transaction ends, a moment before it commits.
 * @throws Fenced when any of them has passed to another member.
 */
export async function assertLeases(tx: ConsumerTransaction, name: StreamName, member: string, leases: readonly Lease[]): Promise<void> {
  const values = [...nameOf(name), member, ...columnsOf(leases)];
  const { rows } = await tx.query({ name: 'streams.assert-leases', text: `${HELD} for share of l`, values });
  if (rows.length !== leases.length) throw new Fenced(`lease of ${name.consumer} on ${name.topic}`);
}

function columnsOf(leases: readonly Lease[]): [number[], number[]] {
  return [leases.map(({ partition }) => partition), leases.map(({ leaseEpoch }) => leaseEpoch)];
}
