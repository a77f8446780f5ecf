import type { TSESTree } from '@typescript-eslint/utils';
import { createRule } from './create-rule.js';

const LINES_MAX = 70;

/**
 * No function is longer than a screen; comments and blank lines count (STYLE §6). The callback of `describe` is a
 * chapter of a spec and holds functions of its own, so neither it nor a suite of chapters is measured.
 */
export const maxFunctionLines = createRule(
  { long: 'This function has {{lines}} lines; at most {{max}} (STYLE §6).' },
  (context) => ({
    ':function': (node: TSESTree.FunctionLike) => {
      const lines = node.loc.end.line - node.loc.start.line + 1;
      if (lines <= LINES_MAX || isChapter(node) || holdsChaptersOnly(node)) return;
      context.report({ node, messageId: 'long', data: { lines, max: LINES_MAX } });
    },
  }),
);

/** `describe(…, here)`, `describe.each(…)(…, here)`. */
function isChapter(node: TSESTree.FunctionLike): boolean {
  const call = node.parent;
  return call?.type === 'CallExpression' && call.callee !== node && isDescribe(call);
}

/** A suite that several adapters run: a function of nothing but `describe(…)` statements. */
function holdsChaptersOnly(node: TSESTree.FunctionLike): boolean {
  if (node.body?.type !== 'BlockStatement' || node.body.body.length === 0) return false;
  return node.body.body.every(
    (statement) => statement.type === 'ExpressionStatement' && statement.expression.type === 'CallExpression' && isDescribe(statement.expression),
  );
}

function isDescribe(call: TSESTree.CallExpression): boolean {
  let callee: TSESTree.Node = call.callee;
  while (callee.type !== 'Identifier') {
    if (callee.type === 'CallExpression') callee = callee.callee;
    else if (callee.type === 'TaggedTemplateExpression') callee = callee.tag;
    else if (callee.type === 'MemberExpression') callee = callee.object;
    else return false;
  }
  return callee.name === 'describe';
}
