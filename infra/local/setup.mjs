// Makes a fresh clone ready: dependencies, generated code, compiled packages. Plain JavaScript without dependencies,
// because nothing is installed yet when it runs. What is up to date already is left alone.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));
const marks = join(root, '.cache', 'setup.json');
const NODE_MIN = [20, 20];

/** Ends with one clear line instead of a stack. */
export function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1])) return;
  fail(`Caseledger needs Node ${NODE_MIN.join('.')} or newer; this is ${process.versions.node}.`);
}

function hashOf(paths) {
  const hash = createHash('sha256');
  for (const path of paths) hash.update(path).update(readFileSync(path));
  return hash.digest('hex');
}

function filesUnder(folder, ending) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => join(folder, name));
}

function readMarks() {
  try {
    return JSON.parse(readFileSync(marks, 'utf8'));
  } catch {
    return {};
  }
}

function mark(name, value) {
  mkdirSync(join(root, '.cache'), { recursive: true });
  writeFileSync(marks, JSON.stringify({ ...readMarks(), [name]: value }));
}

function run(what, command, args, quiet = true) {
  const ended = spawnSync(command, args, { cwd: root, stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit', encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (ended.status === 0) return;
  if (quiet) process.stderr.write(`${ended.stdout ?? ''}${ended.stderr ?? ''}`);
  fail(`${what} did not work (${ended.error?.message ?? `exit ${ended.status}`}).`);
}

/** `npm ci` when there is no node_modules for this lockfile yet. */
export function install(say) {
  checkNode();
  const lock = hashOf([join(root, 'package-lock.json')]);
  if (existsSync(join(root, 'node_modules', '.package-lock.json')) && (readMarks().install ?? lock) === lock) return;
  say('Installing dependencies …');
  run('npm ci', process.platform === 'win32' ? 'npm.cmd' : 'npm', ['ci', '--no-audit', '--no-fund']);
  mark('install', lock);
}

/** Contracts from proto/ and resolver types from the SDL, when either has changed. */
export function generate(say) {
  const sources = hashOf([...filesUnder(join(root, 'proto'), '.proto'), ...filesUnder(join(root, 'gateway', 'schema'), '.graphql'), join(root, 'buf.gen.yaml'), join(root, 'gateway', 'codegen.mjs')]);
  const isThere = filesUnder(join(root, 'libs/contracts/src/gen'), '.ts').length > 0 && existsSync(join(root, 'gateway/src/gen/resolvers.ts'));
  if (isThere && readMarks().generate === sources) return;
  say('Generating code from the contracts …');
  run('Generating code', process.execPath, ['infra/checks/src/generate.mjs']);
  mark('generate', sources);
}

/** Compiles what changed. */
export function build(say) {
  const programs = ['infra/local', 'infra/processes', 'gateway', 'cli'].map((path) => join(path, 'tsconfig.lib.json'));
  if (!existsSync(join(root, 'infra/processes/dist'))) say('Compiling …');
  run('Compiling', process.execPath, ['node_modules/typescript/bin/tsc', '-b', ...programs]);
}
