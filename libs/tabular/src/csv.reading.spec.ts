import { analyseFile } from './analyse.file.js';
import { bufferSource } from './byte.source.js';
import { readRows } from './read.rows.js';
import { readTable } from './table.fixture.js';

const rejection = (code: string, params?: object): object => expect.objectContaining(params === undefined ? { code } : { code, params: expect.objectContaining(params) });

describe('reading CSV and TSV', () => {
  it('gives facts and rows of a plain file', async () => {
    const { facts, rows } = await readTable('First,Last\nAda,Example\nBob,Sample\n');
    expect(facts.format.value).toBe('CSV');
    expect(facts.columns.map(({ name, letters }) => [name, letters])).toEqual([['First', 'A'], ['Last', 'B']]);
    expect(facts).toMatchObject({ rows: 2, blankRows: 0, blankRowsAtEnd: 0, headerRow: { value: 1 }, warnings: [] });
    expect(rows[1]).toEqual({ row: 2, line: 3, cells: [{ text: 'Bob' }, { text: 'Sample' }], blank: false, issues: [] });
  });

  it.each([
    [',', 'CSV'],
    [';', 'CSV'],
    ['|', 'CSV'],
    ['\t', 'TSV'],
  ])('ANA-003: finds the delimiter %j', async (delimiter, format) => {
    const text = ['Name;x', 'Amount', 'Note'].join(delimiter) + '\n' + [`"Doe, Ann"`, '1,5', 'a|b;c'].map((cell) => (cell.includes(delimiter) && cell[0] !== '"' ? `"${cell}"` : cell)).join(delimiter) + '\n';
    const { facts, texts } = await readTable(delimiter === ';' ? text.replace('Name;x', 'Name') : text);
    expect(facts.text?.delimiter.value).toBe(delimiter);
    expect(facts.format.value).toBe(format);
    expect(texts).toEqual([['Doe, Ann', '1,5', 'a|b;c']]);
  });

  it('ANA-003: a decimal comma in every row does not outvote the semicolons of the header', async () => {
    const { facts } = await readTable('Name;Amount\nAnn;1,5\nBob;2,5\nCid;3,5\n');
    expect(facts.text?.delimiter.value).toBe(';');
  });

  it('ANA-003: honours a sep= line, which is no row, and counts it as a line', async () => {
    for (const lineEnd of ['\n', '\r\n', '\r']) {
      const { facts, rows } = await readTable(`sep=;${lineEnd}a,x;b${lineEnd}1;2${lineEnd}`, {}, 3);
      expect(facts.columns.map(({ name }) => name)).toEqual(['a,x', 'b']);
      expect(rows).toMatchObject([{ row: 1, line: 3 }]);
    }
  });

  it('ANA-001: a chosen delimiter counts and has confidence 1', async () => {
    const { facts } = await readTable('a:b\n1:2\n', { overrides: { delimiter: ':' } });
    expect(facts.text?.delimiter).toEqual({ value: ':', confidence: 1 });
    expect(facts.columns).toHaveLength(2);
  });

  it('ANA-001: tells head findings before the file is read to its end', async () => {
    const heads: object[] = [];
    await readTable(`Name,City\n${'Ann,Springfield\n'.repeat(500)}`, { onHead: (head) => heads.push(head) });
    expect(heads).toHaveLength(1);
    expect(heads[0]).toMatchObject({ headerRow: 1, columns: ['Name', 'City'] });
  });

  it.each([
    ['UTF-8 without a mark', Buffer.from('Näme,Ort\nJosé 😀,Köln\n', 'utf8')],
    ['UTF-8 with a mark', Buffer.from('\uFEFFNäme,Ort\nJosé 😀,Köln\n', 'utf8')],
    ['UTF-16LE with a mark', Buffer.from('\uFEFFNäme,Ort\nJosé 😀,Köln\n', 'utf16le')],
    ['UTF-16BE with a mark', Buffer.from('\uFEFFNäme,Ort\nJosé 😀,Köln\n', 'utf16le').swap16()],
    ['UTF-16LE without a mark', Buffer.from('Näme,Ort\nJosé 😀,Köln\n', 'utf16le')],
  ])('ANA-002: reads %s, cut at every byte', async (_, bytes) => {
    for (let chunk = 1; chunk <= bytes.length; chunk += 1) {
      const { facts, texts } = await readTable(bytes, {}, chunk);
      expect(facts.columns.map(({ name }) => name)).toEqual(['Näme', 'Ort']);
      expect(texts).toEqual([['José 😀', 'Köln']]);
    }
  });

  it('ANA-002: bytes that are not UTF-8 refuse the file, naming the line, and are never replaced', async () => {
    const bytes = Buffer.concat([Buffer.from('a,b\n1,2\n"x\ny",'), Buffer.from([0xe9]), Buffer.from(',z\n')]);
    for (const chunk of [1, 2, 7, 1_000]) {
      await expect(readTable(bytes, {}, chunk)).rejects.toEqual(rejection('TEXT_UNDECODABLE', { encoding: 'UTF-8', line: 4 }));
    }
    await expect(readTable(Buffer.concat([Buffer.from('a,b\n1,'), Buffer.from('é').subarray(0, 1)]))).rejects.toEqual(rejection('TEXT_UNDECODABLE', { line: 2 }));
    await expect(readTable(Buffer.concat([Buffer.from('\uFEFFa,b\n1,2', 'utf16le'), Buffer.from([65])]))).rejects.toEqual(rejection('TEXT_UNDECODABLE', { encoding: 'UTF-16LE' }));
  });

  it('ANA-004: names duplicate and blank headers, and keeps what the file says', async () => {
    const { facts } = await readTable('Name,Name,,Name (2),Name, \nx,x,x,x,x,x\n');
    expect(facts.columns.map(({ name }) => name)).toEqual(['Name', 'Name (3)', 'Column C', 'Name (2)', 'Name (4)', 'Column F']);
    expect(facts.columns.map(({ header }) => header)).toEqual(['Name', 'Name', '', 'Name (2)', 'Name', ' ']);
    expect(new Set(facts.columns.map(({ name }) => name)).size).toBe(6);
  });

  it('ANA-004: takes the first row that is not blank; a chosen row or none overrides it', async () => {
    const text = '\n,\nName,City\nAnn,Springfield\n';
    expect((await readTable(text)).facts.headerRow.value).toBe(3);
    const chosen = await readTable('List of clients\n\nName,City\nAnn,X\n', { overrides: { headerRow: 3 } });
    expect(chosen.facts.headerRow).toEqual({ value: 3, confidence: 1 });
    expect(chosen.rows).toMatchObject([{ row: 1, line: 4 }]);
    const none = await readTable('1,2\n3,4\n', { overrides: { headerRow: 'NONE' } });
    expect(none.facts.columns.map(({ name }) => name)).toEqual(['A', 'B']);
    expect(none.texts).toEqual([['1', '2'], ['3', '4']]);
    const beyond = await readTable(text, { overrides: { headerRow: 9 } });
    expect(beyond.facts.question).toEqual({ code: 'HEADER_NOT_FOUND' });
    expect(beyond.texts).toEqual([['Name', 'City'], ['Ann', 'Springfield']]);
  });

  it.each([
    ['numbers and dates', '1,2019-03-04,5.5\n2,2019-03-05,6.5\n'],
    ['a row of data', 'Ann,ann@example.test,(555) 010-1234\nBob,bob@example.test,(555) 010-5678\n'],
    ['a title above the table', 'Clients of 2024,\nName,City,Zip\nAnn,X,1\n'],
  ])('ANA-004: asks for the header of %s with HEADER_NOT_FOUND, and shows every row with its line', async (_, text) => {
    const { facts, rows } = await readTable(text);
    expect(facts).toMatchObject({ question: { code: 'HEADER_NOT_FOUND' }, headerRow: { value: 0, confidence: 0 } });
    expect(facts.columns[0]?.name).toBe('A');
    expect(rows.map(({ line }) => line)).toEqual(text.trim().split('\n').map((_line, index) => index + 1));
  });

  it('ANA-004: a year may name a column', async () => {
    expect((await readTable('Client,2023,2024\nAnn,1,2\n')).facts.columns.map(({ name }) => name)).toEqual(['Client', '2023', '2024']);
  });

  it.each([
    ['FILE_EMPTY', ''],
    ['FILE_EMPTY', '\n \n,,\n'],
    ['FILE_NO_ROWS', 'Name,City\n'],
    ['FILE_NO_ROWS', 'Name,City\n,\n\n'],
    ['QUOTE_UNCLOSED', 'Name,City\nAnn,"X\n'],
  ])('FIL-008: %s', async (code, text) => {
    await expect(readTable(text)).rejects.toEqual(rejection(code));
  });

  it('FIL-008: too many rows and columns are refused with their numbers', async () => {
    await expect(readTable(`Name\n${'x\n'.repeat(12)}`, { limits: { textRowsMax: 10 } })).rejects.toEqual(rejection('FILE_TOO_MANY_ROWS', { rows: 12, limit: 10 }));
    await expect(readTable('a,b,c,d\n1,2,3,4\n', { limits: { columnsMax: 3 } })).rejects.toEqual(rejection('FILE_TOO_MANY_COLUMNS', { n: 4, limit: 3 }));
  });

  it('FIL-009: pads a short row with a warning, fails a long one, lets blanks beyond the header be', async () => {
    const { rows } = await readTable('a,b,c\n1\n1,2,3,4,,5\n1,2,3,, ,\n');
    expect(rows[0]).toMatchObject({ cells: [{ text: '1' }, { text: '' }, { text: '' }], issues: [{ code: 'ROW_SHORT', severity: 'WARNING', params: { n: 2 } }] });
    expect(rows[1]).toMatchObject({ issues: [{ code: 'ROW_TOO_LONG', severity: 'ERROR', params: { n: 3 } }] });
    expect(rows[1]?.cells.map(({ text }) => text)).toEqual(['1', '2', '3', '4', '', '5']);
    expect(rows[2]).toMatchObject({ cells: [{ text: '1' }, { text: '2' }, { text: '3' }], issues: [] });
  });

  it('FIL-009: a blank row between data is a row, blank rows at the end are not', async () => {
    const { facts, rows } = await readTable('a,b\n1,2\n\n,\u00a0\u200b\n3,4\n\n,,\n \n');
    expect(facts).toMatchObject({ rows: 4, blankRows: 2, blankRowsAtEnd: 3 });
    expect(rows.map(({ row, line, blank, issues }) => [row, line, blank, issues.length])).toEqual([[1, 2, false, 0], [2, 3, true, 0], [3, 4, true, 0], [4, 5, false, 0]]);
  });

  it('FIL-009: keeps the line breaks of cells', async () => {
    expect((await readTable('a,b\n"x\r\ny\n",2\n')).texts).toEqual([['x\r\ny\n', '2']]);
  });

  it('FIL-010: NUL and lone surrogates and long cells are errors of their cell; formulas are text', async () => {
    const { rows } = await readTable(`a,b\n1,x\0y\n=1+1,${'z'.repeat(12)}\n`, { limits: { textCellCharsMax: 11 } });
    expect(rows[0]?.issues).toEqual([{ code: 'CELL_INVALID_CHAR', severity: 'ERROR', column: 1, params: { code: 'U+0000' } }]);
    expect(rows[1]).toMatchObject({ cells: [{ text: '=1+1' }, {}], issues: [{ code: 'CELL_TOO_LONG', column: 1, params: { n: 12, limit: 11 } }] });
    const lone = await readTable(Buffer.concat([Buffer.from('\uFEFFa,b\n1,x', 'utf16le'), Buffer.from([0x00, 0xd8])]));
    expect(lone.rows[0]?.issues).toMatchObject([{ code: 'CELL_INVALID_CHAR', column: 1, params: { code: 'U+D800' } }]);
  });

  it('FIL-011: leading zeros and everything else stay as they are', async () => {
    expect((await readTable('zip,no\n02134, 000123 \n')).texts).toEqual([['02134', ' 000123 ']]);
  });

  it('ANA-007: warns of a file that ends exactly at the limit of an old format', async () => {
    const { facts } = await readTable(`Name\n${'x\n'.repeat(65_535)}`);
    expect(facts.warnings).toEqual([{ code: 'FILE_ROWS_AT_FORMAT_LIMIT' }]);
    expect((await readTable(`Name\n${'x\n'.repeat(65_534)}`)).facts.warnings).toEqual([]);
  });

  it('gives batches of at most 500 rows, the rows from one on, and stops when aborted', async () => {
    const source = bufferSource(Buffer.from(`Name\n${Array.from({ length: 1_201 }, (_, index) => `n${index + 1}\n`).join('')}`), 100);
    const facts = await analyseFile(source, { fileName: 'a.csv' });
    const sizes: number[] = [];
    for await (const batch of readRows(source, facts)) sizes.push(batch.length);
    expect(sizes).toEqual([500, 500, 201]);
    const later: string[] = [];
    for await (const batch of readRows(source, facts, { fromRow: 1_200 })) later.push(...batch.map(({ row, cells }) => `${row} ${cells[0]?.text}`));
    expect(later).toEqual(['1200 n1200', '1201 n1201']);
    const abort = new AbortController();
    const reading = readRows(source, facts, { signal: abort.signal });
    await reading.next();
    abort.abort(new Error('cancelled'));
    await expect((async () => { for await (const _ of reading) void _; })()).rejects.toThrow('cancelled');
  });

  it('facts survive being kept as JSON', async () => {
    const source = bufferSource(Buffer.from('Name;City\nAnn;X\n'));
    const facts = JSON.parse(JSON.stringify(await analyseFile(source, { fileName: 'a.csv' })));
    for await (const batch of readRows(source, facts)) expect(batch[0]?.cells).toEqual([{ text: 'Ann' }, { text: 'X' }]);
  });
});
