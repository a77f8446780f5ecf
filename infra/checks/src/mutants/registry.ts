import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseMutants, requireDistinct, type Mutant } from './mutant.js';

const FOLDER = 'infra/checks/src/mutants';

/** The mutants of every area: all `*.mutants.json` beside this file, which the README there describes. */
export function loadMutants(root: string): Mutant[] {
  const files = readdirSync(join(root, FOLDER)).filter((name) => name.endsWith('.mutants.json')).sort();
  const mutants = files.flatMap((name) => parseMutants(readFileSync(join(root, FOLDER, name), 'utf8'), name));
  requireDistinct(mutants);
  return mutants;
}
