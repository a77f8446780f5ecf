import { readFileSync } from 'node:fs';

const swcrc = JSON.parse(readFileSync(new URL('./.swcrc', import.meta.url), 'utf8'));
delete swcrc.$schema;

/** Every package's jest.config.mjs spreads this: native ESM, TypeScript through swc, libraries read from source. */
export default {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['@caseledger/source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  resolver: new URL('./jest.resolver.cjs', import.meta.url).pathname,
  transform: { '^.+\\.ts$': ['@swc/jest', { ...swcrc, swcrc: false }] },
  testMatch: ['**/*.spec.ts'],
  modulePathIgnorePatterns: ['/dist/'],
  // A spec that starts a database or a process takes longer than jest's five seconds on a busy machine.
  testTimeout: 60_000,
  cacheDirectory: new URL('./.cache/jest', import.meta.url).pathname,
};
