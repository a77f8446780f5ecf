import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { nodeArguments } from './node-arguments.js';

const READY_MS = 60_000;
const STOP_MS = 4_000;

export interface RunningProcess {
  readonly name: string;
  readonly pid: number;
  /** Ends when the process does, with how. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

interface ProcessOptions {
  readonly name: string;
  /** Compiled entry. */
  readonly entry: string;
  readonly args?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly logs: string;
  /** Told as soon as there is a pid, long before the process is ready. */
  readonly spawned?: (name: string, pid: number) => void;
}

/**
 * Starts a process of the installation and waits for its line `{"event":"ready"}`. What it prints goes to its log file.
 * It runs in a process group of its own, so that Ctrl-C reaches it only through `stop`.
 * @throws Error with the last lines of its log when it ends before it is ready.
 */
export async function startProcess({ name, entry, env, logs, spawned }: ProcessOptions): Promise<RunningProcess> {
  mkdirSync(logs, { recursive: true });
  const log = createWriteStream(join(logs, `${name}.log`), { flags: 'a' });
  const child = spawn(process.execPath, [...nodeArguments(name), entry], { env: { ...env }, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  if (child.pid !== undefined) spawned?.(name, child.pid);
  const tail: string[] = [];
  const ready = readyLine(child, log, tail);
  const ended = new Promise<string>((resolve) => child.once('exit', (code, signal) => resolve(signal ?? `exit ${code ?? '?'}`)));
  const why = await Promise.race([ready, ended.then((how) => `ended (${how})`), after(READY_MS)]);
  if (why !== 'ready') {
    child.kill('SIGKILL');
    throw new Error(`${name} did not start: ${why}.\n${tail.join('\n')}`);
  }
  return { name, pid: child.pid ?? 0, ended, stop: () => stopChild(child, ended) };
}

/** Runs a process that ends by itself, such as migrations. @throws Error with the last lines of its log when it fails. */
export async function runToEnd({ name, entry, args = [], env, logs }: ProcessOptions): Promise<void> {
  mkdirSync(logs, { recursive: true });
  const log = createWriteStream(join(logs, `${name}.log`), { flags: 'a' });
  const child = spawn(process.execPath, [...nodeArguments(name), entry, ...args], { env: { ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const tail: string[] = [];
  void readyLine(child, log, tail);
  const how = await new Promise<string>((resolve) => child.once('exit', (code, signal) => resolve(signal ?? String(code))));
  log.end();
  if (how !== '0') throw new Error(`${name} failed (${how}).\n${tail.join('\n')}`);
}

function readyLine(child: ChildProcess, log: WriteStream, tail: string[]): Promise<string> {
  return new Promise((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        log.write(`${line}\n`);
        tail.push(line);
        if (tail.length > 20) tail.shift();
        if (line.includes('"event":"ready"')) resolve('ready');
      });
    }
  });
}

function after(ms: number): Promise<string> {
  return new Promise((resolve) => setTimeout(() => resolve(`not ready after ${ms / 1000} s`), ms).unref());
}

/** Asks first; what has not ended after four seconds is killed, which every part survives by design. */
async function stopChild(child: ChildProcess, ended: Promise<string>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await ended;
  clearTimeout(timer);
}
