/** How far a consumer has come; written in the transaction of its view (DESIGN 6). */
export const CHECKPOINT = `
create table es.checkpoint (
  consumer text not null,
  source text not null,
  topic text not null,
  shard smallint not null,
  partition int not null,
  log_epoch int not null default 0,
  pos bigint not null default 0,
  chain bytea,
  updated_at timestamptz not null default clock_timestamp(),
  primary key (consumer, source, topic, shard, partition))`;

/** Who works on a partition; the epoch fences a member that lost it. Time is the database's (DESIGN 10). */
export const LEASE = `
create table es.lease (
  consumer text not null,
  source text not null,
  topic text not null,
  partition int not null,
  lease_epoch bigint not null default 0,
  owner text,
  lease_until timestamptz not null default '-infinity',
  primary key (consumer, source, topic, partition))`;

/** Who is there to share the partitions of a consumer. */
export const MEMBER = `
create table es.member (
  consumer text not null,
  member text not null,
  seen_at timestamptz not null default clock_timestamp(),
  primary key (consumer, member))`;

/** Messages a handler could not take, and those behind them in their stream; \`message\` is the whole message. */
export const PARKED = `
create table es.parked (
  consumer text not null,
  source text not null,
  topic text not null,
  shard smallint not null,
  partition int not null,
  position bigint not null,
  tenant uuid,
  stream text not null,
  event_id uuid,
  type text,
  message bytea not null,
  reason text not null,
  tries int not null default 0,
  parked_at timestamptz not null default clock_timestamp(),
  primary key (consumer, source, topic, shard, partition, position))`;

export const PARKED_STREAM = `
create index parked_stream on es.parked (consumer, source, topic, stream, position)`;

/**
 * The newest position of each shard and partition that an owner's relay has put into a topic; the next message names
 * it. How far the log was searched for it is the relay's checkpoint, which moves on past events of other topics.
 */
export const RELAYED = `
create table es.relayed (
  topic text not null,
  shard smallint not null,
  partition int not null,
  pos bigint not null,
  primary key (topic, shard, partition))`;
