import { launchFlags, launch } from './launch.js';

const flags = launchFlags(process.argv.slice(2));
if (typeof flags === 'string') {
  process.stderr.write(`${flags}\n`);
  process.exit(2);
}
process.exit(await launch(flags));
