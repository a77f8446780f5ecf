import type { TSESTree } from '@typescript-eslint/utils';
import { createRule } from './create-rule.js';

/** Only a package's `src/index.ts` re-exports; a file that does nothing else hides where things are (STYLE rule 9). */
export const noInnerBarrels = createRule(
  { barrel: 'This file only re-exports: import from the files themselves, or re-export in src/index.ts.' },
  (context) => {
    if (/\/src\/index\.ts$/.test(context.filename.replaceAll('\\', '/'))) return {};
    return {
      Program: (node) => {
        const statements = node.body;
        if (statements.length > 0 && statements.every(isReExport(statements))) context.report({ node, messageId: 'barrel' });
      },
    };
  },
);

/** `export … from`, also in two steps: imports whose only use is an export list. */
function isReExport(statements: readonly TSESTree.ProgramStatement[]): (statement: TSESTree.ProgramStatement) => boolean {
  const exports = statements.some((statement) => statement.type === 'ExportNamedDeclaration' || statement.type === 'ExportAllDeclaration');
  return (statement) => {
    if (statement.type === 'ExportAllDeclaration') return true;
    if (statement.type === 'ExportNamedDeclaration') return statement.declaration === null && statement.specifiers.length > 0;
    return statement.type === 'ImportDeclaration' && exports;
  };
}
