import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { CliError, EXIT, type ExitCode } from '../cli-error.js';
import { environment } from '../config.js';
import { addressOf, type CliContext, type Register } from '../context.js';

const CONNECT_MS = 5_000;

/** `caseledger worker|migrate|verify|rebuild|status`: all but the last act on the installation itself, with its configuration. */
export const installationCommands: Register = (program: Command, run) => {
  program.command('worker').description('Add an import worker to the running installation').action(run((context) => launch(context, 'import-worker', [])));
  program.command('migrate').description('Bring the schema of every database up to date, as their owner').action(run((context) => launch(context, 'migrate', [])));
  program
    .command('verify')
    .description('Recompute the hash chain of every log')
    .action(run((context) => launch(context, 'verify', context.output.json ? ['--json'] : [])));
  program
    .command('rebuild')
    .description('Bring every read model back from the log')
    .option('--all', 'every read model of every service')
    .option('--drop', 'empty them first')
    .action(run(rebuild));
  program.command('status').description('Whether the installation answers').action(run(status));
};

function rebuild(context: CliContext, _args: readonly string[], flags: Record<string, unknown>): Promise<ExitCode> {
  if (flags['all'] !== true || flags['drop'] !== true) throw new CliError(null, 'Say --all --drop: read models are emptied and brought back from the log.', EXIT.usage);
  return launch(context, 'rebuild', context.output.json ? ['--json'] : []);
}

/** Runs a process of the installation in the foreground; its exit code is ours. */
async function launch({ config, interrupted }: CliContext, name: string, args: readonly string[]): Promise<ExitCode> {
  if (config.installation === undefined) throw new CliError('NOT_FOUND', 'There is no installation in this folder or above it. Run "npm start" first, or set CASELEDGER_HOME.');
  const entry = entryOf(name);
  const told = toldBy<string>(config.installation, 'environment.json');
  const { [name]: node = [] } = toldBy<string[]>(config.installation, 'programs.json');
  await databaseAnswers(told['ACCOUNTS_DATABASE_URL']);
  const child = spawn(process.execPath, [...node, entry, ...args], { stdio: 'inherit', env: { ...environment(), ...told } });
  interrupted.addEventListener('abort', () => child.kill('SIGTERM'), { once: true });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(interrupted.aborted ? EXIT.interrupted : exitCodeOf(code)));
  });
}

/** These commands work on the database of a running installation; without one there is nothing to connect to. */
async function databaseAnswers(url: string | undefined): Promise<void> {
  if (url === undefined) return;
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port === '' ? 5432 : port), timeout: CONNECT_MS });
  const answers = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('timeout', () => resolve(false));
    socket.once('error', () => resolve(false));
  });
  socket.destroy();
  if (!answers) throw new CliError(null, 'The database of the installation does not answer. Start it with "npm start" and run this again beside it.');
}

function exitCodeOf(code: number | null): ExitCode {
  return code === 0 ? EXIT.done : code === 2 ? EXIT.usage : EXIT.refused;
}

function entryOf(name: string): string {
  const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
  const candidates = [root, dirname(root)].map((folder) => join(folder, 'infra', 'processes', 'dist', `${name}.main.js`));
  const entry = candidates.find((file) => existsSync(file));
  if (entry === undefined) throw new CliError('NOT_FOUND', 'The installation is not built. Run "npm start" once.');
  return entry;
}

/** The environment and the arguments of Node that the launcher gives its processes; kept beside the data, readable by this user only. */
function toldBy<Value>(folder: string, name: 'environment.json' | 'programs.json'): Record<string, Value> {
  const file = join(folder, name);
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, Value>;
  } catch {
    throw new CliError('NOT_FOUND', `The configuration of the installation cannot be read: ${file}`);
  }
}

async function status({ output, ...context }: CliContext): Promise<ExitCode> {
  const address = addressOf(context.config);
  const ready = await fetch(new URL('/health/ready', address), { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
  const facts = { address, ready: ready?.ok === true, transport: 'embedded', installation: context.config.installation ?? null };
  output.line(facts);
  output.say(`${address}: ${facts.ready ? 'ready' : ready === undefined ? 'nothing answers' : 'not ready yet'}`);
  return facts.ready ? EXIT.done : EXIT.refused;
}
