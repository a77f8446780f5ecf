import { analyseFile, type AnalyseOptions } from './analyse.file.js';
import { bufferSource } from './byte.source.js';
import type { FileFacts, FileRow } from './file.facts.js';
import { readRows } from './read.rows.js';
import { zipParts } from './zip.writer.js';

/** A file read as imports read it. */
export interface ReadTable {
  readonly facts: FileFacts;
  readonly rows: readonly FileRow[];
  /** The texts of the rows. */
  readonly texts: readonly (readonly string[])[];
}

/** Analyses and reads bytes or text. @param chunkBytes how the bytes arrive */
export async function readTable(content: Buffer | string, options: Partial<AnalyseOptions> = {}, chunkBytes?: number): Promise<ReadTable> {
  const source = bufferSource(Buffer.isBuffer(content) ? content : Buffer.from(content, 'utf8'), chunkBytes);
  const facts = await analyseFile(source, { fileName: 'clients.csv', ...options });
  const rows: FileRow[] = [];
  for await (const batch of readRows(source, facts)) rows.push(...batch);
  return { facts, rows, texts: rows.map(({ cells }) => cells.map(({ text }) => text)) };
}

export async function collect(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

/** What a workbook made by hand consists of; every part can be replaced or left out. */
export interface WorkbookParts {
  /** The content of `<sheetData>`, or the whole part if it begins with `<?xml`. */
  readonly sheets?: readonly (string | { readonly data: string; readonly name?: string; readonly state?: string })[];
  readonly strings?: string;
  /** The content of `<styleSheet>`. */
  readonly styles?: string;
  readonly date1904?: boolean;
  /** Further parts, or replacements, by path; undefined leaves one out. */
  readonly parts?: Readonly<Record<string, string | undefined>>;
}

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const RELATIONS = 'http://schemas.openxmlformats.org/package/2006/relationships';

/** Builds a workbook part by part, so that a spec says exactly what its XML holds. */
export async function workbookOf({ sheets = [], strings, styles, date1904 = false, parts = {} }: WorkbookParts): Promise<Buffer> {
  const all = sheets.map((sheet) => (typeof sheet === 'string' ? { data: sheet } : sheet));
  const relation = (id: string, type: string, target: string): string => `<Relationship Id="${id}" Type="${OFFICE}/${type}" Target="${target}"/>`;
  const files: Record<string, string | undefined> = {
    '[Content_Types].xml': '<Types/>',
    '_rels/.rels': `<Relationships xmlns="${RELATIONS}">${relation('rId1', 'officeDocument', 'xl/workbook.xml')}</Relationships>`,
    'xl/workbook.xml':
      `<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><workbookPr${date1904 ? ' date1904="1"' : ''}/><sheets>` +
      all.map(({ name, state }, index) => `<sheet name="${name ?? `Sheet${index + 1}`}" sheetId="${index + 1}"${state === undefined ? '' : ` state="${state}"`} r:id="s${index + 1}"/>`).join('') +
      '</sheets></workbook>',
    'xl/_rels/workbook.xml.rels':
      `<Relationships xmlns="${RELATIONS}">` +
      all.map((_, index) => relation(`s${index + 1}`, 'worksheet', `worksheets/sheet${index + 1}.xml`)).join('') +
      relation('st', 'styles', 'styles.xml') +
      relation('ss', 'sharedStrings', '/xl/sharedStrings.xml') +
      '</Relationships>',
    ...(strings === undefined ? {} : { 'xl/sharedStrings.xml': `<sst xmlns="${MAIN}">${strings}</sst>` }),
    ...(styles === undefined ? {} : { 'xl/styles.xml': `<styleSheet xmlns="${MAIN}">${styles}</styleSheet>` }),
  };
  all.forEach(({ data }, index) => {
    files[`xl/worksheets/sheet${index + 1}.xml`] = data.startsWith('<?xml') ? data : `<worksheet xmlns="${MAIN}"><sheetData>${data}</sheetData></worksheet>`;
  });
  return zipOf({ ...files, ...parts });
}

export async function zipOf(files: Readonly<Record<string, string | undefined>>): Promise<Buffer> {
  const parts = Object.entries(files).flatMap(([path, text]) => (text === undefined ? [] : [{ path, text: [text] }]));
  return collect(zipParts(parts));
}

/** A row of inline strings. */
export function textRow(position: number, ...texts: readonly string[]): string {
  const cells = texts.map((text) => `<c t="inlineStr"><is><t>${text}</t></is></c>`);
  return `<row r="${position}">${cells.join('')}</row>`;
}
