import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { Client } from 'pg';
import { removeEmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.js';
import { readKeys } from './keys-file.js';
import { provision } from './provision.js';
import { isServerOf, startedAt } from './server-process.js';

const TIMEOUT_MS = 120_000;
let home = '';
const place = (): { dir: string; keysFile: string } => ({ dir: join(home, 'postgres'), keysFile: join(home, 'keys.json') });

async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'caseledger-local-'));
  chmodSync(home, 0o711);
});

afterAll(() => rmSync(home, { recursive: true, force: true }));

describe('the embedded PostgreSQL', () => {
  it('keeps data and passwords between starts, and is durable', async () => {
    const first = await startEmbeddedPostgres(place());
    const { accounts } = await provision(first.superuserUrl, ['accounts'], place().keysFile);
    await ask(accounts?.ownerUrl ?? '', 'create table public.note as select 7 as n');
    await first.stop();
    await first.stop();

    const second = await startEmbeddedPostgres(place());
    const again = await provision(second.superuserUrl, ['accounts', 'vault'], place().keysFile);
    expect(await ask(again['accounts']?.ownerUrl ?? '', 'select n from public.note')).toEqual([{ n: 7 }]);
    expect(await ask(second.superuserUrl, `select current_setting('fsync') || current_setting('synchronous_commit') as on`)).toEqual([{ on: 'onon' }]);
    await expect(ask(again['accounts']?.tailUrl ?? '', 'create table public.other ()')).rejects.toThrow(/read-only/);
    await expect(ask(again['vault']?.appUrl ?? '', 'create schema es')).rejects.toThrow(/permission denied/);
    expect(readFileSync(second.logFile, 'utf8')).not.toContain(readKeys(place().keysFile)['superuser']);
    await second.stop();
  }, TIMEOUT_MS);

  it('stops a server that a killed process left behind, and no other', async () => {
    const program = `import { startEmbeddedPostgres } from '@caseledger/local';
      const server = await startEmbeddedPostgres(${JSON.stringify(place())});
      console.log(server.pid);
      process.kill(process.pid, 'SIGKILL');`;
    const loader = ['--conditions=@caseledger/source', '--import', '@swc-node/register/esm-register', '--input-type=module', '-e', program];
    const killed = spawnSync(process.execPath, loader, { encoding: 'utf8', timeout: TIMEOUT_MS });
    const orphan = Number(killed.stdout.trim());
    expect(startedAt(orphan)).toBeDefined();

    const server = await startEmbeddedPostgres(place());
    expect(isServerOf(orphan, server.dataDir)).toBe(false);
    expect(server.pid).not.toBe(orphan);
    await expect(startEmbeddedPostgres(place())).rejects.toThrow(`already run by process ${process.pid}`);
    await server.stop();

    // After a reboot the number in the file may be a stranger's: here it is ours.
    writeFileSync(join(server.dataDir, 'postmaster.pid'), `${process.pid}\n${server.dataDir}\n`);
    const afterReboot = await startEmbeddedPostgres(place());
    await afterReboot.stop();
  }, TIMEOUT_MS);

  it('names a port that is taken', async () => {
    const other = createServer();
    const port = await new Promise<number>((resolve) => {
      other.listen(0, '127.0.0.1', () => {
        const address = other.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
    const refusal = await startEmbeddedPostgres({ ...place(), port }).then(() => 'started', String);
    await new Promise((resolve) => other.close(resolve));
    expect(refusal).toContain(`Port ${port} (the database) is taken`);
  }, TIMEOUT_MS);

  it('does not start on data whose keys are gone', async () => {
    rmSync(place().keysFile);
    await expect(startEmbeddedPostgres(place())).rejects.toThrow(/its keys are not in/);
    expect(existsSync(place().keysFile)).toBe(false);
    await removeEmbeddedPostgres(place().dir);
    expect(existsSync(place().dir)).toBe(false);
  }, TIMEOUT_MS);
});
