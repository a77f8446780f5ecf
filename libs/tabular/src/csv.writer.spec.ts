import fc from 'fast-check';
import Papa from 'papaparse';
import { csvWriter } from './csv.writer.js';
import { guard, unguard } from './formula.guard.js';
import { collect, readTable } from './table.fixture.js';

const written = async (rows: readonly (readonly string[])[], options = {}): Promise<string> => (await collect(csvWriter(options)(rows))).toString('utf8');

describe('formula guard', () => {
  it.each([
    ['=1+1', "'=1+1"],
    ["'=x", "''=x"],
    ['+15551234567', '+15551234567'],
    ['-5', '-5'],
    ['-5.25', '-5.25'],
    ['-1,5', '-1,5'],
    ['-1+2', "'-1+2"],
    ['+1 (555) 010-1234', "'+1 (555) 010-1234"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['|cmd', "'|cmd"],
    ['%x', "'%x"],
    ['\tx', "'\tx"],
    ['\rx', "'\rx"],
    ['＝1+1', "'＝1+1"],
    ['＋1', "'＋1"],
    ['－1', "'－1"],
    ['＠x', "'＠x"],
    ["O'Hara", "O'Hara"],
    ["'quoted'", "'quoted'"],
    ["'5", "'5"],
    ['a=b', 'a=b'],
    ['', ''],
  ])('EXP-011: %j is written %j and comes back', (text, guarded) => {
    expect(guard(text)).toBe(guarded);
    expect(unguard(guarded)).toBe(text);
  });

  it('EXP-011: unguard takes back exactly what guard did, for any text', () => {
    const text = fc.string({ unit: fc.constantFrom("'", '=', '+', '-', '@', '|', '%', '\t', '\r', '＝', '1', '5', '.', ',', 'a', ' '), maxLength: 6 });
    fc.assert(fc.property(text, (value) => expect(unguard(guard(value))).toBe(value)), { numRuns: 5_000 });
  });
});

describe('CSV writer', () => {
  it('quotes by RFC 4180 and ends lines with CRLF', async () => {
    expect(await written([['a', 'b,c', 'd"e', 'f\ng', ' h ']])).toBe('a,"b,c","d""e","f\ng", h \r\n');
    expect(await written([['a;b', 'c,d']], { delimiter: ';' })).toBe('"a;b";c,d\r\n');
    expect(await written([[''], ['x']])).toBe('""\r\nx\r\n');
  });

  it('LED-006: writes a byte order mark when asked, and guards unless RAW', async () => {
    expect(await written([['=1+1']], { bom: true })).toBe("\uFEFF'=1+1\r\n");
    expect(await written([['=1+1']], { guard: 'RAW' })).toBe('=1+1\r\n');
  });

  it('hands out long output in pieces and asks for rows only as they are taken', async () => {
    let asked = 0;
    function* rows(): Generator<string[]> {
      for (; asked < 100_000; asked += 1) yield ['x'.repeat(100)];
    }
    const writing = csvWriter()(rows());
    const first = await writing.next();
    expect(first.value?.length).toBeLessThan(200_000);
    expect(asked).toBeLessThan(2_000);
    await writing.return(undefined);
  });

  it('LED-006: what it writes, our reader reads back, for any text and delimiter', async () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'é', '😀', '"', ',', ';', '\t', '|', '\n', '\r', ' ', "'", '=', '\uFEFF'), maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 6 }), fc.constantFrom(',', ';', '\t', '|', '-', ']', '^'), fc.boolean(), async (rows, delimiter, bom) => {
        const table = [...rows.map((row) => [...row]), ['end', 'end', 'end']];
        const bytes = await collect(csvWriter({ delimiter, bom })([['One', 'Two', 'Three'], ...table]));
        const { texts } = await readTable(bytes, { overrides: { delimiter } }, 7);
        expect(texts.map((row) => row.map(unguard))).toEqual(table);
      }),
      { numRuns: 300 },
    );
  });

  it('EXP-011: what it writes, another reader sees as it was written', async () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'é', '😀', '"', ',', ';', '\t', '|', '\n', '\r', ' ', "'", '=', '\uFEFF'), maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 6 }), fc.constantFrom(',', ';', '\t', '|'), fc.boolean(), async (rows, delimiter, bom) => {
        const { data, errors } = Papa.parse<string[]>(await written(rows, { delimiter, bom, guard: 'RAW' }), { delimiter, newline: '\r\n' });
        expect([data, errors]).toEqual([[...rows, ['']], []]);
      }),
      { numRuns: 500 },
    );
  });

  it('refuses a delimiter that cannot be one', () => {
    for (const delimiter of ['', '"', '\n', ',,']) expect(() => csvWriter({ delimiter })).toThrow(RangeError);
  });
});
