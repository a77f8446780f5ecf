import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** Where the command line is pointed at: an address and a bearer. */
export interface Connection {
  readonly address: string;
  readonly bearer: string;
}

export interface CliConfig {
  /** The gateway this command talks to; undefined when an installation is named that has never been started. */
  readonly address: string | undefined;
  /** Who counts there; undefined when nobody has signed in. */
  readonly connection: Connection | undefined;
  /** Folder of the installation (`npm start` keeps it), for worker, verify and rebuild. */
  readonly installation: string | undefined;
  /** The bearer that may make companies. */
  readonly installationKey: string | undefined;
  readonly interactive: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

const FOLDER = '.caseledger';
const CLIENT_FILE = 'client.json';
const LOGINS_FILE = 'logins.json';
const DEFAULT_ADDRESS = 'http://127.0.0.1:4000';

/**
 * The installation first: `CASELEDGER_ADDRESS`, else `CASELEDGER_HOME`, else the clone the command runs in; outside of all
 * of them where somebody last signed in. Then who counts at that address: `CASELEDGER_KEY`, else who signed in there, else
 * the demo's owner that `npm start` keeps in the installation. A login never counts at another address.
 */
export function readCliConfig(env: Environment, cwd: string): CliConfig {
  const installation = env['CASELEDGER_HOME'] || findInstallation(cwd);
  const local = installation === undefined ? undefined : readClient(join(installation, CLIENT_FILE));
  const logins = readLogins(env);
  const elsewhere = installation === undefined ? (logins.last ?? DEFAULT_ADDRESS) : undefined;
  const address = env['CASELEDGER_ADDRESS'] || local?.address || elsewhere;
  const own = address === undefined ? undefined : logins.bearers.get(originOf(address));
  const demo = local !== undefined && address !== undefined && originOf(local.address) === originOf(address) ? local.bearer : undefined;
  const bearer = env['CASELEDGER_KEY'] || own || demo;
  return {
    address,
    connection: bearer === undefined || address === undefined ? undefined : { address, bearer },
    installation,
    installationKey: env['CASELEDGER_INSTALLATION_KEY'] ?? local?.installationKey,
    interactive: process.stdin.isTTY === true && env['CI'] === undefined,
  };
}

/** Remembers who signed in at this address, readable by this user only. */
export function saveLogin(env: Environment, { address, bearer }: Connection): void {
  const { bearers } = readLogins(env);
  writeLogins(env, { last: originOf(address), bearers: new Map([...bearers, [originOf(address), bearer]]) });
}

/** Forgets who signed in at this address. @returns the bearer that counted; undefined when nobody had signed in there. */
export function forgetLogin(env: Environment, address: string): string | undefined {
  const { last, bearers } = readLogins(env);
  const bearer = bearers.get(originOf(address));
  const left = new Map([...bearers].filter(([origin]) => origin !== originOf(address)));
  if (bearer !== undefined) writeLogins(env, { last: last === originOf(address) ? undefined : last, bearers: left });
  return bearer;
}

/** Logins by the origin of their gateway, and the one made last. */
interface Logins {
  readonly last: string | undefined;
  readonly bearers: ReadonlyMap<string, string>;
}

function readLogins(env: Environment): Logins {
  const { last, bearers } = readJson(loginsFile(env)) ?? {};
  const entries = typeof bearers === 'object' && bearers !== null ? Object.entries(bearers) : [];
  const texts = entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return { last: typeof last === 'string' ? last : undefined, bearers: new Map(texts) };
}

function writeLogins(env: Environment, { last, bearers }: Logins): void {
  const file = loginsFile(env);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.new`, `${JSON.stringify({ last, bearers: Object.fromEntries(bearers) })}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** One gateway, however its address is written. */
function originOf(address: string): string {
  return URL.canParse(address) ? new URL(address).origin : address;
}

/** The environment of this process, with what an installation's processes are told. */
export function environment(): Environment {
  return process.env;
}

function loginsFile(env: Environment): string {
  return join(env['XDG_CONFIG_HOME'] || join(env['HOME'] ?? homedir(), '.config'), 'caseledger', LOGINS_FILE);
}

/** The nearest folder with an installation, from here upwards, as git finds its own. */
function findInstallation(cwd: string): string | undefined {
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (existsSync(join(folder, FOLDER, CLIENT_FILE))) return join(folder, FOLDER);
    if (dirname(folder) === folder) return undefined;
  }
}

/** What an installation says of itself; without a demo company there is an address and no bearer. */
interface LocalClient {
  readonly address: string;
  readonly bearer: string | undefined;
  readonly installationKey: string | undefined;
}

function readClient(file: string): LocalClient | undefined {
  const { address, bearer, installationKey } = readJson(file) ?? {};
  if (typeof address !== 'string') return undefined;
  return { address, bearer: textOf(bearer), installationKey: textOf(installationKey) };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function readJson(file: string): Record<string, unknown> | undefined {
  try {
    const read: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return typeof read === 'object' && read !== null ? (read as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
