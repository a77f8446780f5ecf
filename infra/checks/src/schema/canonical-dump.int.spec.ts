import { testDatabase, type TestDatabase } from '@caseledger/testing';
import { Client } from 'pg';
import { canonicalDump } from './canonical-dump.js';
import { compareSnapshot } from './compare-snapshot.js';

const CLUSTER_MS = 120_000;
const BASE = `
create schema app;
grant usage on schema app to caseledger_app;
create type app.mood as enum ('calm', 'cross');
create table app.person (tenant uuid not null, id uuid not null, name text default 'nobody', age int check (age > 0), primary key (tenant, id));
create index person_name on app.person (lower(name));
alter table app.person enable row level security;
create policy own on app.person using (tenant is not null);
grant select on app.person to caseledger_app;
create sequence app.number;
create function app.guard() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger guard before insert on app.person for each row execute function app.guard();`;

describe('the text of a schema', () => {
  let database: TestDatabase;
  let client: Client;
  beforeAll(async () => {
    database = await testDatabase('canonical dump', []);
    client = new Client({ connectionString: database.superuserUrl });
    await client.connect();
    await client.query(BASE);
  }, CLUSTER_MS);
  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  /** The differences that statements make, seen in a transaction that is taken back. */
  const differencesOf = async (statements: string): Promise<string[]> => {
    const before = await canonicalDump(client);
    await client.query('begin');
    try {
      await client.query(statements);
      return compareSnapshot(before, await canonicalDump(client));
    } finally {
      await client.query('rollback');
    }
  };

  it('is the same when it is read again, and free of data', async () => {
    expect(await canonicalDump(client)).toBe(await canonicalDump(client));
    expect(await differencesOf(`insert into app.person values (gen_random_uuid(), gen_random_uuid(), 'x', 1); select nextval('app.number')`)).toEqual([]);
  });

  it.each([
    ['table app.person > column mail text', 'alter table app.person add mail text'],
    ['column name text default', `alter table app.person alter name set default 'somebody'`],
    ['column name text not null', 'alter table app.person alter name set not null'],
    ['column age bigint', 'alter table app.person alter age type bigint'],
    ['person_age_check CHECK ((age > 1))', 'alter table app.person drop constraint person_age_check, add constraint person_age_check check (age > 1)'],
    ['CREATE INDEX person_age', 'create index person_age on app.person (age)'],
    ['row security on, forced', 'alter table app.person force row level security'],
    ['using true', 'alter policy own on app.person using (true)'],
    ['caseledger_app: DELETE,SELECT', 'grant delete on app.person to caseledger_app'],
    ['grants caseledger_app=w', 'grant update (name) on app.person to caseledger_app'],
    ['enabled D', 'alter table app.person disable trigger guard'],
    ['return null', 'create or replace function app.guard() returns trigger language plpgsql as $$ begin return null; end $$'],
    ['SECURITY DEFINER', 'alter function app.guard() security definer'],
    ['schema app > grants', 'revoke usage on schema app from caseledger_app'],
    ['owner caseledger_owner', 'alter table app.person owner to caseledger_owner'],
    ['increment 5', 'alter sequence app.number increment 5'],
    ['enum calm, cross, glad', `alter type app.mood add value 'glad'`],
    ['table app.other', 'create table app.other ()'],
  ])('shows %s', async (shown, statements) => {
    expect((await differencesOf(statements)).join('\n')).toContain(shown);
  });
});
