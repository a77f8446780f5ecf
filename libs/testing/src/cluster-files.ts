import { createHash } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startedAt } from '@caseledger/local';
import { postgresPrograms } from './config.js';
import { livingIn, readJson, signUpIn, withFileLock } from './process-notes.js';

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
  // Each PostgreSQL that is tested on has a cluster of its own.
  const key = createHash('sha256').update([checkout, userInfo().username, postgresPrograms() ?? []].flat().join('\0')).digest('hex').slice(0, 12);
  return join(tmpdir(), `caseledger-test-${key}`);
}

export function postgresDir(): string {
  return join(clusterHome(), 'postgres');
}

export function keysFile(): string {
  return join(clusterHome(), 'keys.json');
}

/** Runs the work while no other process of this checkout does; a lock whose holder died is taken over. */
export function withClusterLock<T>(work: () => Promise<T>): Promise<T> {
  return withFileLock(`${clusterHome()}.lock`, LOCK_DEADLINE_MS, work);
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
  signUpIn(join(clusterHome(), 'users'));
}

/** The processes that use the cluster and still live. */
export function liveUsers(): Set<number> {
  return livingIn(join(clusterHome(), 'users'));
}

function isNote(read: unknown): read is ClusterNote {
  if (typeof read !== 'object' || read === null) return false;
  return 'superuserUrl' in read && typeof read.superuserUrl === 'string' && 'keeperPid' in read && typeof read.keeperPid === 'number';
}
