import type { TSESTree } from '@typescript-eslint/utils';
import { createRule } from './create-rule.js';
import { isTestFile } from './source-file.js';

const SKIPPING = 'CallExpression:matches([callee.object.name=/^(describe|it|test)$/][callee.property.name=/^(skip|todo|only|failing)$/], [callee.name=/^(xit|xtest|xdescribe|fit|fdescribe)$/])';

/** A spec runs whole, can fail, and waits on something that happens rather than on the clock (STYLE rule 14). */
export const honestSpecs = createRule(
  {
    skipped: 'Specs are not skipped, focused or left for later.',
    empty: 'This expectation can never fail.',
    sleep: 'Wait on a position, an event or `eventually()`, never on the clock.',
  },
  (context) => {
    if (!isTestFile(context.filename)) return {};
    const sleep = (node: TSESTree.Node): void => context.report({ node, messageId: 'sleep' });
    return {
      [SKIPPING]: (node: TSESTree.Node) => context.report({ node, messageId: 'skipped' }),
      'CallExpression[callee.name="expect"][arguments.length=1] > Literal.arguments': (node: TSESTree.Node) =>
        context.report({ node, messageId: 'empty' }),
      'CallExpression[callee.name="setTimeout"] > Identifier.arguments[name="resolve"]': sleep,
      'CallExpression[callee.name="sleep"]': sleep,
      'ImportDeclaration[source.value="node:timers/promises"] > ImportSpecifier[imported.name="setTimeout"]': sleep,
    };
  },
);
