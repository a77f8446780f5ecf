// `npm test`: sets up a fresh clone and runs every test. Further arguments go to jest.
import { spawnSync } from 'node:child_process';
import { build, generate, install, root } from './setup.mjs';

const say = (line) => process.stdout.write(`${line}\n`);
install(say);
generate(say);
// End-to-end specs drive the compiled product.
build(say);

const ended = spawnSync(process.execPath, ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js', '--ci', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
process.exit(ended.status ?? 1);
