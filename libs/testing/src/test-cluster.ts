import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { clusterHome, keysFile, readNote, signUp, withClusterLock } from './cluster-files.js';

const START_MS = 120_000;

/** The PostgreSQL that all tests of this checkout share. */
export interface TestCluster {
  readonly superuserUrl: string;
  readonly keysFile: string;
}

/**
 * The running test cluster, started if there is none. It belongs to no test run: its keeper process stops it and
 * removes its files a minute after the last test process has ended.
 */
export function testCluster(): Promise<TestCluster> {
  return withClusterLock(async () => {
    const running = readNote() ?? (await startKeeper());
    signUp();
    return { superuserUrl: running.superuserUrl, keysFile: keysFile() };
  });
}

async function startKeeper(): Promise<{ superuserUrl: string }> {
  const here = fileURLToPath(import.meta.url);
  const isSource = here.endsWith('.ts');
  const program = fileURLToPath(new URL(`./cluster-keeper.main.${isSource ? 'ts' : 'js'}`, import.meta.url));
  // Jest runs this file from source, and so must the keeper, which is a plain Node process.
  const loader = isSource ? ['--conditions=@caseledger/source', '--import', '@swc-node/register/esm-register'] : [];
  mkdirSync(clusterHome(), { recursive: true, mode: 0o755 });
  const logFile = `${clusterHome()}.log`;
  const log = openSync(logFile, 'w', 0o600);
  const checkout = fileURLToPath(new URL('../../..', import.meta.url));
  const keeper = spawn(process.execPath, [...loader, program], { cwd: checkout, detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  keeper.unref();
  const deadline = Date.now() + START_MS;
  for (;;) {
    const note = readNote();
    if (note !== undefined && note.keeperPid === keeper.pid) return note;
    if (keeper.exitCode !== null || Date.now() > deadline) {
      throw new Error(`The test cluster did not start. ${readFileSync(logFile, 'utf8').slice(-2_000)}`);
    }
    await pause(25);
  }
}
