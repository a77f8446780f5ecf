import type { TSESTree } from '@typescript-eslint/utils';
import { createRule } from './create-rule.js';
import { isPureFile } from './source-file.js';

const TYPES_FROM = ['@caseledger/event-store', '@caseledger/contracts'];

/**
 * Events, deciders and workflows import their own folder and types of the event store and the contracts, and take time,
 * ids and chance as data; so replay, preview, revert and specs need nothing else (DESIGN 2).
 */
export const pureDeciders = createRule(
  {
    import: 'A decider imports only its own folder, and types of @caseledger/event-store and @caseledger/contracts.',
    value: 'From {{source}} a decider may import types only: write `import type`.',
    impure: 'Time, ids and chance come into a decider as data.',
    asynchronous: 'A decider answers at once: it is given what it needs.',
  },
  (context) => {
    if (!isPureFile(context.filename)) return {};
    const impure = (node: TSESTree.Node): void => context.report({ node, messageId: 'impure' });
    const asynchronous = (node: TSESTree.Node): void => context.report({ node, messageId: 'asynchronous' });
    return {
      'ImportDeclaration, ExportNamedDeclaration[source], ExportAllDeclaration': (
        node: TSESTree.ImportDeclaration | TSESTree.ExportAllDeclaration | (TSESTree.ExportNamedDeclaration & { source: TSESTree.StringLiteral }),
      ) => {
        const source = node.source.value;
        if (source.startsWith('./')) return;
        if (!TYPES_FROM.includes(source)) context.report({ node, messageId: 'import' });
        else if (!importsTypesOnly(node)) context.report({ node, messageId: 'value', data: { source } });
      },
      ImportExpression: (node) => context.report({ node, messageId: 'import' }),
      'NewExpression[callee.name="Date"][arguments.length=0]': impure,
      'MemberExpression[object.name="Date"][property.name="now"]': impure,
      'MemberExpression[object.name="Math"][property.name="random"]': impure,
      'Identifier[name=/^(crypto|process|performance|fetch|setTimeout|setInterval|setImmediate)$/]': (node: TSESTree.Identifier) => {
        const reference = context.sourceCode.getScope(node).references.find(({ identifier }) => identifier === node);
        if (reference !== undefined && (reference.resolved === null || reference.resolved.defs.length === 0)) impure(node);
      },
      ':function[async=true]': asynchronous,
    };
  },
);

function importsTypesOnly(node: TSESTree.ImportDeclaration | TSESTree.ExportAllDeclaration | TSESTree.ExportNamedDeclaration): boolean {
  if (node.type !== 'ImportDeclaration') return node.exportKind === 'type';
  if (node.importKind === 'type') return true;
  const { specifiers } = node;
  return specifiers.length > 0 && specifiers.every((one) => one.type === 'ImportSpecifier' && one.importKind === 'type');
}
