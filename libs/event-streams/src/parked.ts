import { streamsV1 } from '@caseledger/contracts';
import { isUuid } from '@caseledger/event-store';
import { nameOf, type Queries } from './checkpoint.js';
import { fromProto, toProto } from './feed/feed-message.js';
import type { StreamMessage } from './message.js';
import type { StreamName } from './transport.js';

/** A consumer with more parked streams than this is broken itself: it stops instead of parking on. */
export const PARKED_STREAMS_MAX = 100;

/** A message that waits for its consumer to be repaired, and what was wrong with it or the one before it. */
export interface ParkedMessage {
  readonly message: StreamMessage;
  readonly reason: string;
}

const PARKED_AMONG = `
select distinct stream from es.parked where consumer = $1 and source = $2 and topic = $3 and stream = any($4)`;

/** Which of these streams have parked messages: their later ones have to wait behind them. */
export async function parkedAmong(tx: Queries, name: StreamName, streams: readonly string[]): Promise<Set<string>> {
  const values = [...nameOf(name), streams];
  const { rows } = await tx.query<{ stream: string }>({ name: 'streams.parked-among', text: PARKED_AMONG, values });
  return new Set(rows.map(({ stream }) => stream));
}

/** Stores messages whole, in the transaction of the checkpoint that passes them. */
export async function park(tx: Queries, name: StreamName, parked: readonly ParkedMessage[]): Promise<void> {
  if (parked.length === 0) return;
  const messages = parked.map(({ message }) => message);
  await tx.query(
    `insert into es.parked (consumer, source, topic, shard, partition, position, tenant, stream, event_id, type, message, reason)
     select $1, $2, $3, p.* from unnest($4::smallint[], $5::int[], $6::bigint[], $7::uuid[], $8::text[], $9::uuid[],
       $10::text[], $11::bytea[], $12::text[]) p`,
    [
      ...nameOf(name),
      messages.map(({ shard }) => shard),
      messages.map(({ partition }) => partition),
      messages.map(({ position }) => position),
      messages.map(({ tenant }) => uuidOrNull(tenant)),
      messages.map(({ stream }) => stream),
      messages.map(({ eventId }) => uuidOrNull(eventId)),
      messages.map(({ type }) => type),
      messages.map((message) => Buffer.from(streamsV1.FeedEvent.encode(toProto(message)).finish())),
      parked.map(({ reason }) => reason),
    ],
  );
}

/** How many streams of a consumer have parked messages. */
export async function countParkedStreams(tx: Queries, name: StreamName): Promise<number> {
  const { rows } = await tx.query<{ streams: string }>(
    `select count(distinct stream) as streams from es.parked where consumer = $1 and source = $2 and topic = $3`,
    nameOf(name),
  );
  return Number(rows[0]?.streams ?? 0);
}

/** The streams that wait, with how many messages each and why its first one was parked. */
export async function listParkedStreams(tx: Queries, name: StreamName): Promise<{ stream: string; messages: number; reason: string }[]> {
  const { rows } = await tx.query<{ stream: string; messages: string; reason: string }>(
    `select stream, count(*) as messages, (array_agg(reason order by shard, position))[1] as reason
       from es.parked where consumer = $1 and source = $2 and topic = $3 group by stream order by stream limit 1000`,
    nameOf(name),
  );
  return rows.map((row) => ({ ...row, messages: Number(row.messages) }));
}

/** The oldest parked messages of a stream, in order. */
export async function readParked(tx: Queries, name: StreamName, stream: string, limit: number): Promise<StreamMessage[]> {
  const { rows } = await tx.query<{ message: Buffer }>(
    `select message from es.parked where consumer = $1 and source = $2 and topic = $3 and stream = $4
      order by shard, position limit $5`,
    [...nameOf(name), stream, limit],
  );
  return rows.map(({ message }) => fromProto(streamsV1.FeedEvent.decode(message)));
}

/** Removes messages that have been replayed. */
export async function unpark(tx: Queries, name: StreamName, messages: readonly StreamMessage[]): Promise<void> {
  await tx.query(
    `delete from es.parked where consumer = $1 and source = $2 and topic = $3
        and (shard, partition, position) in (select * from unnest($4::smallint[], $5::int[], $6::bigint[]))`,
    [...nameOf(name), messages.map(({ shard }) => shard), messages.map(({ partition }) => partition), messages.map(({ position }) => position)],
  );
}

/** A foreign message may call itself anything; the column is for finding a company's own. */
function uuidOrNull(text: string): string | null {
  return isUuid(text) ? text : null;
}
