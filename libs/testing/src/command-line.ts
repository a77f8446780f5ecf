import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { childEnvironment } from './config.js';
import type { Network } from './network.js';
import type { Json } from './rest-session.js';

const PROGRAM = fileURLToPath(new URL('../../../cli/bin/caseledger.mjs', import.meta.url));
const DONE_MS = 120_000;

/** How a command ended and what it said. */
export interface CommandEnd {
  readonly exit: number;
  /** The JSON lines of standard output; empty without `--json`. */
  readonly lines: readonly Json[];
  readonly out: string;
  readonly err: string;
}

/** The command line as a user of a network has it, in a folder of his own: the compiled program, as a process. */
export class CommandLine {
  constructor(
    private readonly network: Pick<Network, 'address'>,
    private readonly bearer: string,
    readonly folder: string,
  ) {}

  run(...args: readonly string[]): Promise<CommandEnd> {
    return this.started(args, {});
  }

  /** With the installation in this folder, for the commands that act on it. */
  runOn(home: string, ...args: readonly string[]): Promise<CommandEnd> {
    return this.started(args, { CASELEDGER_HOME: home });
  }

  private started(args: readonly string[], more: Readonly<Record<string, string>>): Promise<CommandEnd> {
    const env = childEnvironment({ CASELEDGER_ADDRESS: this.network.address, CASELEDGER_KEY: this.bearer, HOME: this.folder, XDG_CONFIG_HOME: join(this.folder, '.config'), CI: '1', ...more });
    return new Promise((resolve, reject) => {
      execFile(process.execPath, [PROGRAM, ...args], { cwd: this.folder, env, timeout: DONE_MS, maxBuffer: 64 * 1024 * 1024 }, (error, out, err) => {
        const code: unknown = error === null ? 0 : error.code;
        if (typeof code !== 'number') return reject(error ?? new Error('The command did not end'));
        const lines = out.split('\n').filter((line) => line.startsWith('{'));
        resolve({ exit: code, lines: lines.map((line) => JSON.parse(line) as Json), out, err });
      });
    });
  }
}
