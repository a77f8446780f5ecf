import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { isAlive, startedAt } from './server-process.js';

const STOP_MS = 5_000;
const POLL_MS = 20;

/** A process as it is noted: the number alone may belong to a stranger after a reboot. */
export interface NotedProcess {
  readonly pid: number;
  readonly startedAt?: string | undefined;
}

/** The note a launcher keeps while it runs; one that is killed leaves it behind. */
export interface RunningNote extends NotedProcess {
  /** Pids by name, for whoever measures or watches. */
  readonly processes?: Readonly<Record<string, number>>;
  /** When each of them started, by name. */
  readonly since?: Readonly<Record<string, string | undefined>>;
}

/** The note in this file; undefined when there is none, or when a killed start left half of one. */
export function readNote(file: string): RunningNote | undefined {
  if (!existsSync(file)) return undefined;
  try {
    const note = JSON.parse(readFileSync(file, 'utf8')) as RunningNote;
    return typeof note.pid === 'number' ? note : undefined;
  } catch {
    return undefined;
  }
}

/** Whether exactly the noted process still runs. */
export function stillRuns({ pid, startedAt: since }: NotedProcess): boolean {
  return since !== undefined && isAlive(pid) && startedAt(pid) === since;
}

/** The processes of a note that outlived their launcher. The database server is not among them: it has its own note. */
export function leftOvers({ processes = {}, since = {} }: RunningNote): NotedProcess[] {
  return Object.entries(processes)
    .map(([name, pid]) => ({ pid, startedAt: Object.hasOwn(since, name) ? since[name] : undefined }))
    .filter((noted) => noted.startedAt !== undefined && stillRuns(noted));
}

/** Ends processes that a killed launcher left, so that they hold neither ports nor rows of the next start. */
export async function endLeftOvers(noted: readonly NotedProcess[]): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    for (const one of noted.filter(stillRuns)) send(one.pid, signal);
    const deadline = Date.now() + STOP_MS;
    while (noted.some(stillRuns) && Date.now() < deadline) await pause(POLL_MS);
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    return; // It has ended by itself.
  }
}
