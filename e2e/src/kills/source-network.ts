import { execFile, fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { accountsMigrations } from '@caseledger/accounts';
import { casesMigrations } from '@caseledger/cases';
import { contactsMigrations } from '@caseledger/contacts';
import { vaultMigrations } from '@caseledger/event-store';
import { importsMigrations } from '@caseledger/imports';
import { ensureSecrets, foldersOf, freePort, processEnvironment, type DatabaseName } from '@caseledger/local';
import { eventually, testDatabase, type TestDatabase } from '@caseledger/testing';
import type { CrashOrder, WorkerMessage } from './crash-orders.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const FROM_SOURCE = ['--conditions=@caseledger/source', '--import', '@swc-node/register/esm-register'];
const UP_MS = 120_000;
const TOOL_MS = 120_000;
const run = promisify(execFile);

/**
 * The product run from its sources: the interactive processes as they are, and import workers that can be told where to
 * die. Mutants of any service change it too, which they cannot do to the compiled product.
 */
export class SourceNetwork {
  private readonly folders = foldersOf(mkdtempSync(join(tmpdir(), 'caseledger-kills-')));
  /** Where the bundles lie: inside the tree, so that they find the installed packages. */
  private readonly bundles = join(ROOT, '.cache', `kills-${process.pid}`);
  private readonly databases: Record<DatabaseName, TestDatabase>[] = [];
  private readonly children = new Set<ChildProcess>();
  private readonly spares: ChildProcess[] = [];
  private readonly working = new Set<ChildProcess>();
  private env: Record<string, string> = {};
  private orders: readonly CrashOrder[] = [];
  private isStopping = false;
  /** How often a worker ended by SIGKILL. */
  fallen = 0;
  /** What workers said that ended in any other way. */
  readonly faults: string[] = [];

  get address(): string {
    return `http://127.0.0.1:${this.env['GATEWAY_PORT'] ?? ''}`;
  }

  /** Where each order of this test can count its passes. */
  get home(): string {
    return this.folders.home;
  }

  environment(): Record<string, string> {
    return this.env;
  }

  /** Databases of the installation, for looking behind it. */
  database(name: Exclude<DatabaseName, 'accounts'>): TestDatabase {
    const [databases] = this.databases;
    if (databases === undefined) throw new Error('The network is not up');
    return databases[name];
  }

  async start(): Promise<void> {
    const made = [['accounts', accountsMigrations], ['contacts', contactsMigrations], ['cases', casesMigrations], ['imports', importsMigrations], ['vault', vaultMigrations]] as const;
    const pairsMade = Promise.all(made.map(async ([name, migrations]) => [name, await testDatabase(`kills-${name}`, migrations)] as const));
    const [pairs] = await Promise.all([pairsMade, this.bundlePrograms()]);
    const databases = Object.fromEntries(pairs) as Record<DatabaseName, TestDatabase>;
    this.databases.push(databases);
    const { accounts, contacts, cases, imports, vault } = databases;
    const urls = { accounts: accounts.urls, contacts: contacts.urls, cases: cases.urls, imports: imports.urls, vault: vault.urls };
    const ports = { gateway: await freePort(), accounts: await freePort(), contacts: await freePort(), cases: await freePort(), imports: await freePort() };
    for (const folder of [this.folders.work, this.folders.logs]) mkdirSync(folder, { recursive: true });
    this.env = { ...processEnvironment(this.folders, ensureSecrets(this.folders), urls, { ports, host: '127.0.0.1' }), GATEWAY_REQUESTS_PER_MINUTE: '1000000', LOG_LEVEL: 'warn', HOME: this.home };
    this.load(1);
    await this.startServices();
  }

  /** Lets at least so many workers work. Those that fall are missed until the next call; nobody but the last is replaced. */
  async work(workers: number): Promise<void> {
    const missing = workers - this.working.size;
    this.load(missing + 1);
    await Promise.all(
      this.spares.splice(0, Math.max(0, missing)).map(async (worker) => {
        this.working.add(worker);
        await tell(worker, { orders: this.orders }, 'ordered');
        await tell(worker, { join: true }, 'joined');
      }),
    );
    this.load(1);
  }

  /** Loads workers, up to so many, that wait until they are wanted. */
  load(count: number): void {
    while (this.spares.length < count && !this.isStopping) {
      const log = openSync(join(this.folders.logs, 'workers.log'), 'a');
      const spare = fork(join(this.bundles, 'mortal-worker.main.js'), [], { cwd: ROOT, env: this.env, execArgv: [], stdio: ['ignore', log, log, 'ipc'] });
      this.children.add(spare);
      this.spares.push(spare);
      spare.once('exit', (_code, signal) => this.ended(spare, signal));
    }
  }

  /** Tells every worker, and those that join later, where the next ones die. */
  async order(orders: readonly CrashOrder[]): Promise<void> {
    this.orders = orders;
    await Promise.all([...this.working].map((worker) => tell(worker, { orders }, 'ordered')));
  }

  /** A program of infra/processes on this installation. @returns its output in JSON lines. */
  async tool(name: 'verify' | 'rebuild'): Promise<string> {
    const { stdout } = await run(process.execPath, [join(this.bundles, `${name}.main.js`), '--json'], { cwd: ROOT, env: this.env, timeout: TOOL_MS });
    return stdout;
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    const ended = [...this.children].map((child) => (child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined));
    for (const child of this.children) child.kill('SIGKILL');
    await Promise.all(ended);
    await Promise.all(this.databases.flatMap((databases) => Object.values(databases).map((database) => database.drop())));
    for (const folder of [this.bundles, this.home]) rmSync(folder, { recursive: true, force: true });
  }

  private async startServices(): Promise<void> {
    const log = openSync(join(this.folders.logs, 'all-in-one.log'), 'a');
    const services = spawn(process.execPath, [...FROM_SOURCE, join(ROOT, 'infra/processes/src/all-in-one.main.ts')], { cwd: ROOT, env: this.env, stdio: ['ignore', log, log] });
    this.children.add(services);
    await eventually(
      async () => {
        if (services.exitCode !== null) throw new Error(readFileSync(join(this.folders.logs, 'all-in-one.log'), 'utf8').slice(-2_000));
        return (await fetch(`${this.address}/health/ready`)).ok;
      },
      { deadlineMs: UP_MS },
    );
  }

  /** One file for each program and each thread of the worker: they begin by the dozen, and load in a third of the time. */
  private async bundlePrograms(): Promise<void> {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Record<string, Record<string, string>>;
    const installed = Object.keys({ ...dependencies, ...devDependencies }).flatMap((name) => [`--external:${name}`, `--external:${name}/*`]);
    const threads = ['services/contacts/src/rows/judge.thread.ts', 'services/cases/src/rows/judge-cases.thread.ts', 'services/imports/src/file/read.thread.ts'];
    const tools = ['infra/processes/src/verify.main.ts', 'infra/processes/src/rebuild.main.ts'];
    const entries = ['e2e/src/kills/mortal-worker.main.ts', ...threads, ...tools];
    const how = ['--bundle', '--platform=node', '--format=esm', '--target=node20', '--conditions=@caseledger/source', '--entry-names=[name]', '--log-level=error'];
    await run(join(ROOT, 'node_modules/esbuild/bin/esbuild'), [...entries, ...how, ...installed, `--outdir=${this.bundles}`], { cwd: ROOT, timeout: TOOL_MS });
  }

  private ended(worker: ChildProcess, signal: NodeJS.Signals | null): void {
    this.children.delete(worker);
    const wasWorking = this.working.delete(worker);
    if (this.isStopping) return;
    if (wasWorking && signal === 'SIGKILL') this.fallen += 1;
    else this.faults.push(readFileSync(join(this.folders.logs, 'workers.log'), 'utf8').slice(-2_000));
    if (this.working.size === 0) void this.work(1);
  }
}

/** Messages wait in the pipe until the worker is loaded, and are answered in their order. A worker that has died is told nothing. */
function tell(worker: ChildProcess, message: WorkerMessage, answer: string): Promise<void> {
  if (!worker.connected) return Promise.resolve();
  return new Promise((resolve) => {
    const heard = (said: unknown): void => {
      if (said === answer) done();
    };
    const done = (): void => {
      worker.off('message', heard).off('exit', done);
      resolve();
    };
    worker.on('message', heard).once('exit', done);
    worker.send(message, () => undefined);
  });
}
