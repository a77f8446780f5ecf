import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';

/**
 * Runs a program that must not outlive us: its shell holds a pipe from this process, and when that closes, however we
 * ended, the program is killed. It does not share our process group, so Ctrl-C does not reach it.
 */
const LEASH = `
exec 3<&0
"$@" </dev/null 3<&- >&2 &
program=$!
(cat <&3 >/dev/null; kill -9 $program) 2>/dev/null &
leash=$!
echo $program
wait $program
code=$?
kill $leash 2>/dev/null
exit $code`;

export interface Leashed {
  /** Of the program itself. */
  readonly pid: number;
  /** Resolves with its exit code; above 128 for a signal. */
  readonly ended: Promise<number>;
  hasEnded(): boolean;
}

/** @throws Error when the program cannot be started */
export async function startLeashed(command: string, args: readonly string[], logFile: string, env: NodeJS.ProcessEnv): Promise<Leashed> {
  const log = openSync(logFile, 'a');
  const child = leashed(command, args, log, env);
  closeSync(log);
  let over = false;
  const ended = new Promise<number>((resolve) => {
    child.once('error', () => resolve(127));
    child.once('exit', (code) => resolve(code ?? 255));
  }).then((code) => {
    over = true;
    child.stdin.destroy();
    return code;
  });
  child.stdin.on('error', () => undefined);
  const pid = await pidOf(child, ended);
  // Neither pipe keeps a test process alive that forgot to stop its broker.
  child.unref();
  unrefed(child.stdin);
  unrefed(child.stdout);
  return { pid, ended, hasEnded: () => over };
}

/** With standard error as a file, which the types of `spawn` do not know beside two pipes. */
function leashed(command: string, args: readonly string[], log: number, env: NodeJS.ProcessEnv): ChildProcessByStdio<Writable, Readable, null> {
  const child = spawn('sh', ['-c', LEASH, 'sh', command, ...args], { env, detached: true, stdio: ['pipe', 'pipe', log] });
  if (child.stdin === null || child.stdout === null) throw new Error('A process has no pipes');
  return child as ChildProcessByStdio<Writable, Readable, null>;
}

function unrefed(pipe: unknown): void {
  if (typeof pipe === 'object' && pipe !== null && 'unref' in pipe && typeof pipe.unref === 'function') pipe.unref();
}

function pidOf(child: ChildProcessByStdio<Writable, Readable, null>, ended: Promise<number>): Promise<number> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stdout.on('data', (part: Buffer) => {
      said += part.toString();
      const [line, rest] = said.split('\n');
      if (rest !== undefined) resolve(Number(line));
    });
    void ended.then((code) => reject(new Error(`ended with ${code} before it began`)));
  });
}
