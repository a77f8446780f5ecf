import type { TSESTree } from '@typescript-eslint/utils';
import { createRule } from './create-rule.js';
import { isTestFile, tidyPath } from './source-file.js';

/** The one-way order: a library imports only libraries before it (DESIGN §2). */
export const LIBRARY_ORDER = [
  'errors', 'contracts', 'normalise', 'fields', 'matching', 'tabular', 'object-store', 'event-store', 'service-kit', 'event-streams', 'row-target',
] as const;

const SERVICES = ['accounts', 'contacts', 'cases', 'imports', 'exports', 'documents', 'notifications'];
const TESTS_ONLY = ['testing'];
/** What starts servers on this machine: for tests and for `npm start`. */
const STARTERS = ['local', 'kafka'];

/**
 * Packages depend one way: libraries in their order, services on libraries and never on each other, only
 * `infra/processes` composes services, and `testing` is for specs. @nx/enforce-module-boundaries says the same of kinds
 * of packages; this rule adds the order inside one kind and needs no project graph.
 */
export const oneWayPackages = createRule(
  {
    order: '{{from}} comes before {{to}} in the order of the libraries and may not import it.',
    upward: '{{from}} is a library: it may not import {{to}}.',
    service: 'A service is composed by infra/processes only: {{from}} may not import {{to}}.',
    testing: '{{to}} is for specs: production code may not import it.',
  },
  (context) => {
    const from = packageOf(tidyPath(context.filename));
    if (from === undefined) return {};
    const inspect = (node: TSESTree.Node, source: unknown): void => {
      const to = typeof source === 'string' ? /^@caseledger\/([^/]+)/.exec(source)?.[1] : undefined;
      if (to === undefined || to === from.name) return;
      const messageId = faultOf(from, to, isTestFile(context.filename));
      if (messageId !== undefined) context.report({ node, messageId, data: { from: from.name, to } });
    };
    return {
      'ImportDeclaration, ExportNamedDeclaration, ExportAllDeclaration': (node: TSESTree.ImportDeclaration | TSESTree.ExportNamedDeclaration | TSESTree.ExportAllDeclaration) =>
        inspect(node, node.source?.value),
      ImportExpression: (node) => inspect(node, node.source.type === 'Literal' ? node.source.value : undefined),
    };
  },
);

interface Package {
  readonly room: string;
  readonly name: string;
}

function packageOf(path: string): Package | undefined {
  const [room = '', name = ''] = path.split('/');
  if (room === 'libs' || room === 'services' || room === 'infra') return { room, name };
  return ['gateway', 'cli', 'e2e', 'bench'].includes(room) ? { room, name: room } : undefined;
}

function faultOf(from: Package, to: string, test: boolean): string | undefined {
  if (TESTS_ONLY.includes(to) || STARTERS.includes(to)) return testPlaces(from, to) || test ? undefined : 'testing';
  if (SERVICES.includes(to)) return from.name === 'processes' || (test && from.room !== 'services') ? undefined : 'service';
  if (from.room !== 'libs' || from.name === 'testing') return undefined;
  const order: readonly string[] = LIBRARY_ORDER;
  if (!order.includes(to)) return 'upward';
  return order.indexOf(to) < order.indexOf(from.name) ? undefined : 'order';
}

/** `infra` starts what `infra/local` and `infra/kafka` offer, and `testing` is built on it. */
function testPlaces(from: Package, to: string): boolean {
  return STARTERS.includes(to) && (from.room === 'infra' || from.name === 'testing' || from.name === 'cli');
}
