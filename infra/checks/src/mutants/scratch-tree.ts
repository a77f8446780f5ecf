import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { findPackages } from '../repository/packages.js';

const LEFT_OUT = new Set(['node_modules', 'dist', '.git', '.cache', '.nx', '.caseledger', 'coverage', 'tmp']);

/** A copy of the tree in which mutants are tried; the working tree itself is never changed. */
export interface ScratchTree {
  readonly dir: string;
  /** @param file from the root */
  write(file: string, text: string): void;
  remove(): void;
}

/**
 * Copies the sources. Installed packages are linked one by one, so that the workspace's own packages lead to the copy:
 * with one link for all of node_modules every import of another package would read the working tree.
 */
export function makeScratchTree(root: string): ScratchTree {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'caseledger-mutants-')));
  cpSync(root, dir, { recursive: true, verbatimSymlinks: true, filter: (source) => source === root || !LEFT_OUT.has(basename(source)) });
  const packages = findPackages(root);
  linkInstalled(join(root, 'node_modules'), join(dir, 'node_modules'), new Set(packages.map(({ name }) => name.split('/')[0] ?? name)));
  for (const { name, dir: place } of packages) {
    link(join(dir, place), join(dir, 'node_modules', name));
    const own = join(root, place, 'node_modules');
    if (existsSync(own)) linkInstalled(own, join(dir, place, 'node_modules'), new Set());
  }
  return {
    dir,
    write: (file, text) => writeFileSync(join(dir, file), text),
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

function linkInstalled(from: string, to: string, except: ReadonlySet<string>): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from)) {
    if (!except.has(entry)) link(join(from, entry), join(to, entry));
  }
}

function link(target: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path);
}
