import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const BORROWED = ['jest', '@swc', '@types'];

const JEST = `export default {
  extensionsToTreatAsEsm: ['.ts'],
  moduleFileExtensions: ['ts', 'js', 'json'],
  moduleNameMapper: { '^(\\\\./.*)\\\\.js$': '$1' },
  testEnvironmentOptions: { customExportConditions: ['@caseledger/source', 'node'] },
  transform: { '^.+\\\\.ts$': ['@swc/jest', { jsc: { target: 'es2023', parser: { syntax: 'typescript' } }, module: { type: 'es6' } }] },
};`;

const TSCONFIG = {
  compilerOptions: { target: 'es2023', module: 'nodenext', moduleResolution: 'nodenext', strict: true, types: [], skipLibCheck: true, customConditions: ['@caseledger/source'] },
  include: ['src/**/*.ts'],
  exclude: ['src/**/*.spec.ts'],
};

export interface FakeRepository {
  readonly root: string;
  remove(): void;
}

/**
 * A repository of two packages, where `door` asks `guard` of the other package; installed packages are borrowed.
 * @param files further files or other texts, by path
 */
export function fakeRepository(files: Readonly<Record<string, string>> = {}): FakeRepository {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'caseledger-fake-')));
  const all: Record<string, string> = {
    'package.json': JSON.stringify({ type: 'module', workspaces: ['libs/*'] }),
    'libs/guard/src/index.ts': 'export function mayEnter(age: number): boolean {\n  if (age < 18) return false;\n  return true;\n}\n',
    'libs/door/src/index.ts': "import { mayEnter } from '@caseledger/guard';\n\nexport const open = (age: number): string => (mayEnter(age) ? 'open' : 'shut');\n",
    'libs/door/src/door.spec.ts':
      "import { open } from './index.js';\n\ndescribe('the door', () => {\n  it('stays shut for children', () => {\n    expect(open(12)).toBe('shut');\n  });\n  it('opens for grown-ups', () => {\n    expect(open(40)).toBe('open');\n  });\n});\n",
    ...Object.fromEntries(['guard', 'door'].flatMap((name) => packageFiles(name))),
    ...files,
  };
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  mkdirSync(join(root, 'node_modules', '@caseledger'), { recursive: true });
  for (const name of BORROWED) symlinkSync(join(ROOT, 'node_modules', name), join(root, 'node_modules', name));
  for (const name of ['guard', 'door']) symlinkSync(join(root, 'libs', name), join(root, 'node_modules', '@caseledger', name));
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) };
}

function packageFiles(name: string): [string, string][] {
  const manifest = { name: `@caseledger/${name}`, type: 'module', exports: { '.': { '@caseledger/source': './src/index.ts' } } };
  return [
    [`libs/${name}/package.json`, JSON.stringify(manifest)],
    [`libs/${name}/tsconfig.lib.json`, JSON.stringify(TSCONFIG)],
    [`libs/${name}/jest.config.mjs`, JEST],
  ];
}
