import { spawn, type ChildProcess } from 'node:child_process';
import { chownSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { serverBinaries } from './binaries.js';
import { freePort, requireFreePort } from './free-port.js';
import { ensureKeys, readKeys } from './keys-file.js';
import { serverAccount, type ServerAccount } from './run-as.js';
import { makeServerFolder, reachableFolder } from './server-folders.js';
import { isAlive, isServerOf, serverState, startedAt, stopServer } from './server-process.js';

const INITDB_MS = 120_000;
const START_MS = 60_000;
const POLL_MS = 20;
const PORT_TRIES = 5;
const LOG_BYTES_MAX = 10 * 1024 * 1024;
const SUPERUSER = 'superuser';

export interface EmbeddedPostgresOptions {
  /** The folder of this cluster: data, server log, note of who runs it. */
  readonly dir: string;
  /** A free one is chosen when absent. */
  readonly port?: number;
  /** Where passwords are kept; default: `<dir>.keys.json`, beside the data and not in it. */
  readonly keysFile?: string;
  /** Further server settings; durability (fsync, synchronous_commit, full_page_writes) stays as PostgreSQL has it. */
  readonly settings?: Readonly<Record<string, string>>;
  /** The folder with `initdb` and `postgres` of another PostgreSQL than the one that npm installed. */
  readonly programs?: string;
  /** Told in one line when the data cannot lie where it was asked for. */
  readonly say?: (line: string) => void;
}

export interface EmbeddedPostgres {
  readonly port: number;
  /** For provisioning only: no service connects as superuser. */
  readonly superuserUrl: string;
  /** Where the data really lies. */
  readonly dataDir: string;
  readonly logFile: string;
  /** The server's process, for fault tests. */
  readonly pid: number;
  /** Ends sessions, writes a checkpoint and stops; may be called twice. */
  stop(): Promise<void>;
}

/**
 * Starts the PostgreSQL that npm installed, making its cluster first where there is none (OPS-001).
 * As root the server runs as `postgres` or `nobody`; its data then lies in the folder asked for if that account can
 * reach it, else in a folder of its own (see `reachableFolder`). A server left over from a killed start is stopped
 * first. The server does not share our process group, so Ctrl-C reaches it only through `stop`.
 * @throws Error when the port is taken, another live process runs this cluster, or its keys are gone.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const account = serverAccount();
  const dir = reachableFolder(options.dir, account);
  if (dir !== options.dir) options.say?.(`The database's files are in ${dir}: ${account?.name ?? 'it'} cannot enter ${options.dir}.`);
  const dataDir = join(dir, 'data');
  mkdirSync(dir, { recursive: true, mode: 0o755 });
  await stopLeftOver(dir, dataDir);

  const keysFile = options.keysFile ?? `${options.dir}.keys.json`;
  if (existsSync(join(dataDir, 'PG_VERSION')) && readKeys(keysFile)[SUPERUSER] === undefined) {
    throw new Error(`The database in ${dataDir} cannot be opened: its keys are not in ${keysFile}.`);
  }
  const password = ensureKeys(keysFile, [SUPERUSER])[SUPERUSER] ?? '';
  const bin = options.programs ?? serverBinaries(account);
  if (!existsSync(join(dataDir, 'PG_VERSION'))) await makeCluster(bin, dir, dataDir, password, account);

  const logFile = join(dir, 'postgresql.log');
  if ((statSync(logFile, { throwIfNoEntry: false })?.size ?? 0) > LOG_BYTES_MAX) renameSync(logFile, `${logFile}.1`);
  if (options.port !== undefined) await requireFreePort(options.port, 'the database');
  const { child, pid, port } = await startOnPort({ ...options, bin, dataDir, logFile, account });
  writeFileSync(runnerFile(dir), JSON.stringify({ pid: process.pid, startedAt: startedAt(process.pid) }));
  const stop = async (): Promise<void> => {
    await stopServer(pid, () => child.exitCode === null && child.signalCode === null);
    rmSync(runnerFile(dir), { force: true });
  };
  const superuserUrl = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  return { port, superuserUrl, dataDir, logFile, pid, stop };
}

interface Start extends EmbeddedPostgresOptions {
  readonly bin: string;
  readonly dataDir: string;
  readonly logFile: string;
  readonly account: ServerAccount | undefined;
}

interface Started {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly port: number;
}

/** A port found free may be taken before the server binds it; then the next one is tried. */
async function startOnPort(start: Start): Promise<Started> {
  for (let tries = 1; ; tries += 1) {
    const port = start.port ?? (await freePort());
    const before = statSync(start.logFile, { throwIfNoEntry: false })?.size ?? 0;
    try {
      return await startServer(start, port);
    } catch (error) {
      const said = existsSync(start.logFile) ? readFileSync(start.logFile).subarray(before).toString() : '';
      const isTaken = /Address already in use|could not bind/.test(said);
      if (!isTaken || start.port !== undefined || tries >= PORT_TRIES) {
        throw new Error(`The database did not start. ${said.slice(-2_000)}`, { cause: error });
      }
    }
  }
}

async function startServer(start: Start, port: number): Promise<Started> {
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    password_encryption: 'scram-sha-256',
    // The server's log holds no values: neither statements nor the key details of a violated constraint.
    log_error_verbosity: 'terse',
    log_min_error_statement: 'panic',
    lc_messages: 'C',
    ...start.settings,
  };
  const args = ['-D', start.dataDir, '-p', String(port), ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  const log = openSync(start.logFile, 'a', 0o600);
  const child = spawn(join(start.bin, 'postgres'), args, { ...identity(start.account), cwd: start.dataDir, detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  const failed = new Promise<never>((_, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`postgres ended with ${code ?? 'a signal'}`)));
  });
  const given = new AbortController();
  try {
    await Promise.race([failed, untilReady(child, start.dataDir, given.signal)]);
  } finally {
    given.abort();
    failed.catch(() => undefined);
  }
  return { child, pid: child.pid ?? 0, port };
}

async function untilReady(child: ChildProcess, dataDir: string, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + START_MS;
  while (!signal.aborted) {
    const state = serverState(dataDir);
    if (state !== undefined && state.pid === child.pid && state.ready) return;
    if (Date.now() > deadline) {
      child.kill('SIGQUIT');
      throw new Error(`not ready after ${START_MS / 1000} s`);
    }
    await pause(POLL_MS);
  }
}

async function makeCluster(bin: string, dir: string, dataDir: string, password: string, account: ServerAccount | undefined): Promise<void> {
  // A cluster without PG_VERSION is one whose making was interrupted: nothing was ever stored in it.
  rmSync(dataDir, { recursive: true, force: true });
  makeServerFolder(dataDir, account);
  const passwordFile = join(dir, `initdb.${process.pid}`);
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  try {
    if (account !== undefined) chownSync(passwordFile, account.uid, account.gid);
    const args = ['-D', dataDir, '-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '--encoding=UTF8', '--locale=C.UTF-8', '--data-checksums'];
    await run(join(bin, 'initdb'), args, account, dataDir);
  } catch (error) {
    rmSync(dataDir, { recursive: true, force: true });
    throw error;
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

function run(command: string, args: string[], account: ServerAccount | undefined, cwd: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...identity(account), cwd, stdio: ['ignore', 'ignore', 'pipe'], timeout: INITDB_MS });
    let said = '';
    child.stderr.on('data', (part: Buffer) => (said = (said + part.toString()).slice(-4_000)));
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`The database cluster could not be made: ${said}`))));
  });
}

/**
 * Removes a cluster wherever it lies, stopping a server that a killed process left; its keys are the caller's.
 * @throws Error when a live process runs it
 */
export async function removeEmbeddedPostgres(dir: string): Promise<void> {
  const folder = reachableFolder(dir, serverAccount());
  await stopLeftOver(folder, join(folder, 'data'));
  rmSync(folder, { recursive: true, force: true });
}

async function stopLeftOver(dir: string, dataDir: string): Promise<void> {
  const state = serverState(dataDir);
  if (state === undefined) return;
  if (isAlive(state.pid) && isServerOf(state.pid, dataDir)) {
    const runner = readRunner(dir);
    if (runner !== undefined && runner.startedAt !== undefined && startedAt(runner.pid) === runner.startedAt) {
      throw new Error(`The database in ${dataDir} is already run by process ${runner.pid}. Stop that one first.`);
    }
    await stopServer(state.pid, () => isServerOf(state.pid, dataDir));
  }
  // PostgreSQL itself would refuse to start while a stranger has the pid that stands here.
  rmSync(join(dataDir, 'postmaster.pid'), { force: true });
}

function runnerFile(dir: string): string {
  return join(dir, 'runner.json');
}

function readRunner(dir: string): { pid: number; startedAt?: string } | undefined {
  if (!existsSync(runnerFile(dir))) return undefined;
  const read: unknown = JSON.parse(readFileSync(runnerFile(dir), 'utf8'));
  if (typeof read !== 'object' || read === null || !('pid' in read) || typeof read.pid !== 'number') return undefined;
  return { pid: read.pid, ...('startedAt' in read && typeof read.startedAt === 'string' ? { startedAt: read.startedAt } : {}) };
}

function identity(account: ServerAccount | undefined): { uid?: number; gid?: number } {
  return account === undefined ? {} : { uid: account.uid, gid: account.gid };
}
