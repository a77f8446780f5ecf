import { join } from 'node:path';
import { ESLint } from 'eslint';
import { runCommand } from '../repository/run-command.js';
import { failed, verdict, type Step } from './step.js';

const GRAPH_MS = 300_000;
const FORBIDDEN_IMPORT = "import { contactsMigrations } from '@caseledger/imports';\nexport const borrowed = contactsMigrations;\n";

/**
 * One ESLint run over the repository. The rule for module boundaries needs Nx's project graph and stays silent without
 * it, so the graph is made first and a forbidden import must be found before the run's result is believed.
 */
export const lintStep: Step = {
  name: 'lint',
  run: async (root) => {
    const nx = join(root, 'node_modules', 'nx', 'dist', 'bin', 'nx.js');
    const graph = await runCommand(process.execPath, [nx, 'show', 'projects'], { cwd: root, deadlineMs: GRAPH_MS, env: { NX_DAEMON: 'false' } });
    if (graph.code !== 0) return failed(['Nx could not make its project graph', graph.output]);
    const eslint = new ESLint({ cwd: root });
    const probe = await eslint.lintText(FORBIDDEN_IMPORT, { filePath: join(root, 'services', 'contacts', 'src', 'probe.ts') });
    const rules = probe.flatMap((result) => result.messages.map((message) => message.ruleId));
    const silent = ['@nx/enforce-module-boundaries', 'caseledger/one-way-packages'].filter((rule) => !rules.includes(rule));
    if (silent.length > 0) return failed(silent.map((rule) => `${rule} does not find a forbidden import: its result means nothing`));

    const results = await eslint.lintFiles(['.']);
    const faults = results.flatMap(({ filePath, messages }) =>
      messages.map(({ line, column, ruleId, message }) => `${filePath.slice(root.length + 1)}:${line}:${column} ${message} (${ruleId ?? 'syntax'})`),
    );
    return verdict(faults, `${results.length} files`);
  },
};
