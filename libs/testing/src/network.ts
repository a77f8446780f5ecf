import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { freePort, nodeArguments } from '@caseledger/local';
import { childEnvironment } from './config.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const UP_MS = 120_000;
const STOP_MS = 20_000;

export interface NetworkOptions {
  /** Every service as its own process. */
  readonly split?: boolean;
  /** With the demo company. */
  readonly demo?: boolean;
  /** Settings of the installation beside its own. */
  readonly env?: Readonly<Record<string, string>>;
  /** On a Kafka broker of its own. */
  readonly kafka?: boolean;
}

/**
 * The whole product as a user starts it: the compiled launcher with its own folder and port. Specs and benchmarks
 * talk to it over HTTP and kill its processes; nothing of it runs inside them.
 */
export class Network {
  readonly home = mkdtempSync(join(tmpdir(), 'caseledger-e2e-'));
  private launcher: ChildProcess | undefined;
  private readonly workers: ChildProcess[] = [];
  private port = 0;

  constructor(private readonly options: NetworkOptions = {}) {
    // The database's account can enter, so that all it writes lies below this folder and goes with it.
    chmodSync(this.home, 0o711);
  }

  get address(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** What the launcher told its processes. */
  environment(): Record<string, string> {
    return JSON.parse(readFileSync(join(this.home, 'environment.json'), 'utf8')) as Record<string, string>;
  }

  /** @param otherwise what is to be another way than at the start before */
  async start(otherwise: Pick<NetworkOptions, 'kafka'> = {}): Promise<void> {
    if (this.port === 0) this.port = await freePort();
    const { split, demo, kafka } = { ...this.options, ...otherwise };
    const flags = [...(split === true ? ['--split'] : []), ...(demo === true ? [] : ['--bare']), ...(kafka === true ? ['--kafka'] : [])];
    const launcher = spawn(process.execPath, ['--enable-source-maps', join(ROOT, 'infra/local/dist/launch.main.js'), ...flags], {
      env: childEnvironment({ GATEWAY_REQUESTS_PER_MINUTE: '1000000', CASELEDGER_HOME: this.home, CASELEDGER_PORT: String(this.port), ...this.options.env }),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.launcher = launcher;
    await this.untilUp(launcher);
  }

  private untilUp(launcher: ChildProcess): Promise<void> {
    const lines: string[] = [];
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`Not up in time:\n${lines.join('\n')}`)), UP_MS);
      launcher.once('exit', (code) => {
        clearTimeout(late);
        reject(new Error(`The launcher ended (${code ?? 'killed'}):\n${lines.join('\n')}`));
      });
      for (const stream of [launcher.stdout, launcher.stderr]) {
        if (stream === null) continue;
        createInterface({ input: stream }).on('line', (line) => {
          lines.push(line);
          if (!line.startsWith('Caseledger is up')) return;
          clearTimeout(late);
          resolve();
        });
      }
    });
  }

  /** One more import worker, as `npm run worker` adds it. */
  addWorker(): ChildProcess {
    const worker = spawn(process.execPath, [...nodeArguments('import-worker'), join(ROOT, 'infra/processes/dist/import-worker.main.js')], {
      env: childEnvironment(this.environment()),
      stdio: 'ignore',
    });
    this.workers.push(worker);
    return worker;
  }

  /** Pids of the processes that the launcher runs, by what they are. */
  processes(): Map<string, number> {
    const { processes } = JSON.parse(readFileSync(join(this.home, 'running.json'), 'utf8')) as { processes: Record<string, number> };
    return new Map(Object.entries(processes));
  }

  /** kill -9 of everything at once: services, workers, database, launcher. Nothing gets to say goodbye. */
  async killAll(): Promise<void> {
    const pids = [...this.processes().values(), ...this.workers.flatMap(({ pid }) => (pid === undefined ? [] : [pid]))];
    this.launcher?.removeAllListeners('exit');
    const gone = new Promise<void>((resolve) => this.launcher?.once('exit', () => resolve()) ?? resolve());
    this.launcher?.kill('SIGKILL');
    for (const pid of pids) kill(pid);
    this.workers.length = 0;
    await gone;
    this.launcher = undefined;
  }

  async stop(): Promise<void> {
    for (const worker of this.workers) worker.kill('SIGTERM');
    const { launcher } = this;
    if (launcher !== undefined && launcher.exitCode === null) {
      launcher.removeAllListeners('exit');
      const ended = new Promise<void>((resolve) => launcher.once('exit', () => resolve()));
      launcher.kill('SIGINT');
      const late = setTimeout(() => launcher.kill('SIGKILL'), STOP_MS);
      await ended;
      clearTimeout(late);
    }
    rmSync(this.home, { recursive: true, force: true });
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It had ended by itself.
  }
}
