import type { TSESTree } from '@typescript-eslint/utils';
import { createRule } from './create-rule.js';

const IMMEDIATE = /set\s+constraints\s+(?:all|[\w".]*seal[\w"]*)\s+immediate/i;
const SILENT = /insert\s+into\s+(?:only\s+)?"?(?:es"?\.)?"?(event|batch|log)"?[\s(](?:(?!insert\s+into)[\s\S])*?on\s+conflict(?:\s*\([^)]*\)|\s+on\s+constraint\s+\S+)?\s+do\s+nothing/i;

/**
 * Two statements that break the log: firing the seal before COMMIT holds the head's lock across round trips, and
 * `on conflict do nothing` on events answers a lost append with success (DESIGN 3, 4).
 */
export const carefulSql = createRule(
  {
    immediate: 'The seal runs inside COMMIT only: never make its constraint immediate (DESIGN 3).',
    silent: 'Never "on conflict do nothing" on es.{{table}}: a lost append would look stored (DESIGN 4).',
  },
  (context) => {
    const inspect = (node: TSESTree.Node, text: string): void => {
      if (IMMEDIATE.test(text)) context.report({ node, messageId: 'immediate' });
      const silent = SILENT.exec(text);
      if (silent !== null) context.report({ node, messageId: 'silent', data: { table: silent[1] ?? 'event' } });
    };
    return {
      Literal: (node) => {
        if (typeof node.value === 'string') inspect(node, node.value);
      },
      TemplateLiteral: (node) => inspect(node, node.quasis.map((part) => part.value.cooked ?? '').join('$')),
    };
  },
);
