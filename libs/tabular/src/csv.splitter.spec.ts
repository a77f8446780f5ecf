import fc from 'fast-check';
import Papa from 'papaparse';
import { CsvSplitter, type CsvRecord, type SplitOptions } from './csv.splitter.js';

/** Splits a text that arrives in pieces of `size` characters. */
function split(text: string, delimiter = ',', size = text.length, options: SplitOptions = {}): CsvRecord[] {
  const splitter = new CsvSplitter(delimiter, options);
  const records: CsvRecord[] = [];
  for (let at = 0; at < text.length; at += Math.max(1, size)) records.push(...splitter.push(text.slice(at, at + Math.max(1, size))));
  records.push(...splitter.end());
  return records;
}

const cellsOf = (text: string, delimiter?: string): string[][] => split(text, delimiter).map(({ cells }) => cells);
const linesOf = (text: string): number[] => split(text).map(({ line }) => line);

/** An independent writer: quotes what it must, and now and then what it need not. */
function serialise(table: readonly (readonly string[])[], delimiter: string, lineEnd: string, quoteMore: readonly boolean[], endsOpen: boolean): string {
  let choice = 0;
  const lines = table.map((row) =>
    row
      .map((cell) => {
        const must = /["\r\n]/.test(cell) || cell.includes(delimiter) || (row.length === 1 && cell === '');
        choice += 1;
        return must || quoteMore[choice % quoteMore.length] ? `"${cell.split('"').join('""')}"` : cell;
      })
      .join(delimiter),
  );
  return lines.join(lineEnd) + (endsOpen ? '' : lineEnd);
}

const cell = fc.string({ unit: fc.constantFrom('a', 'é', '😀', '"', ',', ';', '\t', '\n', '\r', ' ', "'", '\0', '字'), maxLength: 6 });
const table = fc.integer({ min: 1, max: 5 }).chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 8 }));

describe('CSV splitter', () => {
  it('ANA-003: reads back any table, for every delimiter and line end, however the text is cut', () => {
    fc.assert(
      fc.property(
        table,
        fc.constantFrom(',', ';', '\t', '|'),
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.array(fc.boolean(), { minLength: 1, maxLength: 7 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 30 }),
        (rows, delimiter, lineEnd, quoteMore, endsOpen, size) => {
          const text = serialise(rows, delimiter, lineEnd, quoteMore, endsOpen);
          expect(split(text, delimiter, size).map(({ cells }) => cells)).toEqual(rows);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('ANA-003: reads what another writer has written, and as another reader does', () => {
    fc.assert(
      fc.property(table, fc.constantFrom(',', ';', '\t', '|'), fc.constantFrom('\n', '\r\n', '\r'), fc.boolean(), fc.integer({ min: 1, max: 30 }), (rows, delimiter, newline, quotes, size) => {
        // A row of one blank cell is an empty line to this writer, which needs an end to be a row to anybody.
        const text = Papa.unparse(rows, { delimiter, newline, quotes }) + newline;
        const records = split(text, delimiter, size).map(({ cells }) => cells);
        expect(records).toEqual(rows);
        expect([...records, ['']]).toEqual(Papa.parse<string[]>(text, { delimiter, newline }).data);
      }),
      { numRuns: 1_000 },
    );
  });

  it('gives the same records and lines for every place to cut the text', () => {
    const text = 'a,"b ""x"" c",\r\n"multi\r\nline\n",é😀\r,,\n"last" tail,"",end';
    const whole = split(text);
    for (let size = 1; size <= text.length; size += 1) expect(split(text, ',', size)).toEqual(whole);
  });

  it('FIL-013: names the physical line each record begins on, line breaks in cells counted', () => {
    expect(linesOf('h\n1\n"a\nb\nc"\n2\n\n3')).toEqual([1, 2, 3, 6, 7, 8]);
    expect(linesOf('h\r\n"a\r\nb"\r\n2')).toEqual([1, 2, 4]);
    expect(linesOf('h\r"a\rb"\r2')).toEqual([1, 2, 4]);
    expect(linesOf('h\n"x\n","y\r\n"\nz')).toEqual([1, 2, 5]);
  });

  it.each([
    ['an empty text', '', []],
    ['one empty line', '\n', [['']]],
    ['empty cells', ',,\n', [['', '', '']]],
    ['a delimiter at the end of the file', 'a,', [['a', '']]],
    ['a quoted empty cell', '""', [['']]],
    ['a quote in the middle of a cell', '5" nail,a"b', [['5" nail', 'a"b']]],
    ['text after a closing quote', '"Big" Jim,x', [['Big Jim', 'x']]],
    ['a space before a quote', 'a, "b"\n', [['a', ' "b"']]],
    ['doubled quotes only', '"""",""""""', [['"', '""']]],
    ['CR, LF and CRLF mixed', 'a\rb\nc\r\nd', [['a'], ['b'], ['c'], ['d']]],
    ['a blank line between', 'a\n\nb\n', [['a'], [''], ['b']]],
  ])('reads %s', (_, text, expected) => {
    expect(cellsOf(text)).toEqual(expected);
  });

  it('FIL-008: names the line on which an unclosed quote opened', () => {
    expect(() => split('h,i\n1,2\n3,"open\nmore\n')).toThrow(expect.objectContaining({ code: 'QUOTE_UNCLOSED', params: { line: 3 } }));
    expect(() => split('h\n"a\nb"\n"open')).toThrow(expect.objectContaining({ code: 'QUOTE_UNCLOSED', params: { line: 4 } }));
  });

  it('FIL-008: takes an open quote that meets another one lines further down for unclosed, not for a cell', () => {
    const text = 'h,i\n1,"open\n2,b\n3,"c"\n';
    expect(() => split(text)).toThrow(expect.objectContaining({ code: 'QUOTE_UNCLOSED', params: { line: 2 } }));
  });

  it('bounds what it holds: a record of cells without end is refused, not gathered', () => {
    const wide = new CsvSplitter(',', { cellCharsMax: 100_000 });
    expect(() => {
      for (let at = 0; at < 20; at += 1) wide.push(','.repeat(1024 * 1024));
    }).toThrow(expect.objectContaining({ code: 'FILE_CORRUPT' }));
    const long = new CsvSplitter(',', { cellCharsMax: 100_000 });
    expect(() => {
      for (let at = 0; at < 600; at += 1) long.push(`${'x'.repeat(99_999)},`);
    }).toThrow(expect.objectContaining({ code: 'FILE_CORRUPT' }));
  });

  it.each([
    ['plain', ''],
    ['quoted', '"'],
  ])('FIL-010: keeps the beginning of a %s cell without end, and its length', (_, quote) => {
    const splitter = new CsvSplitter(',', { cellCharsMax: 100_000 });
    const records = splitter.push(`h,i\n1,${quote}`);
    const [before] = [process.memoryUsage().heapUsed];
    for (let at = 0; at < 300; at += 1) records.push(...splitter.push('x'.repeat(1024 * 1024)));
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(100 * 1024 * 1024);
    records.push(...splitter.push(`${quote},2\n3,4\n`), ...splitter.end());
    expect(records.map(({ line, cells }) => [line, cells.length])).toEqual([[1, 2], [2, 3], [3, 2]]);
    expect(records[1]?.cells[1]?.length).toBe(100_002);
    expect(records[1]?.cutFrom).toEqual(new Map([[1, 300 * 1024 * 1024]]));
  });

  it('FIL-010: cuts only cells over their limit, alike for every place to cut the text', () => {
    fc.assert(
      fc.property(table, fc.constantFrom('\n', '\r\n', '\r'), fc.array(fc.boolean(), { minLength: 1, maxLength: 7 }), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 4 }), (rows, lineEnd, quoteMore, size, max) => {
        const text = serialise(rows, ',', lineEnd, quoteMore, false);
        const [whole, pieces] = [text.length, size].map((at) => split(text, ',', at, { cellCharsMax: max, keptCharsMax: 6 }));
        expect(pieces).toEqual(whole);
        const full = split(text);
        expect(pieces?.map(({ line }) => line)).toEqual(full.map(({ line }) => line));
        pieces?.forEach(({ cells, cutFrom }, row) =>
          cells.forEach((kept, column) => {
            const original = full[row]?.cells[column] ?? '';
            expect(cutFrom?.get(column) ?? kept.length).toBe(original.length);
            expect(original.startsWith(kept)).toBe(true);
            if (kept !== original) expect(kept.length).toBeGreaterThan(max);
          }),
        );
      }),
      { numRuns: 2_000 },
    );
  });

  it('QUOTE_UNCLOSED names the line of a quote that is never closed, however much follows', () => {
    const quoted = new CsvSplitter(',', { cellCharsMax: 100_000 });
    quoted.push('h\n"');
    for (let at = 0; at < 20; at += 1) quoted.push('x'.repeat(1024 * 1024));
    expect(() => quoted.end()).toThrow(expect.objectContaining({ code: 'QUOTE_UNCLOSED', params: { line: 2 } }));
  });

  it('takes a file of one column in time that grows with its length only', () => {
    // Looking for the delimiter anew for each row would take a minute here.
    const rows = 400_000;
    expect(new CsvSplitter(',').push('value\n'.repeat(rows))).toHaveLength(rows);
  });
});
