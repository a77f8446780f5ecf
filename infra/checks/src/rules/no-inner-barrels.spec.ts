import { lintSnippet } from './lint-snippet.js';
import { noInnerBarrels } from './no-inner-barrels.js';

const lint = (filename: string, code: string): unknown[] => lintSnippet(noInnerBarrels, filename, code);

describe('only src/index.ts re-exports', () => {
  it.each([
    "export * from './reader.js';",
    "export { read } from './reader.js';\nexport type { Row } from './row.js';",
    "import { read } from './reader.js';\nexport { read };",
  ])('refuses %s', (code) => {
    expect(lint('libs/tabular/src/csv/index.ts', code)).toEqual(['barrel']);
  });

  it('allows the entry of a package, and files that add something of their own', () => {
    expect(lint('libs/tabular/src/index.ts', "export * from './reader.js';")).toEqual([]);
    expect(lint('libs/tabular/src/csv/reader.ts', "export { Row } from './row.js';\nexport const rowsMax = 5;")).toEqual([]);
    expect(lint('libs/tabular/src/main.ts', "import './reader.js';")).toEqual([]);
  });
});
