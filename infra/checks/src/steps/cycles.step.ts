import { findCycles } from '../cycles/find-cycles.js';
import { importGraph } from '../cycles/import-graph.js';
import { verdict, type Step } from './step.js';

/** No file imports a value of a file that imports a value of it, over all packages (STYLE §6). */
export const cyclesStep: Step = {
  name: 'import cycles',
  run: (root) => {
    const graph = importGraph(root);
    const faults = findCycles(graph).map((files) => `these import each other: ${files.join(', ')}`);
    return Promise.resolve(verdict(faults, `${graph.size} files`));
  },
};
