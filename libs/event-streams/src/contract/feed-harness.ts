import { consumerMigrations, eventStoreMigrations, uuid7 } from '@caseledger/event-store';
import { serviceGuard, signServiceContext } from '@caseledger/service-kit';
import { testDatabase, type TestDatabase } from '@caseledger/testing';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { DataSource } from 'typeorm';
import { feedClient, feedService, feedTransport, type FeedClient } from '../index.js';
import { COUNTING_TOPIC, CountingLog } from './counting-log.js';
import { Harm, HarmedFeed } from './harmed-feed.js';
import type { HarnessMember, StreamHarness } from './stream-harness.js';
import { Tally1763700009001 } from './tally.js';

const SOURCE = 'counting';
const PARTITIONS = 6;
const LEASE_MS = 1_000;
const WAIT_MS = 200;
const SECRET = 'a secret that all services of a test share';

/** What a member in a process of its own needs. */
export interface MemberSetting {
  readonly name: string;
  readonly databaseUrl: string;
  readonly address: string;
  readonly secret: string;
  readonly leaseMs: number;
  readonly topic: Pick<StreamHarness, 'source' | 'topic' | 'partitions'>;
}

export interface FeedHarness extends StreamHarness {
  setting(name: string): MemberSetting;
}

/** The embedded transport: an event store's log served over gRPC, members with pools of their own on one real database. */
export async function feedHarness(): Promise<FeedHarness> {
  const database = await testDatabase('event_streams', [...eventStoreMigrations, ...consumerMigrations, Tally1763700009001]);
  const admin = await connect(database.superuserUrl, 'harness');
  const log = await CountingLog.open(await database.open(), admin, PARTITIONS);
  const harm = new Harm();
  const server = new Server();
  const { definition, implementation } = feedService(log.store.feed, [{ topic: COUNTING_TOPIC }], serviceGuard(SECRET));
  server.addService(definition, implementation);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => (error === null ? resolve(bound) : reject(error)));
  });
  const members: { end(): Promise<void> }[] = [];
  return {
    source: SOURCE,
    topic: COUNTING_TOPIC,
    partitions: PARTITIONS,
    setting: (name) => ({
      name,
      databaseUrl: database.urls.appUrl,
      address: `127.0.0.1:${port}`,
      secret: SECRET,
      leaseMs: LEASE_MS,
      topic: { source: SOURCE, topic: COUNTING_TOPIC, partitions: PARTITIONS },
    }),
    heads: () => log.heads(),
    publishElsewhere: (count) => log.publishElsewhere(count),
    loseNext: (count) => harm.loseNext(count),
    redeliver: () => harm.redeliver(),
    restore: () => log.restore(),
    async publish(events) {
      const ids = events.map(() => uuid7());
      harm.published(ids);
      await log.append(events, ids);
      return ids;
    },
    async member(name) {
      const member = await makeMember(name, database, admin, feedClient(`127.0.0.1:${port}`, () => signServiceContext(SECRET, 'following')), harm);
      members.push(member);
      return member;
    },
    evict: (member) => cutOff(admin, member),
    async dispose() {
      await Promise.all(members.map((member) => member.end()));
      await admin.destroy();
      server.forceShutdown();
      await database.drop();
    },
  };
}

async function makeMember(name: string, database: TestDatabase, admin: DataSource, client: FeedClient, harm: Harm): Promise<HarnessMember & { end(): Promise<void> }> {
  const pool = await connect(database.urls.appUrl, name);
  const feed = new HarmedFeed(client, harm);
  const end = async (): Promise<void> => {
    client.close();
    if (pool.isInitialized) await pool.destroy();
  };
  return {
    name,
    database: pool,
    transport: feedTransport(() => feed, { leaseMs: LEASE_MS, waitMs: WAIT_MS }),
    fetched: () => feed.fetched,
    async kill() {
      feed.kill();
      const ended = end();
      await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1', [name]);
      await ended;
    },
    end,
  };
}

/** The member no longer reaches the tables of its group, and the others see it as gone. */
export async function cutOff(admin: DataSource, member: string): Promise<void> {
  await admin.query(`create function es.cut_off() returns trigger language plpgsql as $$ begin raise exception 'cut off'; end $$`);
  const [row] = await admin.query<{ literal: string }[]>('select quote_literal($1::text) as literal', [member]);
  for (const [table, column] of [['lease', 'owner'], ['member', 'member']]) {
    await admin.query(
      `create trigger cut_off before insert or update on es.${table} for each row when (new.${column} = ${row?.literal ?? ''}) execute function es.cut_off()`,
    );
  }
  await admin.query(`update es.lease set owner = null, lease_epoch = lease_epoch + 1, lease_until = '-infinity' where owner = $1`, [member]);
  await admin.query('delete from es.member where member = $1', [member]);
}

function connect(url: string, applicationName: string): Promise<DataSource> {
  const source = new DataSource({
    type: 'postgres',
    url,
    applicationName,
    installExtensions: false,
    connectTimeoutMS: 5_000,
    extra: { max: 8 },
    poolErrorHandler: () => undefined,
  });
  return source.initialize();
}
