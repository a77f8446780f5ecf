import { lintSnippet } from './lint-snippet.js';
import { maxFunctionLines } from './max-function-lines.js';

const body = (lines: number): string => '  work();\n'.repeat(lines);
const lint = (code: string, filename = 'libs/tabular/src/reader.ts'): unknown[] => lintSnippet(maxFunctionLines, filename, code);

describe('functions have at most 70 lines', () => {
  it('counts every line of the function, its head, comments and blank lines too', () => {
    expect(lint(`function read() {\n${body(68)}}`)).toEqual([]);
    expect(lint(`function read() {\n${body(69)}}`)).toEqual(['long']);
    expect(lint(`const read = () => {\n${'\n// why\n'.repeat(35)}};`)).toEqual(['long']);
    expect(lint(`class Reader {\n  read() {\n${body(69)}  }\n}`)).toEqual(['long']);
  });

  it('does not measure chapters of a spec, but what is in them', () => {
    expect(lint(`describe('reading', () => {\n${body(90)}});`)).toEqual([]);
    expect(lint(`describe.each([1, 2])('reading %i', () => {\n${body(90)}});`)).toEqual([]);
    expect(lint(`export function suite() {\n  describe('reading', () => {\n${body(90)}  });\n}`)).toEqual([]);
    expect(lint(`describe('reading', () => {\n  it('reads', () => {\n${body(90)}  });\n});`)).toEqual(['long']);
  });
});
