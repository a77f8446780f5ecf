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
const POSITIONS_MS = 30_000;

/** `caseledger worker|migrate|verify|rebuild|topics|status`: all but the last act on the installation itself, with its configuration. */
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
  const topics = program.command('topics').description('The topics of an installation on Kafka');
  topics.command('plan').description('Compare them with what they have to be').action(run((context) => launch(context, 'topics', ['plan', ...(context.output.json ? ['--json'] : [])])));
  topics.command('apply').description('Make the missing ones').action(run((context) => launch(context, 'topics', ['apply', ...(context.output.json ? ['--json'] : [])])));
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
  // Topics are made before anything else is there.
  if (name !== 'topics') await databaseAnswers(told['ACCOUNTS_DATABASE_URL']);
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
  const { installation } = context.config;
  // Reading positions takes a while, and only programs want them.
  const streams = installation === undefined || !output.json ? { transport: null, topics: [] } : await positions(installation);
  const facts = { address, ready: ready?.ok === true, installation: installation ?? null, ...streams };
  output.line(facts);
  output.say(`${address}: ${facts.ready ? 'ready' : ready === undefined ? 'nothing answers' : 'not ready yet'}`);
  return facts.ready ? EXIT.done : EXIT.refused;
}

/** What carries the events of the installation, and how far each log, relay and consumer is; without its database only the first. */
async function positions(installation: string): Promise<object> {
  const told = toldBy<string>(installation, 'environment.json');
  const { positions: node = [] } = toldBy<string[]>(installation, 'programs.json');
  const child = spawn(process.execPath, [...node, entryOf('positions')], { stdio: ['ignore', 'pipe', 'ignore'], env: { ...environment(), ...told }, timeout: POSITIONS_MS });
  let said = '';
  child.stdout.on('data', (part: Buffer) => (said += part.toString()));
  const code = await new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(null));
    child.once('close', (ended) => resolve(ended));
  });
  return code === 0 ? (JSON.parse(said) as object) : { transport: told['EVENT_STREAMS'] ?? 'embedded', topics: [] };
}
