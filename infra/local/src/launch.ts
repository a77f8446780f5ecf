import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { startKafka, type KafkaCluster } from '@caseledger/kafka';
import { readLaunchConfig, type LaunchConfig } from './config.js';
import { runToEnd, startProcess, type RunningProcess } from './child-process.js';
import { seedDemo, type Demo } from './demo.js';
import { startEmbeddedPostgres, type EmbeddedPostgres } from './embedded-postgres.js';
import { freePort, requireFreePort } from './free-port.js';
import { DATABASES, ensureSecrets, foldersOf, processEnvironment, removeInstallation, writePrivate, type InstallationFolders, type Secrets } from './installation.js';
import { endLeftOvers, leftOvers, readNote, stillRuns } from './left-over.js';
import { JOINING, nodeArguments } from './node-arguments.js';
import { provision } from './provision.js';
import { startedAt } from './server-process.js';

export interface LaunchFlags {
  /** Throw the data away first. */
  readonly fresh: boolean;
  /** Every service as its own process. */
  readonly split: boolean;
  /** No demo company. */
  readonly bare: boolean;
  /** With a Kafka broker of its own instead of the embedded transport. */
  readonly kafka: boolean;
}

const KNOWN = new Map<string, keyof LaunchFlags>([['--fresh', 'fresh'], ['--split', 'split'], ['--bare', 'bare'], ['--kafka', 'kafka']]);

/** The flags of `npm start -- …`, or what is wrong with them. */
export function launchFlags(args: readonly string[]): LaunchFlags | string {
  const unknown = args.filter((arg) => !KNOWN.has(arg));
  if (unknown.length > 0) return `Unknown: ${unknown.join(' ')}. npm start takes ${[...KNOWN.keys()].join(', ')}.`;
  const given = new Set(args.map((arg) => KNOWN.get(arg)));
  return { fresh: given.has('fresh'), split: given.has('split'), bare: given.has('bare'), kafka: given.has('kafka') };
}

/** What runs so far, so that it can be taken down. */
interface Started {
  postgres?: EmbeddedPostgres;
  kafka?: KafkaCluster;
  readonly processes: RunningProcess[];
}

/** Starts everything, says where it is, and stops it on Ctrl-C; answers the exit code. */
export async function launch(flags: LaunchFlags): Promise<number> {
  const config = readLaunchConfig();
  const folders = foldersOf(config.home);
  const stop = stopSignal();
  const started: Started = { processes: [] };
  try {
    const other = runningLauncher(folders);
    if (other !== undefined) throw new Error(`Caseledger is running already from this folder (process ${other}). Stop it with Ctrl-C there.`);
    await endLeftOvers(leftOvers(readNote(folders.running) ?? { pid: process.pid }));
    await requireFreePort(config.port, 'the gateway').catch(() => Promise.reject(new Error(`Port ${config.port} is taken. Choose another one: CASELEDGER_PORT=${config.port + 1} npm start`)));
    if (flags.fresh) await removeInstallation(folders);
    const demo = await bringUp(flags, config, folders, started);
    say(banner(config, demo, started.kafka));
    const ended = await Promise.race([stop, ...started.processes.map(({ name, ended: how }) => how.then((text) => stoppedBecause(name, text, { logs: folders.logs, flags })))]);
    if (ended !== undefined) process.stderr.write(`${ended}\n`);
    return ended === undefined ? 0 : 1;
  } catch (fault) {
    process.stderr.write(`${fault instanceof Error ? fault.message : String(fault)}\n`);
    return 1;
  } finally {
    await takeDown(started, folders);
  }
}

/** What is said when one process of the installation has ended by itself: nothing restarts it, so the others are ended too. */
export function stoppedBecause(name: string, how: string, { logs, flags }: { readonly logs: string; readonly flags: LaunchFlags }): string {
  const again = [flags.split ? '--split' : '', flags.bare ? '--bare' : '', flags.kafka ? '--kafka' : ''].filter((flag) => flag !== '').join(' ');
  return [
    `${name} ended (${how}); see ${join(logs, `${name}.log`)}`,
    'The whole installation stops with it. What was stored is kept, and what was running goes on once it is up again.',
    `Start it again with: npm start${again === '' ? '' : ` -- ${again}`}`,
  ].join('\n');
}

async function bringUp(flags: LaunchFlags, config: LaunchConfig, folders: InstallationFolders, started: Started): Promise<Demo | undefined> {
  const secrets = ensureSecrets(folders);
  const spawned = keepNote(folders);
  const superuserUrl = config.postgresAdminUrl ?? (await embedded(folders, started, spawned));
  const urls = await provision(superuserUrl, DATABASES, join(folders.keys, 'roles.json'));
  const ports = { gateway: config.port, accounts: await freePort(), contacts: await freePort(), cases: await freePort(), imports: await freePort() };
  const streams = flags.kafka ? await startBroker(folders, started, spawned) : config.eventStreams;
  const env = { ...processEnvironment(folders, secrets, known(urls), { ports, host: config.host }), ...config.kept, ...streams };
  writePrivate(folders.environment, env, folders.home);
  writePrivate(folders.programs, Object.fromEntries(JOINING.map((name) => [name, nodeArguments(name)])), folders.home);
  rmSync(folders.work, { recursive: true, force: true });
  mkdirSync(folders.work, { recursive: true, mode: 0o700 });
  const toEnd = (name: string, ...args: string[]): Promise<void> => runToEnd({ name, args, entry: join(config.root, `infra/processes/dist/${name}.main.js`), env: { ...config.inherited, ...env }, logs: folders.logs });
  await toEnd('migrate');
  // The broker is ours, and so are its topics; those of others are for who runs them to make.
  if (flags.kafka) await toEnd('topics', 'apply');
  // Only migrations, rebuilds and verification act as the owner of a database.
  const serving = Object.fromEntries(Object.entries(env).filter(([name]) => !name.endsWith('_OWNER_URL')));
  for (const wave of flags.split ? SPLIT : TOGETHER) {
    const waveStarted = await Promise.allSettled(wave.map((name) => startProcess({ name, entry: entryOf(config, name), env: { ...config.inherited, ...serving }, logs: folders.logs, spawned })));
    for (const one of waveStarted) if (one.status === 'fulfilled') started.processes.push(one.value);
    for (const one of waveStarted) if (one.status === 'rejected') throw one.reason;
  }
  const demo = flags.bare ? undefined : await prepareDemo(config, folders, secrets);
  writeClient(config, folders, secrets, env, demo);
  return demo;
}

async function embedded(folders: InstallationFolders, started: Started, spawned: (name: string, pid: number) => void): Promise<string> {
  const postgres = await startEmbeddedPostgres({ dir: folders.postgres, keysFile: join(folders.keys, 'postgres.json'), settings: POSTGRES, say });
  started.postgres = postgres;
  spawned('postgres', postgres.pid);
  return postgres.superuserUrl;
}

const MB = 1024 * 1024;
const CACHE_SHARE = 32;

/**
 * For a machine shared with other work; durability stays as PostgreSQL has it. The cache takes what is used of its share:
 * with 128 MB an import into a company of 100,000 contacts wrote and read each page three times. A longer log spares
 * checkpoints, after each of which every page is logged whole once; smaller samples spare reading whole tables to analyse
 * them, which grow by a tenth every few seconds during an import.
 */
const POSTGRES = {
  shared_buffers: `${cacheMb(totalmem() / MB)}MB`,
  max_connections: '120',
  max_wal_size: '4GB',
  default_statistics_target: '20',
};

/** @returns MB for the database's cache on a machine with so many MB: a thirty-second part, 128 to 512. */
export function cacheMb(memoryMb: number): number {
  return Math.min(512, Math.max(128, Math.round(memoryMb / CACHE_SHARE)));
}

const TOGETHER: readonly (readonly string[])[] = [['all-in-one', 'import-worker']];
const SPLIT: readonly (readonly string[])[] = [['accounts', 'contacts', 'cases', 'imports'], ['gateway', 'import-worker']];

function entryOf(config: LaunchConfig, name: string): string {
  const service = name === 'gateway' ? 'gateway' : `services/${name}`;
  return name === 'all-in-one' || name === 'import-worker' ? join(config.root, 'infra/processes/dist', `${name}.main.js`) : join(config.root, service, 'dist/main.js');
}

function known<T>(urls: Readonly<Record<string, T>>): Record<(typeof DATABASES)[number], T> {
  const found = DATABASES.map((name) => {
    const url = urls[name];
    if (url === undefined) throw new Error(`The database ${name} was not provisioned.`);
    return [name, url] as const;
  });
  return Object.fromEntries(found) as Record<(typeof DATABASES)[number], T>;
}

/**
 * For the programs of this clone: the command line is signed in as the demo's owner, and whoever follows events finds the
 * services that answer keys.
 */
function writeClient({ address }: LaunchConfig, folders: InstallationFolders, { installationKey }: Secrets, env: Readonly<Record<string, string>>, demo: Demo | undefined): void {
  const grpc = { accounts: env['ACCOUNTS_ADDRESS'], cases: env['CASES_ADDRESS'] };
  const before = existsSync(folders.client) ? (JSON.parse(readFileSync(folders.client, 'utf8')) as object) : {};
  writePrivate(folders.client, { ...before, address, ...(demo === undefined ? {} : { bearer: demo.bearer, installationKey }), grpc }, folders.home);
}

/** The demo company is made once. */
async function prepareDemo(config: LaunchConfig, folders: InstallationFolders, secrets: Secrets): Promise<Demo> {
  return seedDemo({ address: config.address, installationKey: secrets.installationKey, password: secrets.demoPassword, folder: join(folders.home, 'demo'), say });
}

/** One broker, which says where it is found; its messages and positions stay for the next start. */
async function startBroker(folders: InstallationFolders, started: Started, spawned: (name: string, pid: number) => void): Promise<Record<string, string>> {
  say('Starting Kafka; the first time its jars are fetched …');
  const kafka = await startKafka({ dir: folders.kafka });
  started.kafka = kafka;
  for (const { pid } of kafka.nodes) if (pid !== undefined) spawned('kafka', pid);
  return { EVENT_STREAMS: 'kafka', KAFKA_BROKERS: kafka.brokers.join(','), KAFKA_REPLICATION: '1' };
}

async function takeDown(started: Started, folders: InstallationFolders): Promise<void> {
  await Promise.all(started.processes.map((one) => one.stop()));
  await Promise.all([started.kafka?.stop(), started.postgres?.stop()]);
  if (runningLauncher(folders) === undefined) rmSync(folders.running, { force: true });
}

/** Notes this launcher, then each process as it is spawned: whoever is killed leaves behind what he started. */
function keepNote(folders: InstallationFolders): (name: string, pid: number) => void {
  const processes: Record<string, number> = {};
  const since: Record<string, string | undefined> = {};
  const write = (): void => writePrivate(folders.running, { pid: process.pid, startedAt: startedAt(process.pid), processes, since }, folders.home);
  write();
  return (name, pid) => {
    processes[name] = pid;
    // PostgreSQL stops what is left of it by its own note, which knows how to end a server.
    if (name !== 'postgres') since[name] = startedAt(pid);
    write();
  };
}

/** Another live launcher of this folder; a note left by a killed one counts for nothing. */
function runningLauncher(folders: InstallationFolders): number | undefined {
  const note = readNote(folders.running);
  return note !== undefined && note.pid !== process.pid && stillRuns(note) ? note.pid : undefined;
}

function stopSignal(): Promise<undefined> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve(undefined));
  });
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function banner(config: LaunchConfig, demo: Demo | undefined, kafka: KafkaCluster | undefined): string {
  const brokers = kafka === undefined ? [] : [`                   Kafka                 ${kafka.brokers.join(',')}`];
  const lines = ['', `Caseledger is up.  GraphQL and explorer  ${config.address}/`, `                   REST                  ${config.address}/docs/api`, ...brokers];
  if (demo === undefined) return [...lines, '', 'Ctrl-C stops it.'].join('\n');
  const users = demo.users.map(({ role, email }) => `                   ${role.padEnd(10)} ${email}`);
  return [
    ...lines,
    '',
    `Demo company       ${demo.company}, password for every user: ${demo.password}`,
    ...users,
    '',
    'Try next, in another terminal:',
    `  npx caseledger import ${demo.files.clean}`,
    `  npx caseledger import ${demo.files.messy}`,
    `  npx caseledger import ${demo.files.duplicates} --option duplicatePolicy=UPDATE`,
    `  npx caseledger import ${demo.files.cases} --type cases --option caseType="Personal Injury"`,
    '  npx caseledger cases',
    '  npx caseledger imports',
    '  npx caseledger revert <id of an import>',
    '',
    'Ctrl-C stops it. Data stays in .caseledger/ (npm start -- --fresh begins anew).',
  ].join('\n');
}
