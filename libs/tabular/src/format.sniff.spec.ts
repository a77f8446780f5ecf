import { gzipSync } from 'node:zlib';
import { bufferSource } from './byte.source.js';
import { sniffFormat, sniffSource } from './format.sniff.js';
import { textRow, workbookOf, zipOf } from './table.fixture.js';

const sniff = (content: Buffer | string, fileName: string): ReturnType<typeof sniffFormat> => sniffFormat(Buffer.from(content), undefined, fileName);
const OLE = Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);

/** An OLE file whose directory, in the sector after `sector`, names one stream. */
function oleFile(stream: string, sector = 0): Buffer {
  const file = Buffer.alloc(512 * (sector + 2));
  OLE.copy(file);
  file.writeUInt16LE(9, 30);
  file.writeUInt32LE(sector, 48);
  file.write(stream, 512 * (sector + 1), 'utf16le');
  return file;
}

describe('telling the format by content', () => {
  it.each([
    ['clients.csv', 'a,b\n1,2\n', 'CSV', false],
    ['clients.TXT', 'a;b\n1;2\n', 'CSV', false],
    ['clients.txt', 'a\tb\n1\t2\n', 'TSV', false],
    ['clients.tab', 'a\tb\n1\t2\n', 'TSV', false],
    ['clients', 'a,b\n1,2\n', 'CSV', false],
    ['clients.csv', 'a\tb\n1\t2\n', 'TSV', true],
    ['clients.xlsx', 'a,b\n1,2\n', 'CSV', true],
    ['clients.xls', 'a,b\n1,2\n', 'CSV', true],
  ])('FIL-001: %s holding %j is %s', (fileName, text, format, extensionMismatch) => {
    expect(sniff(text, fileName)).toMatchObject({ format, extensionMismatch });
  });

  it('FIL-001: names the extension and the content in the warning', () => {
    expect(sniff('a\tb\n1\t2\n', 'clients.csv').warning).toEqual({ code: 'FILE_EXTENSION_MISMATCH', params: { ext: '.csv', found: 'TSV' } });
  });

  it('FIL-001: a workbook is XLSX whatever it is called', async () => {
    const workbook = await workbookOf({ sheets: [textRow(1, 'a')] });
    expect(sniff(workbook, 'clients.xlsm')).toMatchObject({ format: 'XLSX', extensionMismatch: false });
    expect(sniff(workbook, 'clients.csv')).toMatchObject({ format: 'XLSX', extensionMismatch: true });
  });

  it.each([
    ['a PDF', '%PDF-1.7\n…', 'a PDF document'],
    ['a web page named .xls', '\n<html><table><tr><td>a</td></tr></table></html>', 'a web page (HTML)'],
    ['a web page with a doctype', '<!DOCTYPE html><html></html>', 'a web page (HTML)'],
    ['an XML spreadsheet', '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', 'an XML spreadsheet'],
    ['JSON', '[{"name": "Ann"}]', 'a JSON file'],
    ['a vCard', 'BEGIN:VCARD\r\nFN:Ann', 'a vCard file'],
    ['RTF', '{\\rtf1 hello}', 'an RTF document'],
    ['a gzip archive', gzipSync('a,b'), 'a gzip archive'],
    ['BIFF without a container', Buffer.from([0x09, 0x08, 0x10, 0, 0, 6]), 'an Excel 97–2003 workbook (.xls)'],
    ['noise', Buffer.from(Array.from({ length: 300 }, (_, index) => (index * 7) % 32)), 'a binary file'],
  ])('FIL-001: refuses %s', (_, content, found) => {
    expect(() => sniff(content, 'clients.xls')).toThrow(expect.objectContaining({ code: 'FILE_FORMAT_UNSUPPORTED', params: { found } }));
  });

  it.each([
    ['a Word document', { '[Content_Types].xml': '<Types/>', 'word/document.xml': '<w/>' }, 'a Word document'],
    ['a presentation', { 'ppt/presentation.xml': '<p/>' }, 'a PowerPoint presentation'],
    ['XLSB', { '[Content_Types].xml': '<Types/>', 'xl/workbook.bin': 'x' }, 'an Excel binary workbook (.xlsb)'],
    ['Numbers', { 'Index/Document.iwa': 'x' }, 'an Apple Numbers or Pages document'],
    ['another archive', { 'readme.txt': 'x' }, 'a ZIP archive'],
  ])('FIL-001: refuses %s', async (_, files, found) => {
    const archive = await zipOf(files);
    expect(() => sniff(archive, 'clients.xlsx')).toThrow(expect.objectContaining({ code: 'FILE_FORMAT_UNSUPPORTED', params: { found } }));
  });

  it('FIL-001: refuses ODS, which names itself in its first part, whatever letters its packed data hold', () => {
    const head = Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(26), Buffer.from('mimetypeapplication/vnd.oasis.opendocument.spreadsheet…xl/…ppt/')]);
    expect(() => sniff(head, 'clients.ods')).toThrow(expect.objectContaining({ params: { found: 'an OpenDocument spreadsheet (.ods)' } }));
  });

  it('FIL-008: a workbook with a password is FILE_ENCRYPTED, wherever its directory lies', async () => {
    for (const sector of [0, 300]) {
      await expect(sniffSource(bufferSource(oleFile('EncryptedPackage', sector)), 'clients.xlsx')).rejects.toMatchObject({ code: 'FILE_ENCRYPTED' });
    }
    await expect(sniffSource(bufferSource(oleFile('Workbook', 300)), 'clients.xls')).rejects.toMatchObject({ code: 'FILE_FORMAT_UNSUPPORTED', params: { found: 'an Excel 97–2003 workbook (.xls)' } });
    await expect(sniffSource(bufferSource(OLE), 'clients.xls')).rejects.toMatchObject({ code: 'FILE_CORRUPT' });
  });

  it('FIL-008: no bytes are FILE_EMPTY', async () => {
    await expect(sniffSource(bufferSource(Buffer.alloc(0)), 'clients.csv')).rejects.toMatchObject({ code: 'FILE_EMPTY' });
  });
});
