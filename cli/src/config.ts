import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** Where the command line is pointed at: an address and a bearer. */
export interface Connection {
  readonly address: string;
  readonly bearer: string;
}

export interface CliConfig {
  /** From flags of the environment or the files below; undefined when nobody has signed in. */
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

/**
 * Environment first (`CASELEDGER_ADDRESS` with `CASELEDGER_KEY`), then who last signed in here, then the demo that
 * `npm start` keeps in this folder or one above it.
 */
export function readCliConfig(env: Environment, cwd: string): CliConfig {
  const installation = env['CASELEDGER_HOME'] || findInstallation(cwd);
  const local = installation === undefined ? undefined : readClient(join(installation, CLIENT_FILE));
  const own = readClient(ownFile(env));
  const bearer = env['CASELEDGER_KEY'];
  const address = env['CASELEDGER_ADDRESS'] ?? own?.address ?? local?.address ?? 'http://127.0.0.1:4000';
  const stored = own ?? local;
  return {
    connection: bearer !== undefined ? { address, bearer } : stored === undefined ? undefined : { address, bearer: stored.bearer },
    installation,
    installationKey: env['CASELEDGER_INSTALLATION_KEY'] ?? local?.installationKey,
    interactive: process.stdin.isTTY === true && env['CI'] === undefined,
  };
}

/** Remembers who signed in, readable by this user only. */
export function saveConnection(env: Environment, connection: Connection): void {
  const file = ownFile(env);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.new`, `${JSON.stringify(connection)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** The environment of this process, with what an installation's processes are told. */
export function environment(): Environment {
  return process.env;
}

function ownFile(env: Environment): string {
  return join(env['XDG_CONFIG_HOME'] ?? join(env['HOME'] ?? homedir(), '.config'), 'caseledger', CLIENT_FILE);
}

/** The nearest folder with an installation, from here upwards, as git finds its own. */
function findInstallation(cwd: string): string | undefined {
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (existsSync(join(folder, FOLDER, CLIENT_FILE))) return join(folder, FOLDER);
    if (dirname(folder) === folder) return undefined;
  }
}

function readClient(file: string): (Connection & { installationKey?: string }) | undefined {
  let read: unknown;
  try {
    read = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
  if (typeof read !== 'object' || read === null) return undefined;
  const { address, bearer, installationKey } = read as Record<string, unknown>;
  if (typeof address !== 'string' || typeof bearer !== 'string') return undefined;
  return { address, bearer, ...(typeof installationKey === 'string' ? { installationKey } : {}) };
}
