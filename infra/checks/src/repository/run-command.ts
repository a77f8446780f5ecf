import { spawn } from 'node:child_process';
import { childEnvironment } from '../config.js';

const OUTPUT_CHARACTERS_MAX = 2_000_000;
const KILL_AFTER_MS = 5_000;

export interface CommandResult {
  /** The exit code; null when a signal or the deadline ended the command. */
  readonly code: number | null;
  readonly timedOut: boolean;
  /** Both outputs as they came; of very long ones only the end. */
  readonly output: string;
}

export interface CommandOptions {
  readonly cwd: string;
  readonly deadlineMs: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Is given every piece of output at once, for commands a person watches. */
  readonly tee?: (text: string) => void;
}

const running = new Set<number>();

// When we end early, nothing that we started goes on.
process.once('exit', () => {
  for (const pid of running) endGroup(pid, 'SIGKILL');
});

/**
 * Runs a program without a shell and without input. It gets a process group of its own, and at the deadline the whole
 * group is ended, so that nothing it started outlives it.
 */
export function runCommand(program: string, args: readonly string[], options: CommandOptions): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: options.cwd, env: childEnvironment(options.env), stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    let output = '';
    let timedOut = false;
    const keep = (chunk: string): void => {
      output = (output + chunk).slice(-OUTPUT_CHARACTERS_MAX);
      options.tee?.(chunk);
    };
    child.stdout.setEncoding('utf8').on('data', keep);
    child.stderr.setEncoding('utf8').on('data', keep);
    const { pid } = child;
    if (pid !== undefined) running.add(pid);
    const end = (signal: NodeJS.Signals): void => {
      if (pid !== undefined) endGroup(pid, signal);
    };
    let last: NodeJS.Timeout | undefined;
    const timer = setTimeout(() => {
      timedOut = true;
      end('SIGTERM');
      last = setTimeout(() => end('SIGKILL'), KILL_AFTER_MS);
    }, options.deadlineMs);
    const done = (): void => {
      clearTimeout(timer);
      clearTimeout(last);
      if (pid !== undefined) running.delete(pid);
    };
    child.once('error', (error) => {
      done();
      reject(error);
    });
    child.once('close', (code) => {
      done();
      resolve({ code, timedOut, output });
    });
  });
}

function endGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // The group has ended by itself in the meantime.
  }
}
