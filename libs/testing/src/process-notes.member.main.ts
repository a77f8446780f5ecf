// A process of the spec beside: counts under the lock, or signs up again and again until it is ended.
import { readFileSync, writeFileSync } from 'node:fs';
import { signUpIn, withFileLock } from './process-notes.js';

const [what, folder = '', times = '0'] = process.argv.slice(2);
const count = `${folder}/count`;
if (what === 'count') {
  for (let n = 0; n < Number(times); n += 1) {
    const work = async (): Promise<void> => {
      const before = Number(readFileSync(count, 'utf8'));
      await Promise.resolve();
      writeFileSync(count, String(before + 1));
    };
    await withFileLock(`${folder}/lock`, 60_000, work, 0);
  }
} else {
  signUpIn(folder);
  process.stdout.write('signed up\n');
  for (;;) signUpIn(folder);
}
