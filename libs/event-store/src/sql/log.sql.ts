/** Which log this is, and which life of it: the epoch is raised by the restore tool only (CORRECTNESS §1.6). */
export const LOG_ID = `
create table es.log_id (
  singleton boolean primary key default true check (singleton),
  id uuid not null default gen_random_uuid(),
  epoch int not null default 1 check (epoch > 0),
  rebuilding boolean not null default false)`;

/** The end of each shard's log; the row that orders all commits of the shard. */
export const HEAD = `
create table es.head (
  shard smallint primary key check (shard >= 0),
  pos bigint not null default 0,
  chain bytea not null default decode(repeat('00', 32), 'hex') check (length(chain) = 32)) with (fillfactor = 10)`;

/** Where each committed batch lies in the global order; written by the seal and by nothing else. */
export const LOG = `
create table es.log (
  shard smallint not null,
  first_pos bigint not null,
  last_pos bigint not null check (last_pos >= first_pos),
  batch bigint not null unique,
  epoch int not null,
  chain bytea not null check (length(chain) = 32),
  primary key (shard, first_pos))`;

/**
 * Gives a batch its positions, inside COMMIT. The head's row lock is held from here to the end of the commit only, so
 * no round trip of a client happens while it is held and a client that hangs holds up nobody (DESIGN 3).
 */
export const SEAL = `
create function es.seal() returns trigger language plpgsql security definer set search_path = pg_catalog, es, pg_temp as $seal$
declare
  stored int;
  present es.head;
  life int;
  link bytea;
begin
  select count(*) into stored from es.event where batch = new.id;
  if stored <> new.n then
    raise exception 'batch % declares % events and has %', new.id, new.n, stored using errcode = 'integrity_constraint_violation';
  end if;
  select epoch into strict life from es.log_id;
  select * into present from es.head where shard = new.shard for update;
  if not found then
    raise exception 'there is no shard %', new.shard using errcode = 'foreign_key_violation';
  end if;
  link := sha256(present.chain || int4send(life) || int8send(present.pos + 1) || int4send(new.n) || new.content_hash);
  update es.head set pos = present.pos + new.n, chain = link where shard = new.shard;
  insert into es.log (shard, first_pos, last_pos, batch, epoch, chain)
  values (new.shard, present.pos + 1, present.pos + new.n, new.id, life, link);
  return null;
end $seal$`;

export const SEAL_TRIGGER = `
create constraint trigger seal after insert on es.batch
deferrable initially deferred for each row execute function es.seal()`;
