import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../repository/run-command.js';
import { failed, verdict, type Step } from './step.js';

const GENERATE_MS = 180_000;
export const GENERATED = ['libs/contracts/src/gen', 'gateway/src/gen'];

/**
 * Generated code is not committed, so "up to date" means: generation succeeds, a second run gives the same bytes, and
 * git tracks no generated file. Runs before the types are checked, which therefore see today's contract.
 */
export const generatedStep: Step = {
  name: 'generated code',
  run: async (root) => {
    const first = await generate(root);
    if (first.code !== 0) return failed(['npm run generate failed', first.output]);
    const before = hashFiles(root);
    const second = await generate(root);
    if (second.code !== 0) return failed(['npm run generate failed when it was repeated', second.output]);
    const again = hashFiles(root);
    const changed = [...new Set([...before.keys(), ...again.keys()])].filter((file) => before.get(file) !== again.get(file));
    const tracked = await runCommand('git', ['ls-files', '--', ...GENERATED], { cwd: root, deadlineMs: GENERATE_MS });
    const faults = [
      ...changed.map((file) => `${file}: a second generation gives other bytes`),
      ...tracked.output.split('\n').filter((line) => line !== '' && tracked.code === 0).map((file) => `${file}: generated and yet committed`),
    ];
    return verdict(faults, `${again.size} files`);
  },
};

function generate(root: string): ReturnType<typeof runCommand> {
  return runCommand(process.execPath, ['infra/checks/src/generate.mjs'], { cwd: root, deadlineMs: GENERATE_MS });
}

function hashFiles(root: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const folder of GENERATED.filter((path) => existsSync(join(root, path)))) {
    for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile()) found.set(path, createHash('sha256').update(readFileSync(path)).digest('hex'));
    }
  }
  return found;
}
