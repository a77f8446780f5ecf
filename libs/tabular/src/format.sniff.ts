import { validation } from '@caseledger/errors';
import type { ByteSource } from './byte.source.js';
import { findDialect } from './csv.dialect.js';
import type { FileFormat, FileWarning } from './file.facts.js';
import { corruptFile, unsupported } from './file.faults.js';
import { decodeHead, guessEncoding } from './text.decoder.js';

/** Bytes of the beginning and of the end that are enough to tell a format. */
export const SNIFF_BYTES = 64 * 1024;
const OLE = Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);

/** What a file is by its content, and whether its name says otherwise (FIL-001). */
export interface SniffedFormat {
  readonly format: FileFormat;
  readonly extensionMismatch: boolean;
  /** The warning to show for a mismatch. */
  readonly warning?: FileWarning;
}

/** Kinds that are recognised in order to be named when they are refused. */
const SIGNATURES: readonly { readonly bytes: Buffer; readonly found: string }[] = [
  { bytes: Buffer.from('%PDF'), found: 'a PDF document' },
  { bytes: Buffer.from('{\\rtf'), found: 'an RTF document' },
  { bytes: Buffer.from('BEGIN:VCARD'), found: 'a vCard file' },
  { bytes: Buffer.from('BEGIN:VCALENDAR'), found: 'a calendar file' },
  { bytes: Buffer.from([0x1f, 0x8b]), found: 'a gzip archive' },
  { bytes: Buffer.from('BZh'), found: 'a bzip2 archive' },
  { bytes: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), found: 'a Zstandard archive' },
  { bytes: Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a]), found: 'an XZ archive' },
  { bytes: Buffer.from([0x37, 0x7a, 0xbc, 0xaf]), found: 'a 7z archive' },
  { bytes: Buffer.from('Rar!'), found: 'a RAR archive' },
  { bytes: Buffer.from([0x89, 0x50, 0x4e, 0x47]), found: 'an image' },
  { bytes: Buffer.from([0xff, 0xd8, 0xff]), found: 'an image' },
  { bytes: Buffer.from('GIF8'), found: 'an image' },
  { bytes: Buffer.from('PAR1'), found: 'a Parquet file' },
  { bytes: Buffer.from('SQLite format 3\0'), found: 'an SQLite database' },
  { bytes: Buffer.from([0x09, 0x08]), found: 'an Excel 97–2003 workbook (.xls)' },
  { bytes: Buffer.from([0x09, 0x04, 0x06]), found: 'an old Excel workbook (.xls)' },
  { bytes: Buffer.from([0x09, 0x02, 0x06]), found: 'an old Excel workbook (.xls)' },
  { bytes: Buffer.from([0x09, 0x00, 0x04, 0x00]), found: 'an old Excel workbook (.xls)' },
];

/** A whole name: three letters alone also occur in packed data. */
const WORKBOOK_PART = /xl[/\\](?:_rels|workbook|worksheets|sharedStrings|styles|theme)/i;

/** Parts of an archive that show what it is, by name. */
const ARCHIVES: readonly { readonly part: string; readonly found: string }[] = [
  { part: 'xl/workbook.bin', found: 'an Excel binary workbook (.xlsb)' },
  { part: 'word/document.xml', found: 'a Word document' },
  { part: 'ppt/presentation.xml', found: 'a PowerPoint presentation' },
  { part: 'application/vnd.oasis.opendocument.spreadsheet', found: 'an OpenDocument spreadsheet (.ods)' },
  { part: 'application/vnd.oasis.opendocument', found: 'an OpenDocument file' },
  { part: 'Index/Document.iwa', found: 'an Apple Numbers or Pages document' },
];

const EXTENSIONS: Readonly<Record<string, readonly FileFormat[]>> = {
  csv: ['CSV'],
  txt: ['CSV', 'TSV'],
  tsv: ['TSV'],
  tab: ['TSV'],
  xlsx: ['XLSX'],
  xlsm: ['XLSX'],
};

/**
 * Tells the format by content alone.
 * @param head the first bytes, `SNIFF_BYTES` of them or the whole file
 * @param tail the last bytes, for archives; may be left out for a file that fits `head`
 * Throws `FILE_EMPTY`, `FILE_ENCRYPTED`, `FILE_CORRUPT` and `FILE_FORMAT_UNSUPPORTED` {found} (FIL-001, FIL-008).
 */
export function sniffFormat(head: Buffer, tail: Buffer | undefined, fileName: string): SniffedFormat {
  if (head.length === 0) throw validation('FILE_EMPTY');
  return named(contentFormat(head, tail ?? head), fileName);
}

/** As `sniffFormat`, reading what it needs. */
export async function sniffSource(source: ByteSource, fileName: string): Promise<SniffedFormat> {
  const head = await source.read(0, SNIFF_BYTES);
  const tail = source.size > SNIFF_BYTES ? await source.read(source.size - SNIFF_BYTES, SNIFF_BYTES) : head;
  const directory = head.subarray(0, OLE.length).equals(OLE) ? await oleDirectory(source, head) : Buffer.alloc(0);
  return sniffFormat(head, Buffer.concat([tail, directory]), fileName);
}

function contentFormat(head: Buffer, tail: Buffer): FileFormat {
  if (head.subarray(0, 4).equals(Buffer.from('PK\x03\x04', 'latin1'))) return archiveFormat(head, tail);
  if (head.subarray(0, OLE.length).equals(OLE)) throw oleFault(head, tail);
  const signature = SIGNATURES.find(({ bytes }) => head.subarray(0, bytes.length).equals(bytes));
  if (signature !== undefined) throw unsupported(signature.found);
  return textFormat(head);
}

function archiveFormat(head: Buffer, tail: Buffer): 'XLSX' {
  const names = head.toString('latin1') + tail.toString('latin1');
  const known = ARCHIVES.find(({ part }) => names.includes(part));
  // A workbook may embed documents: its own parts decide first, unless it is the binary kind.
  if (known?.part !== 'xl/workbook.bin' && WORKBOOK_PART.test(names)) return 'XLSX';
  if (known !== undefined) throw unsupported(known.found);
  if (names.includes('[Content_Types].xml')) return 'XLSX';
  throw unsupported('a ZIP archive');
}

/** A workbook with a password is an OLE file around an encrypted package; `.xls` is an OLE file too. */
function oleFault(head: Buffer, tail: Buffer): Error {
  const holds = (stream: string): boolean => [head, tail].some((bytes) => bytes.includes(Buffer.from(stream, 'utf16le')));
  if (holds('EncryptedPackage') || holds('EncryptionInfo')) return validation('FILE_ENCRYPTED');
  if (holds('Workbook') || holds('Book')) return unsupported('an Excel 97–2003 workbook (.xls)');
  if (holds('WordDocument')) return unsupported('a Word document');
  return head.length < 512 ? corruptFile('the beginning') : unsupported('an old Office document');
}

/** The first sector of an OLE file's directory, which names its streams and may lie anywhere. */
async function oleDirectory(source: ByteSource, head: Buffer): Promise<Buffer> {
  if (head.length < 512) return Buffer.alloc(0);
  const shift = Math.min(head.readUInt16LE(30), 12);
  const sector = head.readUInt32LE(48);
  return source.read((sector + 1) * 2 ** shift, 2 ** shift);
}

function textFormat(head: Buffer): 'CSV' | 'TSV' {
  const guess = guessEncoding(head);
  // Not UTF-8: the analysis names the line. The kind can be told from the bytes all the same.
  const text = decodeHead(head, guess) ?? head.toString('latin1');
  const start = text.slice(0, 2_048).trimStart();
  if (/^<(?:!doctype\s+html|html|head|body|table|meta|style)\b/i.test(start)) throw unsupported('a web page (HTML)');
  if (/^<\?xml/i.test(start)) {
    throw unsupported(start.includes('urn:schemas-microsoft-com:office:spreadsheet') ? 'an XML spreadsheet' : 'an XML file');
  }
  if (/^(?:\{\s*"|\[\s*[{["]|\{\s*\})/.test(start)) throw unsupported('a JSON file');
  if (looksBinary(text)) throw unsupported('a binary file');
  return findDialect(text, head.length < SNIFF_BYTES).delimiter.value === '\t' ? 'TSV' : 'CSV';
}

/** Text holds few control characters; a damaged text file with a handful of NULs is still text. */
function looksBinary(text: string): boolean {
  let controls = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 32 && code !== 9 && code !== 10 && code !== 13) controls += 1;
  }
  return controls > Math.max(8, text.length * 0.1);
}

const NAMES: Readonly<Record<FileFormat, string>> = { CSV: 'CSV', TSV: 'TSV', XLSX: 'Excel' };

function named(format: FileFormat, fileName: string): SniffedFormat {
  const dot = fileName.lastIndexOf('.');
  const extension = dot < 0 ? '' : fileName.slice(dot + 1).toLowerCase();
  if (extension === '' || EXTENSIONS[extension]?.includes(format)) return { format, extensionMismatch: false };
  const warning: FileWarning = { code: 'FILE_EXTENSION_MISMATCH', params: { ext: `.${extension}`, found: NAMES[format] } };
  return { format, extensionMismatch: true, warning };
}
