import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** One package of the workspace. */
export interface WorkspacePackage {
  /** As it is imported: `@caseledger/event-store`. */
  readonly name: string;
  /** From the repository's root: `libs/event-store`. */
  readonly dir: string;
  /** Source file of its entry, from the repository's root. */
  readonly entry: string;
}

interface Manifest {
  readonly name?: string;
  readonly workspaces?: readonly string[];
  readonly exports?: Readonly<Record<string, Readonly<Record<string, string>> | string>>;
}

/** Every package that the root's `workspaces` names, in a fixed order. */
export function findPackages(root: string): WorkspacePackage[] {
  const { workspaces = [] } = readManifest(join(root, 'package.json'));
  const dirs = workspaces.flatMap((pattern) => (pattern.endsWith('/*') ? foldersIn(root, pattern.slice(0, -2)) : [pattern]));
  return dirs.filter((dir) => existsSync(join(root, dir, 'package.json'))).map((dir) => packageIn(root, dir));
}

function packageIn(root: string, dir: string): WorkspacePackage {
  const { name = dir, exports = {} } = readManifest(join(root, dir, 'package.json'));
  const main = exports['.'];
  const source = typeof main === 'object' ? main['@caseledger/source'] : main;
  return { name, dir, entry: join(dir, source ?? './src/index.ts') };
}

function foldersIn(root: string, room: string): string[] {
  if (!existsSync(join(root, room))) return [];
  const entries = readdirSync(join(root, room), { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => `${room}/${entry.name}`).sort();
}

function readManifest(path: string): Manifest {
  return JSON.parse(readFileSync(path, 'utf8')) as Manifest;
}

/** The package that a file lies in. */
export function packageOf(root: string, file: string): WorkspacePackage | undefined {
  return findPackages(root).find(({ dir }) => file.startsWith(`${dir}/`));
}
