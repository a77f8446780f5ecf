import { lintSnippet } from './lint-snippet.js';
import { noEnvOutsideConfig } from './no-env-outside-config.js';

const lint = (filename: string, code: string): unknown[] => lintSnippet(noEnvOutsideConfig, filename, code);

describe('the environment is read in config.ts only', () => {
  it.each([
    'export const port = process.env.PORT;',
    "export const port = process['env'].PORT;",
    'export const port = globalThis.process.env.PORT;',
    'const { env } = process; export const port = env.PORT;',
    "import { env } from 'node:process'; export const port = env.PORT;",
  ])('refuses %s', (code) => {
    expect(lint('services/imports/src/split.job.ts', code)).toContain('env');
  });

  it('allows it in config.ts, and names that only look like it', () => {
    expect(lint('services/imports/src/config.ts', 'export const port = process.env.PORT;')).toEqual([]);
    expect(lint('services/imports/src/split.job.ts', 'export const port = (o: { env: string }) => o.env + process.pid;')).toEqual([]);
  });
});
