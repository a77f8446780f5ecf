import { spawn } from 'node:child_process';
import { childEnvironment } from '../config.js';

const KEPT_CHARACTERS_MAX = 200_000;

export interface WatchedOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

const SIGNALLED = 130;

/** A program that goes on until it is told to stop, in a process group of its own. */
export class WatchedProcess {
  private output = '';
  private code: number | null | undefined;
  private readonly listeners = new Set<() => void>();
  private readonly child;

  constructor(program: string, args: readonly string[], { cwd, env }: WatchedOptions) {
    this.child = spawn(program, args, { cwd, env: childEnvironment(env), stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const keep = (chunk: string): void => {
      this.output = (this.output + chunk).slice(-KEPT_CHARACTERS_MAX);
      this.tell();
    };
    this.child.stdout.setEncoding('utf8').on('data', keep);
    this.child.stderr.setEncoding('utf8').on('data', keep);
    const end = (code: number | null): void => {
      // Ended by a signal, as npm is by Ctrl-C: told as shells tell it.
      this.code = code ?? SIGNALLED;
      process.off('exit', this.kill);
      this.tell();
    };
    this.child.once('error', (error) => {
      keep(error.message);
      end(null);
    });
    this.child.once('close', end);
    process.once('exit', this.kill);
  }

  /** @throws Error with the output when the text has not come by the deadline, or the program ended without it */
  async waitForOutput(text: string, deadlineMs: number): Promise<void> {
    await this.until(() => this.output.includes(text) || this.code !== undefined, deadlineMs);
    if (!this.output.includes(text)) throw new Error(`"${text}" did not come in ${deadlineMs / 1_000} s:\n${this.output}`);
  }

  /**
   * Does what Ctrl-C in a terminal does: the whole group is interrupted. Kills it at the deadline.
   * @returns the exit code, and how long it took in milliseconds
   */
  async interrupt(deadlineMs: number): Promise<{ code: number | null; tookMs: number }> {
    const since = Date.now();
    this.signal('SIGINT');
    await this.until(() => this.code !== undefined, deadlineMs);
    const tookMs = Date.now() - since;
    if (this.code === undefined) this.kill();
    return { code: this.code ?? null, tookMs };
  }

  private readonly kill = (): void => this.signal('SIGKILL');

  private signal(signal: NodeJS.Signals): void {
    try {
      if (this.child.pid !== undefined) process.kill(-this.child.pid, signal);
    } catch {
      // The group has ended by itself in the meantime.
    }
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }

  private until(reached: () => boolean, deadlineMs: number): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (reached()) done();
      };
      const done = (): void => {
        clearTimeout(timer);
        this.listeners.delete(look);
        resolve();
      };
      const timer = setTimeout(done, deadlineMs);
      this.listeners.add(look);
      look();
    });
  }
}
