#!/usr/bin/env node
import { existsSync } from 'node:fs';

// The program is compiled by `npm start` and `npm run build`; until then there is nothing to run.
const program = new URL('../dist/main.js', import.meta.url);
if (existsSync(program)) await import(program.href);
else {
  process.stderr.write('NOT_FOUND: caseledger is not built yet. Run "npm start" once.\n');
  process.exitCode = 1;
}
