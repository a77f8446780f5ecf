import { join } from 'node:path';
import { runCommand } from '../repository/run-command.js';
import { failed, passed, type Step } from './step.js';

const TYPES_MS = 900_000;

/** `tsc -b` over every package and its specs. */
export const typesStep: Step = {
  name: 'types',
  run: async (root) => {
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    const { code, output, timedOut } = await runCommand(process.execPath, [tsc, '-b', '--pretty', 'false'], { cwd: root, deadlineMs: TYPES_MS });
    if (code === 0) return passed();
    return failed([...output.split('\n').filter((line) => line !== ''), ...(timedOut ? ['tsc did not end in time'] : [])]);
  },
};
