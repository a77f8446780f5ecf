import { join } from 'node:path';
import { runCommand, type CommandResult } from '../repository/run-command.js';
import { absent, failed, passed, type Step, type StepResult } from './step.js';

const BUF_MS = 120_000;

/** The messages keep to buf's rules for names and versions. */
export const bufLintStep: Step = {
  name: 'buf lint',
  run: async (root) => resultOf(await buf(root, ['lint'])),
};

/** Messages that were released stay readable: what the newest release sent is still understood (DESIGN 20). */
export const bufBreakingStep: Step = {
  name: 'buf breaking',
  run: async (root) => {
    const base = await newestRelease(root);
    if (base === undefined) return absent('no release is tagged yet (v*), so no message is promised to anybody');
    return resultOf(await buf(root, ['breaking', '--against', `.git#tag=${base}`]), `against ${base}`);
  },
};

async function newestRelease(root: string): Promise<string | undefined> {
  const tags = await runCommand('git', ['describe', '--tags', '--abbrev=0', '--match', 'v[0-9]*'], { cwd: root, deadlineMs: BUF_MS });
  return tags.code === 0 ? tags.output.trim() : undefined;
}

function buf(root: string, args: readonly string[]): Promise<CommandResult> {
  const program = join(root, 'node_modules', '@bufbuild', 'buf', 'bin', 'buf');
  return runCommand(process.execPath, [program, ...args], { cwd: root, deadlineMs: BUF_MS });
}

function resultOf({ code, output }: CommandResult, line?: string): StepResult {
  return code === 0 ? passed(line) : failed(output.split('\n').filter((text) => text !== ''));
}
