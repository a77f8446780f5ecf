import { createRule } from './create-rule.js';
import { baseName } from './source-file.js';

/** Only `config.ts` reads the environment, so that all of it is known and its faults are told together (STYLE rule 8). */
export const noEnvOutsideConfig = createRule(
  { env: 'Read the environment in config.ts and pass what was read.' },
  (context) => {
    if (baseName(context.filename) === 'config.ts') return {};
    return {
      'MemberExpression[property.name="env"]:matches([object.name="process"], [object.property.name="process"])': (node) =>
        context.report({ node, messageId: 'env' }),
      'MemberExpression[object.name="process"][property.value="env"]': (node) => context.report({ node, messageId: 'env' }),
      'VariableDeclarator[init.name="process"] > ObjectPattern > Property[key.name="env"]': (node) =>
        context.report({ node, messageId: 'env' }),
      'ImportDeclaration[source.value=/^(node:)?process$/] > ImportSpecifier[imported.name="env"]': (node) =>
        context.report({ node, messageId: 'env' }),
    };
  },
);
