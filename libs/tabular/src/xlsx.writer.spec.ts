import ExcelJS from 'exceljs';
import fc from 'fast-check';
import { collect, readTable } from './table.fixture.js';
import { xlsxWriter } from './xlsx.writer.js';

const write = (rows: readonly (readonly string[])[], options = {}): Promise<Buffer> => collect(xlsxWriter({ header: ['A', 'B'], ...options })(rows));

describe('XLSX writer', () => {
  it('EXP-011: every cell is text, unchanged, as another reader sees it', async () => {
    const texts = ['=1+1', '000123', '2024-01-05', ' spaces ', 'a<b>&"c"', 'line\nbreak', 'é😀', "'x"];
    const workbook = new ExcelJS.Workbook();
    const bytes = await write(texts.map((text) => [text, '1']));
    await workbook.xlsx.load(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer);
    const sheet = workbook.getWorksheet('Rows');
    texts.forEach((text, index) => {
      expect(sheet?.getCell(index + 2, 1).value).toBe(text);
      expect(sheet?.getCell(index + 2, 1).numFmt).toBe('@');
    });
    expect(sheet?.getCell('B2').type).toBe(ExcelJS.ValueType.String);
  });

  it('LED-005: what it writes, our reader reads back, for any text', async () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '<', '&', '"', '_x000D_', '\r', '\n', '\t', '\x01', 'é', '😀', ' ', ']]>', '=', '\uFFFE'), maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 5 }), async (rows) => {
        const table = [...rows.map((row) => [...row]), ['end', 'end']];
        expect((await readTable(await write(table), { fileName: 'a.xlsx' })).texts).toEqual(table);
      }),
      { numRuns: 150 },
    );
  });

  it('goes on in the next sheet, with the header, when one is full', async () => {
    const bytes = await write([['1', ''], ['2', ''], ['3', ''], ['4', ''], ['5', '']], { sheetName: 'Failed', sheetRowsMax: 3 });
    for (const [sheet, expected] of [['Failed', ['1', '2']], ['Failed 2', ['3', '4']], ['Failed 3', ['5']]] as const) {
      const { texts, facts } = await readTable(bytes, { fileName: 'a.xlsx', overrides: { sheet } });
      expect(texts.map(([first]) => first)).toEqual(expected);
      expect(facts.columns.map(({ name }) => name)).toEqual(['A', 'B']);
    }
  });

  it('refuses a text over the limit of a cell, or asks what to write instead', async () => {
    const long = 'x'.repeat(32_768);
    await expect(write([['a', long]])).rejects.toMatchObject({ code: 'CELL_TOO_LONG', params: { n: 32_768, limit: 32_767 } });
    const bytes = await write([['a', long]], { onCellTooLong: (text: string, row: number, column: number) => `${text.length} at ${row}/${column}` });
    expect((await readTable(bytes, { fileName: 'a.xlsx' })).texts).toEqual([['a', '32768 at 1/1']]);
  });

  it('asks for rows only as they are taken, and lets go of them when stopped', async () => {
    let asked = 0;
    let isClosed = false;
    async function* rows(): AsyncGenerator<string[]> {
      try {
        for (; asked < 1_000_000; asked += 1) yield [`row ${asked} ${Math.sin(asked)}`, 'x'.repeat(50)];
      } finally {
        isClosed = true;
      }
    }
    const writing = xlsxWriter({ header: ['A', 'B'] })(rows());
    for (let piece = 0; piece < 4; piece += 1) await writing.next();
    expect(asked).toBeLessThan(50_000);
    await writing.return(undefined);
    expect(isClosed).toBe(true);
  });

  it('hands on what the rows throw', async () => {
    async function* rows(): AsyncGenerator<string[]> {
      yield ['a', 'b'];
      throw new Error('database gone');
    }
    await expect(collect(xlsxWriter({ header: ['A', 'B'] })(rows()))).rejects.toThrow('database gone');
  });
});
