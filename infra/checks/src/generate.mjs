// `npm run generate`: messages from proto/, then resolver types from the gateway's SDL. Plain JavaScript, because it
// runs before anything can be compiled. Nothing it writes is committed.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const GENERATE_MS = 120_000;
const OUT = 'libs/contracts/src/gen';
const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Paths of all files under a folder, relative to it, sorted; none when the folder is missing. */
function filesUnder(folder) {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => relative(folder, join(entry.parentPath, entry.name))).sort();
}

/** Only what differs is written, so that an unchanged contract rebuilds nothing and a build beside us sees whole files. */
function bring(from, to) {
  const wanted = filesUnder(from);
  for (const file of filesUnder(to).filter((known) => !wanted.includes(known))) rmSync(join(to, file));
  for (const file of wanted) {
    const text = readFileSync(join(from, file));
    const target = join(to, file);
    if (existsSync(target) && readFileSync(target).equals(text)) continue;
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
}

mkdirSync(join(root, '.cache'), { recursive: true });
const scratch = mkdtempSync(join(root, '.cache', 'generate-'));
try {
  const buf = join(root, 'node_modules', '@bufbuild', 'buf', 'bin', 'buf');
  const run = spawnSync(process.execPath, [buf, 'generate', '--output', scratch], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], timeout: GENERATE_MS });
  if (run.status !== 0) throw new Error(`buf generate ended with ${run.status ?? run.signal ?? run.error?.message}`);
  bring(join(scratch, OUT), join(root, OUT));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

const resolvers = join(root, 'gateway', 'codegen.mjs');
if (existsSync(resolvers)) await import(pathToFileURL(resolvers).href);
