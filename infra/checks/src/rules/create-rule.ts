import type { TSESLint } from '@typescript-eslint/utils';

export type Rule = TSESLint.RuleModule<string, []>;

/**
 * A rule of this repository with one message per fault.
 * @param messages what is wrong and what to do instead, by message id
 */
export function createRule(messages: Record<string, string>, create: (context: Readonly<TSESLint.RuleContext<string, []>>) => TSESLint.RuleListener): Rule {
  return { meta: { type: 'problem', messages, schema: [] }, defaultOptions: [], create };
}
