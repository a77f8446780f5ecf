import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readExceptions } from '../exceptions/written-exceptions.js';
import { absent, failed, verdict, type Step } from './step.js';

/** Written exceptions from the length limits are few, have a reason, and name a file that exists (STYLE §6). */
export const exceptionsStep: Step = {
  name: 'written exceptions',
  run: (root) => Promise.resolve(inspect(root)),
};

function inspect(root: string): ReturnType<typeof verdict> {
  const file = join(root, 'ARCHITECTURE.md');
  if (!existsSync(file)) return absent('there is no ARCHITECTURE.md');
  try {
    const exceptions = readExceptions(readFileSync(file, 'utf8'));
    const gone = exceptions.filter(({ path }) => !existsSync(join(root, path)));
    return verdict(gone.map(({ path }) => `${path}: excepted in ARCHITECTURE.md but not there`), `${exceptions.length} of at most 5`);
  } catch (error) {
    return failed([error instanceof Error ? error.message : String(error)]);
  }
}
