import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { removeEmbeddedPostgres } from './embedded-postgres.js';
import type { DatabaseUrls } from './provision.js';

/** Databases of an installation: one per service, and one for the salts of persons. */
export const DATABASES = ['accounts', 'contacts', 'cases', 'imports', 'vault'] as const;

export type DatabaseName = (typeof DATABASES)[number];

/** Where an installation keeps what: everything below one folder, keys apart from the database (OPS-001). */
export interface InstallationFolders {
  readonly home: string;
  readonly postgres: string;
  /** Of the brokers that `--kafka` starts. */
  readonly kafka: string;
  readonly objects: string;
  readonly keys: string;
  readonly logs: string;
  /** Private copies of files while they are read; emptied at start. */
  readonly work: string;
  readonly environment: string;
  readonly programs: string;
  readonly client: string;
  readonly running: string;
}

export function foldersOf(home: string): InstallationFolders {
  return {
    home,
    postgres: join(home, 'postgres'),
    kafka: join(home, 'kafka'),
    objects: join(home, 'objects'),
    keys: join(home, 'keys'),
    logs: join(home, 'logs'),
    work: join(home, 'work'),
    environment: join(home, 'environment.json'),
    programs: join(home, 'programs.json'),
    client: join(home, 'client.json'),
    running: join(home, 'running.json'),
  };
}

/** Removes an installation whole; the next start begins anew. The database's files may lie elsewhere (see `reachableFolder`). */
export async function removeInstallation(folders: InstallationFolders): Promise<void> {
  await removeEmbeddedPostgres(folders.postgres);
  rmSync(folders.home, { recursive: true, force: true });
}

/** Secrets of the installation, made once and readable by this user only. */
export interface Secrets {
  /** 32 bytes, hexadecimal: tenant keys derive from it. */
  readonly masterKey: string;
  readonly contextSecret: string;
  readonly sessionSecret: string;
  readonly installationKey: string;
  readonly demoPassword: string;
}

export function ensureSecrets(folders: InstallationFolders): Secrets {
  const file = join(folders.keys, 'secrets.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Secrets;
  const secrets: Secrets = {
    masterKey: randomBytes(32).toString('hex'),
    contextSecret: randomBytes(32).toString('base64url'),
    sessionSecret: randomBytes(32).toString('base64url'),
    installationKey: randomBytes(32).toString('base64url'),
    demoPassword: randomBytes(9).toString('base64url'),
  };
  writePrivate(file, secrets, folders.keys);
  return secrets;
}

/** Written whole or not at all, for this user only. */
export function writePrivate(file: string, content: unknown, folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.new`, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

export interface Ports {
  readonly gateway: number;
  readonly accounts: number;
  readonly contacts: number;
  readonly cases: number;
  readonly imports: number;
}

/**
 * What every process of the installation is told, whichever of them it is. The owner's addresses are for migrations
 * and rebuilds only.
 */
export function processEnvironment(
  folders: InstallationFolders,
  secrets: Secrets,
  urls: Readonly<Record<DatabaseName, DatabaseUrls>>,
  network: { readonly ports: Ports; readonly host: string },
): Record<string, string> {
  const services = ['accounts', 'contacts', 'cases', 'imports'] as const;
  const databases = services.flatMap((name) => {
    const prefix = name.toUpperCase();
    const { appUrl, tailUrl, ownerUrl } = urls[name];
    const address = `127.0.0.1:${network.ports[name]}`;
    return [
      [`${prefix}_DATABASE_URL`, appUrl],
      [`${prefix}_DATABASE_TAIL_URL`, tailUrl],
      [`${prefix}_DATABASE_OWNER_URL`, ownerUrl],
      [`${prefix}_VAULT_URL`, urls.vault.appUrl],
      [`${prefix}_LISTEN`, address],
      [`${prefix}_ADDRESS`, address],
    ];
  });
  return {
    ...Object.fromEntries(databases),
    VAULT_DATABASE_URL: urls.vault.appUrl,
    VAULT_DATABASE_OWNER_URL: urls.vault.ownerUrl,
    CASELEDGER_MASTER_KEY: secrets.masterKey,
    CASELEDGER_CONTEXT_SECRET: secrets.contextSecret,
    CASELEDGER_SESSION_SECRET: secrets.sessionSecret,
    CASELEDGER_INSTALLATION_KEY: secrets.installationKey,
    CASELEDGER_OBJECTS_DIR: folders.objects,
    CASELEDGER_WORK_DIR: folders.work,
    GATEWAY_HOST: network.host,
    GATEWAY_PORT: String(network.ports.gateway),
  };
}
