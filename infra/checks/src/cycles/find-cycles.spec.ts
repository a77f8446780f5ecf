import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findCycles } from './find-cycles.js';
import { importGraph, valueImports } from './import-graph.js';

describe('value-import cycles', () => {
  let root = '';
  beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'caseledger-cycles-'))));
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const write = (files: Record<string, string>): void => {
    const manifest = (name: string): string => JSON.stringify({ name, exports: { '.': { '@caseledger/source': './src/index.ts' } } });
    const all = {
      'package.json': JSON.stringify({ workspaces: ['libs/*', 'gateway'] }),
      'libs/one/package.json': manifest('@caseledger/one'),
      'libs/two/package.json': manifest('@caseledger/two'),
      ...files,
    };
    for (const [path, text] of Object.entries(all)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
  };

  it('are found across two packages whose names lead to their sources', () => {
    write({
      'libs/one/src/index.ts': "export { a } from './a.js';",
      'libs/one/src/a.ts': "import { b } from '@caseledger/two';\nexport const a = () => b;",
      'libs/two/src/index.ts': "export * from './b.js';",
      'libs/two/src/b.ts': "import { a } from '@caseledger/one';\nexport const b = () => a;",
      'libs/two/src/aside.ts': "import { b } from './b.js';\nexport const c = b;",
    });
    expect(findCycles(importGraph(root))).toEqual([
      ['libs/one/src/a.ts', 'libs/one/src/index.ts', 'libs/two/src/b.ts', 'libs/two/src/index.ts'],
    ]);
  });

  it('are none where one of the two imports only types', () => {
    write({
      'libs/one/src/index.ts': "import type { B } from '@caseledger/two';\nexport const a = (b: B) => b;",
      'libs/two/src/index.ts': "import { a } from '@caseledger/one';\nexport type B = string;\nexport const b = a;",
    });
    expect(findCycles(importGraph(root))).toEqual([]);
  });

  it('are told apart when there are several, a file importing itself included', () => {
    const graph = new Map([['a', ['b']], ['b', ['a', 'c']], ['c', ['d', 'c']], ['d', ['e']], ['e', ['d']], ['f', ['a']]]);
    expect(findCycles(graph).sort()).toEqual([['a', 'b'], ['c'], ['d', 'e']]);
  });

  it('are found through a chain of any length', () => {
    const files = Array.from({ length: 20_000 }, (_, n) => `f${n}`);
    const chain = new Map(files.map((file, n) => [file, [`f${(n + 1) % files.length}`]]));
    expect(findCycles(chain)[0]).toHaveLength(20_000);
  });
});

describe('value imports', () => {
  it('leave out what only types come from', () => {
    const text = `
      import type { A } from 'a'; import { type B } from 'b'; import { type C, c } from 'c'; import 'd';
      import * as e from 'e'; import f from 'f'; export type { G } from 'g'; export { h } from 'h'; export * from 'i';
      const later = () => import('j'); type K = import('k').K; import {} from 'l';
    `;
    expect(valueImports('x.ts', text)).toEqual(['c', 'd', 'e', 'f', 'h', 'i', 'j', 'l']);
  });
});
