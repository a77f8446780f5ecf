import { bufferSource, type ByteSource } from './byte.source.js';
import { analyseFile } from './analyse.file.js';
import { readTable, textRow, workbookOf, zipOf, type ReadTable, type WorkbookParts } from './table.fixture.js';

const read = async (parts: WorkbookParts, options = {}): Promise<ReadTable> => readTable(await workbookOf(parts), { fileName: 'clients.xlsx', ...options });
const TABLE = `${textRow(1, 'Name', 'City')}${textRow(2, 'Ann', 'Springfield')}`;
const DOCTYPE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>';

describe('hostile and damaged workbooks', () => {
  it.each([
    ['the sheet', { sheets: [`${DOCTYPE}<worksheet><sheetData><row r="1"><c t="str"><v>&b;</v></c></row></sheetData></worksheet>`] }],
    ['the strings', { sheets: [TABLE], parts: { 'xl/sharedStrings.xml': `${DOCTYPE}<sst><si><t>&b;</t></si></sst>` } }],
    ['the styles', { sheets: [TABLE], parts: { 'xl/styles.xml': `${DOCTYPE}<styleSheet/>` } }],
    ['the workbook', { sheets: [TABLE], parts: { 'xl/workbook.xml': `${DOCTYPE}<workbook/>` } }],
  ])('FIL-008: a DOCTYPE in %s is refused: no entity is ever expanded', async (_, parts) => {
    await expect(read(parts)).rejects.toMatchObject({ code: 'FILE_CORRUPT' });
  });

  it('FIL-008: an undeclared entity stays as it is written', async () => {
    expect((await read({ sheets: [`${textRow(1, 'Name', 'City')}${textRow(2, '&xxe;', '&amp;')}`] })).texts).toEqual([['&xxe;', '&']]);
  });

  it('FIL-008: bytes are counted while unpacking, whatever their ratio', async () => {
    const bomb = await workbookOf({ sheets: [TABLE + textRow(3, 'x'.repeat(30_000)).repeat(1) + '<!--' + ' '.repeat(3_000_000) + '-->'] });
    expect(bomb.length).toBeLessThan(20_000);
    await expect(readTable(bomb, { limits: { unpackedBytesMax: 1_000_000 } })).rejects.toMatchObject({ code: 'FILE_UNPACKED_TOO_LARGE', params: { limit: '976.6 KB' } });
    expect((await readTable(bomb, { fileName: 'a.xlsx' })).rows).toHaveLength(2);
  });

  it('FIL-008: a sheet that is read twice, to be counted and to be read, counts once', async () => {
    const sheets = [TABLE + `<!--${' '.repeat(60_000)}-->`, ''];
    expect((await read({ sheets }, { limits: { unpackedBytesMax: 100_000 } })).rows).toHaveLength(1);
    await expect(read({ sheets }, { limits: { unpackedBytesMax: 50_000 } })).rejects.toMatchObject({ code: 'FILE_UNPACKED_TOO_LARGE' });
  });

  it('FIL-008: cells and the table of strings have limits of their own', async () => {
    await expect(read({ sheets: [TABLE] }, { limits: { unpackedCellsMax: 3 } })).rejects.toMatchObject({ code: 'FILE_UNPACKED_TOO_LARGE', params: { limit: '3 cells' } });
    await expect(read({ sheets: [TABLE], strings: '<si><t>0123456789</t></si>'.repeat(100) }, { limits: { sharedStringBytesMax: 1_000 } })).rejects.toMatchObject({ code: 'FILE_UNPACKED_TOO_LARGE' });
    expect((await read({ sheets: [TABLE] }, { limits: { unpackedCellsMax: 4 } })).rows).toHaveLength(1);
  });

  it('FIL-008: more rows or columns than allowed are refused', async () => {
    await expect(read({ sheets: [`${TABLE}${textRow(3, 'b')}${textRow(9, 'c')}`] }, { limits: { sheetRowsMax: 5 } })).rejects.toMatchObject({ code: 'FILE_TOO_MANY_ROWS', params: { rows: 8, limit: 5 } });
    const wide = `<row r="1"><c r="A1" t="str"><v>Name</v></c><c r="ZZ1" t="str"><v>Far</v></c></row>`;
    await expect(read({ sheets: [wide] }, { limits: { columnsMax: 10 } })).rejects.toMatchObject({ code: 'FILE_TOO_MANY_COLUMNS', params: { n: 702, limit: 10 } });
  });

  it('FIL-008: a row past the last a sheet can have is too many rows, told there and then', async () => {
    const data = `${textRow(1, 'Name')}${textRow(1_048_577, 'x')}<row r="1"`;
    await expect(read({ sheets: [data] })).rejects.toMatchObject({ code: 'FILE_TOO_MANY_ROWS', params: { rows: 1_048_576, limit: 1_048_575 } });
  });

  it.each([
    ['rows out of order', `${textRow(2, 'Name')}${textRow(1, 'x')}`],
    ['a row twice', `${textRow(1, 'Name')}${textRow(1, 'x')}`],
    ['a row that is no number', '<row r="x"><c t="str"><v>1</v></c></row>'],
    ['a column beyond the last', '<row r="1"><c r="ZZZZ1"><v>1</v></c></row>'],
    ['a string that is not in the table', '<row r="1"><c r="A1" t="s"><v>5</v></c></row>'],
    ['a sheet that breaks off', '<?xml version="1.0"?><worksheet><sheetData><row r="1"><c r="A1"><v>1</v>'],
    ['a part that is no sheet', '<?xml version="1.0"?><chart/>'],
    ['an end without beginning', '<?xml version="1.0"?></worksheet>'],
  ])('FIL-008: %s is FILE_CORRUPT', async (_, data) => {
    await expect(read({ sheets: [data] })).rejects.toMatchObject({ code: 'FILE_CORRUPT' });
  });

  it('FIL-008: missing parts, no sheets, bytes that are no text are FILE_CORRUPT', async () => {
    await expect(read({ sheets: [TABLE], parts: { 'xl/workbook.xml': undefined } })).rejects.toMatchObject({ code: 'FILE_CORRUPT' });
    await expect(read({ sheets: [TABLE], parts: { 'xl/worksheets/sheet1.xml': undefined } })).rejects.toMatchObject({ code: 'FILE_CORRUPT' });
    await expect(read({ sheets: [] })).rejects.toMatchObject({ code: 'FILE_CORRUPT' });
    await expect(readTable(await zipOf({ '[Content_Types].xml': '<Types/>', 'xl/x': '' }), {})).rejects.toMatchObject({ code: 'FILE_CORRUPT' });
  });

  it('FIL-008: names that leave the archive, or come twice, are refused', async () => {
    const twice = await workbookOf({ sheets: [TABLE], parts: { 'xl\\workbook.xml': '<workbook/>' } });
    await expect(readTable(twice)).rejects.toMatchObject({ code: 'FILE_CORRUPT' });
    for (const path of ['../escape.xml', '/absolute.xml', 'C:/drive.xml']) {
      await expect(readTable(await workbookOf({ sheets: [TABLE], parts: { [path]: '<x/>' } }))).rejects.toMatchObject({ code: 'FILE_CORRUPT' });
    }
  });

  it('takes the part of exactly this name where another differs in case only, and such a one where there is no other', async () => {
    const both = await workbookOf({ sheets: [TABLE], parts: { 'xl/worksheets/SHEET1.xml': '<other/>' } });
    expect((await readTable(both)).texts).toEqual([['Ann', 'Springfield']]);
    const cased = await workbookOf({ sheets: ['<row r="1"><c t="s"><v>0</v></c></row><row r="2"><c t="s"><v>1</v></c></row>'], parts: { 'xl/SharedStrings.xml': '<sst><si><t>Name</t></si><si><t>Ann</t></si></sst>' } });
    expect((await readTable(cased)).texts).toEqual([['Ann']]);
  });

  it('FIL-008: every changed or cut place of an archive is found or does no harm', async () => {
    const good = await workbookOf({ sheets: [TABLE], strings: '<si><t>x</t></si>' });
    const expected = (await readTable(good)).texts;
    for (let at = 0; at < good.length; at += 3) {
      const changed = Buffer.from(good);
      changed[at] = (changed[at] ?? 0) ^ 0x55;
      for (const bytes of [changed, good.subarray(0, at)]) {
        const outcome = await readTable(bytes).then(({ texts }) => texts, (error: unknown) => error);
        if (Array.isArray(outcome)) expect(outcome).toEqual(expected);
        else expect(outcome).toMatchObject({ name: 'DomainError' });
      }
    }
  });

  it('a fault of the disk is not taken for a damaged file', async () => {
    const good = await workbookOf({ sheets: [TABLE] });
    const source = bufferSource(good);
    let reads = 0;
    const failing: ByteSource = {
      ...source,
      read: async (offset, length) => {
        reads += 1;
        if (reads > 6) throw new Error('disk at fault');
        return source.read(offset, length);
      },
    };
    await expect(analyseFile(failing, { fileName: 'a.xlsx' })).rejects.toThrow('disk at fault');
  });

  it('stops when aborted', async () => {
    const good = await workbookOf({ sheets: [TABLE] });
    await expect(analyseFile(bufferSource(good), { fileName: 'a.xlsx', signal: AbortSignal.abort(new Error('cancelled')) })).rejects.toThrow('cancelled');
  });
});
