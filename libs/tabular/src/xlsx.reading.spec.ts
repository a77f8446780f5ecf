import ExcelJS from 'exceljs';
import { readTable, textRow, workbookOf, type ReadTable, type WorkbookParts } from './table.fixture.js';

const read = async (parts: WorkbookParts, options = {}): Promise<ReadTable> => readTable(await workbookOf(parts), { fileName: 'clients.xlsx', ...options });
const HEADER = textRow(1, 'Name', 'City', 'Zip');
const STYLES =
  '<numFmts count="2"><numFmt numFmtId="164" formatCode="00000"/><numFmt numFmtId="165" formatCode="dd/mm/yyyy&quot; .&quot;"/></numFmts>' +
  '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="14"/></cellXfs>';

describe('reading a workbook', () => {
  it('FIL-001: reads what exceljs writes: text, numbers, dates, booleans, rich text, formulas, links', async () => {
    const workbook = new ExcelJS.Workbook();
    const sheet = workbook.addWorksheet('Clients');
    sheet.addRow(['Name', 'Zip', 'Born', 'Active', 'Note', 'Total', 'Mail']);
    sheet.addRow(['Ann "A" <Example> & Söhne', 2134, new Date(Date.UTC(1990, 4, 6)), true, { richText: [{ text: 'very ' }, { text: 'bold', font: { bold: true } }] }, { formula: '1+1', result: 2 }, { text: 'ann@example.test', hyperlink: 'mailto:ann@example.test' }]);
    sheet.getCell('B2').numFmt = '00000';
    sheet.addRow(['  line\nbreak ', null, new Date(Date.UTC(2024, 1, 29, 13, 30)), false, '', { formula: '"x"', result: 'x' }]);
    const { facts, rows, texts } = await readTable(Buffer.from(await workbook.xlsx.writeBuffer()), { fileName: 'clients.xlsx' });
    expect(facts).toMatchObject({ format: { value: 'XLSX' }, rows: 2, workbook: { sheet: { value: 'Clients' }, epoch: 1900 } });
    expect(texts).toEqual([
      ['Ann "A" <Example> & Söhne', '02134', '1990-05-06', 'TRUE', 'very bold', '2', 'ann@example.test'],
      ['  line\nbreak ', '', '2024-02-29T13:30:00', 'FALSE', '', 'x', ''],
    ]);
    expect(rows[0]?.cells.map(({ kind }) => kind)).toEqual([undefined, 'number', 'date', 'boolean', undefined, 'number', undefined]);
    expect(rows[0]).toMatchObject({ row: 1, line: 2, cellRow: 2, blank: false, issues: [] });
  });

  it('reads shared strings: plain, preserved, rich, phonetic left out, escapes and references', async () => {
    const strings =
      '<si><t>Name</t></si><si><t xml:space="preserve"> a </t></si><si><r><t>b</t></r><r><rPr/><t>c</t></r><rPh sb="0" eb="1"><t>KANA</t></rPh></si>' +
      '<si><t>d&amp;&#233;&#x1F600;_x000D_</t></si><si><t/></si><si/><si><t><![CDATA[<e>]]></t></si><si><t>f\r\ng</t></si>';
    const cells = [1, 2, 3, 4, 5, 6, 7].map((index) => `<row r="${index + 1}"><c r="A${index + 1}" t="s"><v>${index}</v></c><c r="B${index + 1}"><v>1</v></c></row>`).join('');
    const { texts } = await read({ strings, sheets: [`<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>N</t></is></c></row>${cells}`] });
    expect(texts.map(([text]) => text)).toEqual([' a ', 'bc', 'd&é😀\r', '', '', '<e>', 'f\ng']);
  });

  it('reads the same from prefixed, commented, single-quoted and widely spaced XML as from plain', async () => {
    const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
    const odd =
      `<?xml version="1.0"?><!-- a > b --><x:worksheet xmlns:x='${main}'><x:dimension ref="A1:B2"/><x:sheetData>` +
      `<x:row r='1' spans="1:2"><x:c r='A1' t='inlineStr'><x:is><x:t>Na</x:t></x:is></x:c><x:c   r="B1" x:unknown="1>0" t="str" ><x:f>"C"</x:f><x:v>City</x:v ></x:c ></x:row>` +
      `<x:row r="3"><x:c r="B3" s="0"><x:v>7</x:v></x:c></x:row></x:sheetData><x:mergeCells/></x:worksheet>`;
    const plain = '<row r="1"><c r="A1" t="inlineStr"><is><t>Na</t></is></c><c r="B1" t="str"><v>City</v></c></row><row r="3"><c r="B3" s="0"><v>7</v></c></row>';
    const [first, second] = [await read({ sheets: [odd] }), await read({ sheets: [plain] })];
    expect(first.rows).toEqual(second.rows);
    expect(first.facts.columns.map(({ name }) => name)).toEqual(['Na', 'City']);
  });

  it('is not misled by what quoted attributes hold, nor by cells of an unusual form', async () => {
    const cells =
      `<c r="A2" x="1>0" t="str"><v>a</v></c><c r='B2' x='">' t='str'><v>b</v></c><c r="C2" t="str" x='"'><v>c</v></c>` +
      '<c r="D2" t="str"><v xml:space="preserve"> d </v></c><c r="E2" t="str"><!-- e --><v>e</v></c><c r="F2" t="str"><v>f<!-- -->g</v></c><c r="G2" t="str"><v/></c><c r="H2"/><c r="I2" t="str"><v>i</v><extLst/></c>';
    const { texts } = await read({ sheets: [`${textRow(1, 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I')}<row r="2">${cells}</row>`] });
    expect(texts).toEqual([['a', 'b', 'c', ' d ', 'e', 'fg', '', '', 'i']]);
  });

  it('places cells by their reference, or one after the other without', async () => {
    const { texts } = await read({ sheets: [`${HEADER}<row r="2"><c r="C2"><v>3</v></c></row><row><c><v>1</v></c><c><v>2</v></c></row>`] });
    expect(texts).toEqual([['', '', '3'], ['1', '2', '']]);
  });

  it('FIL-011: applies number formats of the workbook, and warns of lost digits', async () => {
    const { rows } = await read({ styles: STYLES, sheets: [`${HEADER}<row r="2"><c r="A2" s="1"><v>2134</v></c><c r="B2"><v>1234567890123450</v></c><c r="C2" t="inlineStr"><is><t>000123</t></is></c></row>`] });
    expect(rows[0]?.cells.map(({ text }) => text)).toEqual(['02134', '1234567890123450', '000123']);
    expect(rows[0]?.issues).toEqual([{ code: 'NUMBER_PRECISION_LOST', severity: 'ERROR', column: 1, text: '1234567890123450' }]);
  });

  it('FIL-012: takes dates by the epoch of the workbook', async () => {
    const sheets = [`${HEADER}<row r="2"><c r="A2" s="2"><v>35064</v></c><c r="B2" s="3"><v>35064.5</v></c><c r="C2" t="d"><v>2024-05-06T00:00:00</v></c></row>`];
    expect((await read({ styles: STYLES, sheets })).texts).toEqual([['1995-12-31', '1995-12-31T12:00:00', '2024-05-06']]);
    expect((await read({ styles: STYLES, sheets, date1904: true })).texts).toEqual([['2000-01-01', '2000-01-01T12:00:00', '2024-05-06']]);
  });

  it('FIL-010: error values, formulas without value and characters that cannot be stored are errors of their cell', async () => {
    const cells = '<c r="A2" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="B2"><f>A1+1</f></c><c r="C2" t="inlineStr"><is><t>a_x0000_b</t></is></c>';
    const { rows } = await read({ sheets: [`${HEADER}<row r="2">${cells}</row><row r="3"><c r="A3"><f>x</f><v></v></c><c r="B3" t="str"><f>""</f><v></v></c><c r="C3" t="s"><v>0</v></c></row>`], strings: '<si><t>x_xD800_</t></si>' });
    expect(rows[0]).toMatchObject({
      cells: [{ text: '#DIV/0!', kind: 'error' }, { text: '', kind: 'formula-no-value' }, {}],
      issues: [
        { code: 'CELL_ERROR_VALUE', column: 0, params: { value: '#DIV/0!' } },
        { code: 'FORMULA_NO_VALUE', column: 1 },
        { code: 'CELL_INVALID_CHAR', column: 2, params: { code: 'U+0000' } },
      ],
    });
    expect(rows[1]?.issues.map(({ code, column }) => [code, column])).toEqual([['FORMULA_NO_VALUE', 0], ['CELL_INVALID_CHAR', 2]]);
  });

  it('FIL-009: rows the sheet leaves out are blank rows; those after the last row are none; there are no short rows', async () => {
    const { facts, rows } = await read({ sheets: [`<row r="3"/>${textRow(4, 'Name', 'City')}<row r="7"><c r="A7"><v>1</v></c></row><row r="9"><c r="A9" s="1"/></row>`] });
    expect(facts).toMatchObject({ headerRow: { value: 4 }, rows: 3, blankRows: 2, blankRowsAtEnd: 2 });
    expect(rows.map(({ row, cellRow, blank, issues }) => [row, cellRow, blank, issues.length])).toEqual([[1, 5, true, 0], [2, 6, true, 0], [3, 7, false, 0]]);
  });

  it('FIL-009: data beyond the header fails its row, also beyond the limit of columns', async () => {
    const { rows } = await read({ sheets: [`${HEADER}<row r="2"><c r="E2"><v>1</v></c></row><row r="3"><c r="XFD3"><v>1</v></c></row>`] }, { limits: { columnsMax: 4 } });
    expect(rows.map(({ issues }) => issues)).toMatchObject([[{ code: 'ROW_TOO_LONG', params: { n: 2 } }], [{ code: 'ROW_TOO_LONG', params: { n: 16_381 } }]]);
  });

  it('gives the blank rows of a long gap in batches', async () => {
    const { rows } = await read({ sheets: [`${HEADER}<row r="3000"><c r="A3000"><v>1</v></c></row>`] });
    expect(rows).toHaveLength(2_999);
    expect(rows.filter(({ blank }) => blank)).toHaveLength(2_998);
  });
});

describe('cells without end', () => {
  const long = 'ab&amp;'.repeat(1_000_000);
  const n = 3_000_000;
  const tooLong = { code: 'CELL_TOO_LONG', column: 1, params: { n, limit: 32_767 } };

  it('FIL-010: a text of millions of characters fails its row, not the file, wherever it stands', async () => {
    const inline = `${HEADER}${textRow(2, 'x', long, 'z')}${textRow(3, 'd', 'e', 'f')}`;
    const shared = `${HEADER}<row r="2"><c t="inlineStr"><is><t>x</t></is></c><c t="s"><v>0</v></c></row>${textRow(3, 'd', 'e', 'f')}`;
    const formula = `${HEADER}<row r="2"><c t="inlineStr"><is><t>x</t></is></c><c t="str"><f>A1</f><v>${long}</v></c></row>${textRow(3, 'd', 'e', 'f')}`;
    for (const [data, strings] of [[inline], [shared, `<si><t>${long}</t></si>`], [formula]]) {
      const { rows } = await read({ sheets: [data ?? ''], ...(strings === undefined ? {} : { strings }) });
      expect(rows).toMatchObject([{ row: 1, issues: [tooLong] }, { row: 2, issues: [] }]);
      expect(rows[0]?.cells[1]?.text.slice(0, 6)).toBe('ab&ab&');
    }
  });

  it('FIL-010: counts what it does not keep', async () => {
    const { rows } = await read({ sheets: [`${HEADER}${textRow(2, long, long, long, long)}`] });
    expect(rows[0]?.issues.map(({ code, params }) => [code, params?.['n']])).toEqual([0, 1, 2].map(() => ['CELL_TOO_LONG', n]).concat([['CELL_TOO_LONG', n], ['ROW_TOO_LONG', 1]]));
    expect(rows[0]?.cells.map(({ text }) => text.length)).toEqual([n, n, 32_769, 32_769]);
    const endless = 'x'.repeat(9_000_000);
    const counted = await read({ sheets: [`${HEADER}${textRow(2, endless)}`] });
    expect(counted.rows[0]?.issues).toMatchObject([{ code: 'CELL_TOO_LONG', params: { n: 9_000_000 } }]);
  });
});

describe('choosing a sheet', () => {
  const small = `${HEADER}${textRow(2, 'a', 'b', 'c')}`;
  const big = `${HEADER}${textRow(2, 'a', 'b', 'c')}${textRow(3, 'd', 'e', 'f')}`;

  it('ANA-005: proposes the visible sheet with most filled cells and lists the others', async () => {
    const { facts } = await read({ sheets: [{ data: '', name: 'Empty' }, { data: small, name: 'Small' }, { data: big, name: 'Big' }, { data: big + textRow(4, 'g'), name: 'Secret', state: 'hidden' }, { data: big, name: 'Deep', state: 'veryHidden' }] });
    expect(facts.workbook?.sheet.value).toBe('Big');
    expect(facts.workbook?.sheets).toEqual([
      { name: 'Empty', hidden: false, filledCells: 0 },
      { name: 'Small', hidden: false, filledCells: 6 },
      { name: 'Big', hidden: false, filledCells: 9 },
      { name: 'Secret', hidden: true },
      { name: 'Deep', hidden: true },
    ]);
  });

  it('ANA-005: a chosen sheet is read, hidden or not; one that is not there is NOT_FOUND', async () => {
    const sheets = [{ data: big, name: 'Big' }, { data: small, name: 'Secret &amp; Co', state: 'hidden' }];
    expect((await read({ sheets }, { overrides: { sheet: 'Secret & Co' } })).facts).toMatchObject({ rows: 1, workbook: { sheet: { value: 'Secret & Co', confidence: 1 } } });
    await expect(read({ sheets }, { overrides: { sheet: 'None' } })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('ANA-005: hidden and empty sheets are never chosen alone', async () => {
    const secret = { data: big, name: 'Secret', state: 'hidden' };
    for (const sheets of [[{ data: '', name: 'Empty' }, secret], [secret]]) {
      const { facts, rows } = await read({ sheets });
      expect(facts).toMatchObject({ question: { code: 'REQUIRED_MISSING' }, rows: 0, columns: [], workbook: { sheet: { value: '' } } });
      expect(facts.workbook?.sheets).toContainEqual({ name: 'Secret', hidden: true });
      expect(rows).toEqual([]);
    }
    await expect(read({ sheets: [{ data: '', name: 'Empty' }, { data: '', name: 'Secret', state: 'hidden' }] })).rejects.toMatchObject({ code: 'FILE_EMPTY' });
  });

  it('ANA-005: a chosen sheet that is empty asks for another one', async () => {
    const { facts } = await read({ sheets: [{ data: big, name: 'Big' }, { data: '', name: 'Empty' }] }, { overrides: { sheet: 'Empty' } });
    expect(facts).toMatchObject({ question: { code: 'REQUIRED_MISSING' }, rows: 0 });
  });
});
