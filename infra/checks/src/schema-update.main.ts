import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { updateSnapshots } from './steps/schema.step.js';

const root = resolve(fileURLToPath(new URL('../../..', import.meta.url)));
const { changed, faults } = await updateSnapshots(root);
console.log(changed.length === 0 ? 'No snapshot changed.' : `Written: ${changed.join(', ')}`);
for (const fault of faults) console.error(fault);
process.exitCode = faults.length === 0 ? 0 : 1;
