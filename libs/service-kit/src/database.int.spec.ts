import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { provision, type DatabaseUrls } from '@caseledger/local';
import { eventually, startPostgresServer, type PostgresServer } from '@caseledger/testing';
import { Client } from 'pg';
import type { QueryRunner } from 'typeorm';
import { openDatabase } from './database.js';
import { databaseWay } from './database.tls.js';

class MakesNotes1700000000001 {
  up(runner: QueryRunner): Promise<void> {
    return runner.query('create table public.note (id int)');
  }

  down(): Promise<void> {
    return Promise.reject(new Error('There is no way back'));
  }
}

class AddsText1700000000002 {
  up(runner: QueryRunner): Promise<void> {
    return runner.query('alter table public.note add text text');
  }

  down(): Promise<void> {
    return Promise.reject(new Error('There is no way back'));
  }
}

const home = mkdtempSync(join(tmpdir(), 'caseledger-kit-'));
let server: PostgresServer;
let made = 0;

beforeAll(async () => {
  server = await startPostgresServer();
}, 120_000);
afterAll(async () => {
  await server.stop();
  rmSync(home, { recursive: true, force: true });
});

async function newUrls(): Promise<DatabaseUrls> {
  made += 1;
  const name = `kit_${made}`;
  const { [name]: urls } = await provision(server.adminUrl, [name], join(home, 'roles.json'));
  if (urls === undefined) throw new Error('Provisioned');
  return urls;
}

function withParameter(url: string, name: string, value: string): string {
  const changed = new URL(url);
  if (name === 'host') changed.hostname = value;
  else changed.searchParams.set(name, value);
  return changed.toString();
}

/** Waits for a look at the schema that began later than `since`; answers when it began. */
async function looked(since: string): Promise<string> {
  const { url, ssl } = databaseWay(server.adminUrl);
  const client = new Client({ connectionString: url, ...(ssl === undefined ? {} : { ssl }) });
  await client.connect();
  try {
    return await eventually(async () => {
      const { rows } = await client.query<{ at: string }>(
        `select query_start::text as at from pg_stat_activity where datname = $1 and query like '%from schema_migration%' and query_start > $2::timestamptz`,
        [`kit_${made}`, since],
      );
      return rows[0]?.at;
    });
  } finally {
    await client.end();
  }
}

describe('a database of another server', () => {
  it('is spoken to with TLS by every role, when its address says so', async () => {
    const database = await openDatabase(await newUrls(), { migrations: [MakesNotes1700000000001] });
    for (const source of [database.app, database.tail, database.owner]) {
      expect(await source?.query('select ssl from pg_stat_ssl where pid = pg_backend_pid()')).toEqual([{ ssl: true }]);
    }
    await database.close();
  });

  it('is not spoken to when its certificate is of another authority or another name', async () => {
    const { ownerUrl: _, ...urls } = await newUrls();
    const refused = (appUrl: string): Promise<void> => expect(openDatabase({ ...urls, appUrl }, { migrations: [] })).rejects.toThrow(/certificate|altnames/);
    await refused(withParameter(urls.appUrl, 'sslrootcert', server.otherAuthority));
    await refused(withParameter(urls.appUrl, 'host', '127.0.0.1'));
    const anyName = withParameter(withParameter(urls.appUrl, 'host', '127.0.0.1'), 'sslmode', 'verify-ca');
    await (await openDatabase({ ...urls, appUrl: anyName }, { migrations: [] })).close();
  });

  it('is waited for until its owner has applied every migration, and said to be', async () => {
    const { ownerUrl, ...urls } = await newUrls();
    const said: unknown[] = [];
    const all = [MakesNotes1700000000001, AddsText1700000000002];
    let isOpen = false;
    const opening = openDatabase(urls, { migrations: all, logger: { warn: (facts: unknown) => void said.push(facts) } }).finally(() => (isOpen = true));
    await eventually(() => said.length > 0);
    await (await openDatabase({ ...urls, ownerUrl }, { migrations: all.slice(0, 1) })).close();
    // It has looked again twice since, and saw one of two.
    await looked(await looked(await looked('-infinity')));
    expect(isOpen).toBe(false);
    await (await openDatabase({ ...urls, ownerUrl }, { migrations: all })).close();
    const database = await opening;
    expect(said).toEqual([{ missing: 2, first: 'MakesNotes1700000000001' }]);
    await database.close();
  });

  it('of a later version is no hindrance', async () => {
    const { ownerUrl, ...urls } = await newUrls();
    await (await openDatabase({ ...urls, ownerUrl }, { migrations: [MakesNotes1700000000001, AddsText1700000000002] })).close();
    await (await openDatabase(urls, { migrations: [MakesNotes1700000000001] })).close();
  });

  it('bounds its sessions in time, as far as its version can', async () => {
    const { ownerUrl: _, ...urls } = await newUrls();
    const database = await openDatabase(urls, { migrations: [] });
    const settings: { name: string; setting: string }[] = await database.app.query(
      `select name, setting from pg_settings where name in ('transaction_timeout', 'statement_timeout', 'idle_in_transaction_session_timeout') and setting <> '0' order by 1`,
    );
    expect(settings[0]).toEqual({ name: 'idle_in_transaction_session_timeout', setting: '5000' });
    expect(settings.slice(1).map(({ setting }) => setting)).toEqual(['60000']);
    await database.close();
  });
});
