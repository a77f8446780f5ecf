import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureSecrets, foldersOf, freePort, processEnvironment, provision } from '@caseledger/local';
import { databaseWay } from '@caseledger/service-kit';
import { CommandLine, eventually, Network, startPostgresServer, type PostgresServer } from '@caseledger/testing';
import { Client } from 'pg';
import { contactLines, ledgerLines, oracleLedger, oracleLines } from './compare.js';
import { newCompany } from './company.js';
import { csvOf, randomRows } from './oracle/random-file.js';
import { predict } from './oracle/sequential-oracle.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const LATE = ['late_accounts', 'late_contacts', 'late_cases', 'late_imports', 'late_vault'] as const;
/** The app's pool as told below, and what a process opens of each database beside it: log readers and one who listens. */
const POOL = 6;
const BESIDE = 4 + 1;

let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgresServer();
}, 120_000);
afterAll(() => server.stop());

async function ask<Row>(query: string): Promise<Row[]> {
  const { url, ssl } = databaseWay(server.adminUrl);
  const client = new Client({ connectionString: url, ...(ssl === undefined ? {} : { ssl }) });
  await client.connect();
  try {
    return (await client.query(query)).rows as Row[];
  } finally {
    await client.end();
  }
}

describe('an installation on a PostgreSQL that is not its own', () => {
  it('works as on the embedded one: every session with TLS, none as owner, none beyond its pool', async () => {
    const pools = Object.fromEntries(['ACCOUNTS', 'CONTACTS', 'CASES', 'IMPORTS'].map((service) => [`${service}_DATABASE_POOL`, String(POOL)]));
    const network = new Network({ split: true, env: { POSTGRES_ADMIN_URL: server.adminUrl, ...pools } });
    await network.start();
    try {
      const company = await newCompany(network);
      const rows = randomRows(15, 600, 300);
      const expected = predict([], rows, 'MERGE');
      const done = await company.import(csvOf(rows), { duplicatePolicy: 'MERGE' });
      expect(done.state).toBe('COMPLETED');
      expect(ledgerLines(await company.rows(done.id))).toEqual(oracleLedger(expected));
      expect(contactLines(await company.contacts({ archived: 'INCLUDE' }))).toEqual(oracleLines(expected));

      const sessions = await ask<{ role: string; database: string; ssl: boolean; sessions: number }>(
        `select usename as role, datname as database, bool_and(ssl) as ssl, count(*)::int as sessions
         from pg_stat_activity join pg_stat_ssl using (pid) where usename like 'caseledger%' group by 1, 2`,
      );
      expect(sessions.length).toBeGreaterThan(5);
      expect(sessions.filter(({ ssl, role }) => !ssl || role === 'caseledger_owner')).toEqual([]);
      // A service and the worker, each with its pool.
      expect(sessions.filter(({ role, database, sessions: n }) => role === 'caseledger_app' && database !== 'vault' && n > 2 * (POOL + BESIDE))).toEqual([]);

      const command = new CommandLine(network, company.bearer, network.home);
      expect((await command.runOn(network.home, 'verify', '--json')).exit).toBe(0);
      expect((await command.runOn(network.home, 'rebuild', '--all', '--drop')).exit).toBe(0);
      expect((await command.runOn(network.home, 'migrate')).exit).toBe(0);
      expect(contactLines(await company.contacts({ archived: 'INCLUDE' }))).toEqual(oracleLines(expected));
      await company.revert(done.id);
      expect(await company.contacts()).toEqual([]);
    } finally {
      await network.stop();
    }
  }, 300_000);

  it('does not start with a server whose authority it was not told of', async () => {
    const network = new Network({ env: { POSTGRES_ADMIN_URL: server.adminUrl.replace(encodeURIComponent(server.authority), encodeURIComponent(server.otherAuthority)) } });
    try {
      await expect(network.start()).rejects.toThrow(/certificate/);
    } finally {
      await network.stop();
    }
  }, 60_000);
});

describe('a service whose schema is not there yet', () => {
  const home = mkdtempSync(join(tmpdir(), 'caseledger-late-'));
  let service: ChildProcess | undefined;

  afterAll(() => {
    service?.kill('SIGKILL');
    rmSync(home, { recursive: true, force: true });
  });

  it('lives and is not ready until the migrations were applied by their own command, then is, without a restart', async () => {
    const folders = foldersOf(home);
    const urls = await provision(server.adminUrl, LATE, join(home, 'roles.json'));
    const [accounts, contacts, cases, imports, vault] = LATE.map((name) => urls[name] ?? { appUrl: '', tailUrl: '', ownerUrl: '' });
    if (accounts === undefined || contacts === undefined || cases === undefined || imports === undefined || vault === undefined) throw new Error('Provisioned');
    const [port, listening] = [await freePort(), await freePort()];
    const ports = { gateway: 0, accounts: listening, contacts: 0, cases: 0, imports: 0 };
    const env = processEnvironment(folders, ensureSecrets(folders), { accounts, contacts, cases, imports, vault }, { ports, host: '127.0.0.1' });
    const serving = Object.fromEntries(Object.entries(env).filter(([name]) => !name.endsWith('_OWNER_URL')));
    service = spawn(process.execPath, [join(ROOT, 'services/accounts/dist/main.js')], { env: { ...serving, ACCOUNTS_OPERATIONS_PORT: String(port) }, stdio: 'ignore' });
    const health = async (what: string): Promise<number> => (await fetch(`http://127.0.0.1:${port}/health/${what}`)).status;
    await eventually(async () => (await health('live')) === 200, { deadlineMs: 30_000 });
    const looking = `select 1 from pg_stat_activity where datname = 'late_accounts' and query like '%from schema_migration%'`;
    await eventually(async () => (await ask(looking)).length > 0, { deadlineMs: 30_000 });
    expect([await health('started'), await health('ready')]).toEqual([503, 503]);

    const migrated = spawn(process.execPath, [join(ROOT, 'infra/processes/dist/migrate.main.js')], { env, stdio: 'ignore' });
    expect(await new Promise((resolve) => migrated.once('exit', resolve))).toBe(0);
    await eventually(async () => (await health('ready')) === 200, { deadlineMs: 30_000 });
    expect(service.exitCode).toBeNull();
  }, 180_000);
});
