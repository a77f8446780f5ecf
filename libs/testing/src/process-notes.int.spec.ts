import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { livingIn, withFileLock } from './process-notes.js';

const MEMBERS = 4;
const TIMES = 1_000;
/** No process has this number: Linux counts to 4,194,304 at most. */
const NOBODY = 9_999_999;

describe('processes that know of each other by files', () => {
  let folder: string;
  const children: ChildProcess[] = [];
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'caseledger-notes-'))));
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  function member(...args: string[]): ChildProcess {
    const program = fileURLToPath(new URL('./process-notes.member.main.ts', import.meta.url));
    const loader = ['--conditions=@caseledger/source', '--import', '@swc-node/register/esm-register'];
    const cwd = fileURLToPath(new URL('../../..', import.meta.url));
    const child = spawn(process.execPath, [...loader, program, ...args], { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    return child;
  }

  it('hold a lock one at a time, however often it is given back under the eyes of those who wait', async () => {
    writeFileSync(join(folder, 'count'), '0');
    const members = Array.from({ length: MEMBERS }, () => member('count', folder, String(TIMES)));
    await Promise.all(members.map((child) => once(child, 'exit')));
    expect(readFileSync(join(folder, 'count'), 'utf8')).toBe(String(MEMBERS * TIMES));
  }, 60_000);

  it('take over the lock of a process that died', async () => {
    const lock = join(folder, 'lock');
    writeFileSync(lock, JSON.stringify({ pid: NOBODY, startedAt: '1' }));
    expect(await withFileLock(lock, 5_000, () => Promise.resolve('done'))).toBe('done');
    expect(existsSync(lock)).toBe(false);
  });

  it('never take a living process for a dead one, even while it signs up again', async () => {
    const child = member('sign', folder);
    if (child.stdout === null) throw new Error('The member says nothing');
    await once(child.stdout, 'data');
    const until = Date.now() + 2_000;
    let missed = 0;
    while (Date.now() < until) if (!livingIn(folder).has(child.pid ?? 0)) missed += 1;
    expect(missed).toBe(0);
  }, 30_000);

  it('forget a process once it has ended', async () => {
    writeFileSync(join(folder, String(NOBODY)), JSON.stringify({ pid: NOBODY, startedAt: '1' }));
    expect([...livingIn(folder)]).toEqual([]);
    expect(existsSync(join(folder, String(NOBODY)))).toBe(false);
  });
});
