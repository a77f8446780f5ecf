import { TSESLint } from '@typescript-eslint/utils';
import { parser } from 'typescript-eslint';
import type { Rule } from './create-rule.js';

/**
 * The message ids that one rule alone reports for a piece of code.
 * @param filename from the repository's root: rules look at where a file lies
 */
export function lintSnippet(rule: Rule, filename: string, code: string): (string | undefined)[] {
  const linter = new TSESLint.Linter({ configType: 'flat' });
  const config = { files: ['**/*.{ts,mjs}'], languageOptions: { parser }, plugins: { own: { rules: { rule } } }, rules: { 'own/rule': 'error' as const } };
  return linter.verify(code, [config], { filename }).map(({ messageId, message }) => messageId ?? message);
}
