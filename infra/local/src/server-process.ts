import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { errorCode } from './error-code.js';

const STOP_FAST_MS = 20_000;
const STOP_NOW_MS = 10_000;
const POLL_MS = 20;

/** What a running server writes into `postmaster.pid`. */
export interface ServerState {
  readonly pid: number;
  readonly ready: boolean;
}

/** The state a server reports in its data folder; undefined when there is none. */
export function serverState(dataDir: string): ServerState | undefined {
  const file = join(dataDir, 'postmaster.pid');
  if (!existsSync(file)) return undefined;
  const lines = readFileSync(file, 'utf8').split('\n');
  const pid = Number.parseInt(lines[0] ?? '', 10);
  return Number.isInteger(pid) && pid > 0 ? { pid, ready: lines[7]?.trim() === 'ready' } : undefined;
}

/** Whether the pid is a postgres of exactly this folder: after a reboot the number may belong to a stranger. */
export function isServerOf(pid: number, dataDir: string): boolean {
  const [program = '', ...args] = commandLine(pid);
  const folder = args[args.indexOf('-D') + 1];
  return /^postgres(\.exe)?$/.test(basename(program)) && args.includes('-D') && folder === dataDir;
}

/** Stops a server: fast (sessions are ended), then at once (it recovers from its log at the next start). */
export async function stopServer(pid: number, isRunning: () => boolean): Promise<void> {
  for (const [signal, deadlineMs] of [['SIGINT', STOP_FAST_MS], ['SIGQUIT', STOP_NOW_MS]] as const) {
    if (!isRunning()) return;
    signalTo(pid, signal);
    const deadline = Date.now() + deadlineMs;
    while (isRunning() && Date.now() < deadline) await pause(POLL_MS);
  }
  if (isRunning()) throw new Error(`The database server (process ${pid}) does not stop.`);
}

/** Whether a process of this number exists, whoever it belongs to. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/** Tells two processes of the same number apart; undefined when there is no such process. */
export function startedAt(pid: number): string | undefined {
  try {
    // The name may hold blanks and brackets, so fields are counted after the last bracket; 22 is the start time.
    if (process.platform === 'linux') {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ');
      // A zombie has ended; only nobody has asked yet how.
      return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
    }
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { stdio: ['ignore', 'pipe', 'ignore'] }).toString().trim();
  } catch {
    return undefined;
  }
}

function signalTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    return; // It has ended by itself.
  }
}

function commandLine(pid: number): string[] {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { stdio: ['ignore', 'pipe', 'ignore'] }).toString().trim().split(' ');
  } catch {
    return [];
  }
}
