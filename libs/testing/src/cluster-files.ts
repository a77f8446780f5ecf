import { createHash } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';
import { isAlive, startedAt } from '@caseledger/local';

const LOCK_DEADLINE_MS = 180_000;

/** What a test process needs to know of the running cluster. */
export interface ClusterNote {
  readonly superuserUrl: string;
  /** The process that started the server and will stop it. */
  readonly keeperPid: number;
  readonly keeperStartedAt: string;
}

/** Everything of the test cluster lies here: one folder per checkout and user. */
export function clusterHome(): string {
  const checkout = fileURLToPath(new URL('../../..', import.meta.url));
  const key = createHash('sha256').update(`${checkout}\0${userInfo().username}`).digest('hex').slice(0, 12);
  return join(tmpdir(), `caseledger-test-${key}`);
}

export function postgresDir(): string {
  return join(clusterHome(), 'postgres');
}

export function keysFile(): string {
  return join(clusterHome(), 'keys.json');
}

/** Runs the work while no other process of this checkout does; a lock whose holder died is taken over. */
export async function withClusterLock<T>(work: () => Promise<T>): Promise<T> {
  const lock = `${clusterHome()}.lock`;
  const deadline = Date.now() + LOCK_DEADLINE_MS;
  while (!tryLock(lock)) {
    if (Date.now() > deadline) throw new Error(`${lock} is held for ${LOCK_DEADLINE_MS / 1000} s already.`);
    await pause(25);
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function tryLock(lock: string): boolean {
  const mine = `${lock}.${process.pid}`;
  writeFileSync(mine, JSON.stringify(self()));
  try {
    // A link appears with its content or not at all, so nobody reads a lock half written.
    linkSync(mine, lock);
    return true;
  } catch {
    if (!isSelfAlive(readJson(lock))) rmSync(lock, { force: true });
    return false;
  } finally {
    rmSync(mine, { force: true });
  }
}

/** The running cluster; undefined when there is none or its keeper died. */
export function readNote(): ClusterNote | undefined {
  const read = readJson(join(clusterHome(), 'cluster.json'));
  if (!isNote(read)) return undefined;
  return startedAt(read.keeperPid) === read.keeperStartedAt ? read : undefined;
}

/** Publishes the cluster; called by its keeper once the server takes connections. */
export function writeNote(superuserUrl: string): void {
  const note: ClusterNote = { superuserUrl, keeperPid: process.pid, keeperStartedAt: startedAt(process.pid) ?? '' };
  const file = join(clusterHome(), 'cluster.json');
  writeFileSync(`${file}.new`, JSON.stringify(note), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

export function removeNote(): void {
  rmSync(join(clusterHome(), 'cluster.json'), { force: true });
}

/** Says that this process uses the cluster; it need not say when it stops, since it can be seen to have ended. */
export function signUp(): void {
  const users = join(clusterHome(), 'users');
  mkdirSync(users, { recursive: true, mode: 0o755 });
  writeFileSync(join(users, String(process.pid)), JSON.stringify(self()));
}

/** The processes that use the cluster and still live; the notes of others are removed. */
export function liveUsers(): Set<number> {
  const users = join(clusterHome(), 'users');
  const live = new Set<number>();
  for (const name of existsSync(users) ? readdirSync(users) : []) {
    if (isSelfAlive(readJson(join(users, name)))) live.add(Number(name));
    else rmSync(join(users, name), { force: true });
  }
  return live;
}

function self(): { pid: number; startedAt: string } {
  return { pid: process.pid, startedAt: startedAt(process.pid) ?? '' };
}

function isSelfAlive(read: unknown): boolean {
  if (typeof read !== 'object' || read === null || !('pid' in read) || typeof read.pid !== 'number') return false;
  return isAlive(read.pid) && 'startedAt' in read && startedAt(read.pid) === read.startedAt;
}

function isNote(read: unknown): read is ClusterNote {
  if (typeof read !== 'object' || read === null) return false;
  return 'superuserUrl' in read && typeof read.superuserUrl === 'string' && 'keeperPid' in read && typeof read.keeperPid === 'number';
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined; // Gone meanwhile: as good as absent.
  }
}
