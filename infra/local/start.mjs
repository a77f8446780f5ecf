// `npm start`: everything on this machine, with nothing but Node and npm.
import { spawn } from 'node:child_process';
import { build, generate, install, root } from './setup.mjs';

const say = (line) => process.stdout.write(`${line}\n`);
install(say);
generate(say);
build(say);

const launcher = spawn(process.execPath, ['--enable-source-maps', 'infra/local/dist/launch.main.js', ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' });
// The launcher stops what it started; a terminal sends it Ctrl-C as well, and twice is once.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => launcher.kill(signal));
launcher.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
