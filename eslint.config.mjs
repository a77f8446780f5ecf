// One configuration for the whole repository; everything is an error. The repository's own rules are TypeScript in
// infra/checks, compiled on the way by swc, so linting needs no build.
import { existsSync, readFileSync } from 'node:fs';
import { register } from 'node:module';
import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

register('@swc-node/register/esm', import.meta.url);
const { repositoryRules } = await import('./infra/checks/src/rules/repository-rules.ts');
const { readExceptions } = await import('./infra/checks/src/exceptions/written-exceptions.ts');

const architecture = new URL('./ARCHITECTURE.md', import.meta.url);
const exceptions = existsSync(architecture) ? readExceptions(readFileSync(architecture, 'utf8')) : [];
const ownRules = Object.fromEntries(Object.keys(repositoryRules).map((name) => [`caseledger/${name}`, 'error']));

const LIBRARIES = ['type:lib', 'type:contracts'];
const ALL = ['*'];
const TEST_FILES = ['**/*.spec.ts', '**/*.contract.ts', '**/*.fixture.ts', '**/spec/**/*.ts', '**/contract/**/*.ts'];
const kinds = (more = []) => [
  { sourceTag: 'type:contracts', onlyDependOnLibsWithTags: ['type:contracts', ...more] },
  { sourceTag: 'type:lib', onlyDependOnLibsWithTags: [...LIBRARIES, ...more] },
  { sourceTag: 'type:service', onlyDependOnLibsWithTags: [...LIBRARIES, ...more] },
  { sourceTag: 'type:gateway', onlyDependOnLibsWithTags: [...LIBRARIES, ...more] },
  { sourceTag: 'type:cli', onlyDependOnLibsWithTags: [...LIBRARIES, 'type:cli', ...more] },
  { sourceTag: 'type:testing', onlyDependOnLibsWithTags: [...LIBRARIES, 'type:testing', 'type:process'] },
  { sourceTag: 'type:checks', onlyDependOnLibsWithTags: [...LIBRARIES, 'type:checks', 'type:process', ...more] },
  { sourceTag: 'type:process', onlyDependOnLibsWithTags: [...LIBRARIES, 'type:service', 'type:gateway', 'type:cli', 'type:process', ...more] },
  { sourceTag: 'type:test', onlyDependOnLibsWithTags: ALL },
];
const boundaries = (depConstraints) => ({
  '@nx/enforce-module-boundaries': ['error', {
    enforceBuildableLibDependency: false,
    allow: [],
    // Specs of a library use `testing`, which is built on that library; no value is imported in a circle (see the
    // cycles step of `npm run check`, which looks at files instead of packages).
    ignoredCircularDependencies: [['*', '@caseledger/testing'], ['*', '@caseledger/local']],
    depConstraints,
  }],
});

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '**/src/gen/**', '.cache/**', '.nx/**', '.caseledger/**', 'coverage/**', 'tmp/**'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    files: ['**/*.{ts,mjs,cjs,js}'],
    plugins: { caseledger: { rules: repositoryRules } },
    languageOptions: {
      globals: { process: 'readonly', console: 'readonly', Buffer: 'readonly', URL: 'readonly', setTimeout: 'readonly', clearTimeout: 'readonly', module: 'writable', require: 'readonly' },
    },
    rules: { ...ownRules, 'max-lines': ['error', { max: 400, skipBlankLines: false, skipComments: false }] },
  },
  {
    files: ['**/*.ts'],
    plugins: { '@nx': nx },
    // Constructors of decorated classes need their parameters' classes as values; the rules on type imports know then.
    languageOptions: { parserOptions: { experimentalDecorators: true, emitDecoratorMetadata: true } },
    rules: {
      'no-control-regex': 'off',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      ...boundaries(kinds()),
    },
  },
  { files: TEST_FILES, rules: boundaries(kinds(['type:testing', 'type:process'])) },
  // The spec of this rule feeds it what it must refuse.
  { files: ['infra/checks/src/rules/careful-sql.spec.ts'], rules: { 'caseledger/careful-sql': 'off' } },
  ...exceptions.map(({ path }) => ({ files: [path], rules: { 'max-lines': 'off', 'caseledger/max-function-lines': 'off' } })),
);
