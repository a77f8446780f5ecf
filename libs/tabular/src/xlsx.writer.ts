import { validation } from '@caseledger/errors';
import { columnLetters } from './cell.text.js';
import type { TextRows } from './csv.writer.js';
import { zipParts, type ZipPart } from './zip.writer.js';

/** Rows of a sheet, its header among them. */
const SHEET_ROWS_MAX = 1_048_576;
const CELL_CHARS_MAX = 32_767;
const PIECE_CHARS = 64 * 1024;
const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const SHEET_TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

export interface XlsxWriterOptions {
  /** Name of the first sheet, `Rows` if absent; the next are `Rows 2` and so on. */
  readonly sheetName?: string;
  readonly header: readonly string[];
  /** Rows of a sheet with its header; only tests need another number. */
  readonly sheetRowsMax?: number;
  /**
   * What to write for a text over Excel's limit of 32,767 characters; if absent such a text is refused with
   * `CELL_TOO_LONG`. @param row counted from 1 below the header @param column counted from 0
   */
  readonly onCellTooLong?: (text: string, row: number, column: number) => string;
}

/**
 * Writes rows as a workbook in which every cell is text: nothing is taken for a number, a date or a formula, so no
 * guard is needed (EXP-011). Rows beyond the limit of a sheet go on in the next one, each with the header.
 */
export function xlsxWriter(options: XlsxWriterOptions): (rows: TextRows) => AsyncGenerator<Buffer> {
  return (rows) => zipParts(partsOf(rows, options));
}

async function* partsOf(rows: TextRows, options: XlsxWriterOptions): AsyncGenerator<ZipPart> {
  const { sheetRowsMax = SHEET_ROWS_MAX } = options;
  const cursor = new RowCursor(rows);
  let sheets = 0;
  try {
    do {
      sheets += 1;
      yield { path: `xl/worksheets/sheet${sheets}.xml`, text: sheetText(cursor, options, sheetRowsMax) };
    } while (!(await cursor.isAtEnd()));
  } finally {
    await cursor.close();
  }
  yield { path: 'xl/workbook.xml', text: [workbookText(sheets, options.sheetName ?? 'Rows')] };
  yield { path: 'xl/_rels/workbook.xml.rels', text: [workbookRelations(sheets)] };
  yield { path: 'xl/styles.xml', text: [STYLES] };
  yield { path: '_rels/.rels', text: [PACKAGE_RELATIONS] };
  yield { path: '[Content_Types].xml', text: [contentTypes(sheets)] };
}

/** The rows, taken one by one over several sheets, with a look at whether there is one more. */
class RowCursor {
  private readonly rows: AsyncIterator<readonly string[]> | Iterator<readonly string[]>;
  private ahead: IteratorResult<readonly string[]> | undefined;
  private taken = 0;

  constructor(rows: TextRows) {
    this.rows = Symbol.asyncIterator in rows ? rows[Symbol.asyncIterator]() : rows[Symbol.iterator]();
  }

  async isAtEnd(): Promise<boolean> {
    this.ahead ??= await this.rows.next();
    return this.ahead.done === true;
  }

  /** Lets go of the rows, whether or not all were taken. */
  async close(): Promise<void> {
    await this.rows.return?.();
  }

  /** The next row and its number; not to be called at the end. */
  take(): { row: readonly string[]; number: number } {
    const row: readonly string[] = this.ahead?.done === false ? this.ahead.value : [];
    this.ahead = undefined;
    this.taken += 1;
    return { row, number: this.taken };
  }
}

async function* sheetText(cursor: RowCursor, options: XlsxWriterOptions, rowsMax: number): AsyncGenerator<string> {
  let text = `${XML}<worksheet xmlns="${MAIN}"><sheetData>${rowText(options.header, 1, 0, options)}`;
  for (let position = 2; position <= rowsMax && !(await cursor.isAtEnd()); position += 1) {
    const { row, number } = cursor.take();
    text += rowText(row, position, number, options);
    if (text.length < PIECE_CHARS) continue;
    yield text;
    text = '';
  }
  yield `${text}</sheetData></worksheet>`;
}

function rowText(row: readonly string[], position: number, number: number, options: XlsxWriterOptions): string {
  let text = `<row r="${position}">`;
  for (let column = 0; column < row.length; column += 1) {
    const cell = row[column] ?? '';
    if (cell.length === 0) continue;
    const fitting = cell.length <= CELL_CHARS_MAX ? cell : shortened(cell, number, column, options);
    text += `<c r="${columnLetters(column)}${position}" s="1" t="inlineStr"><is><t xml:space="preserve">${escapeText(fitting)}</t></is></c>`;
  }
  return `${text}</row>`;
}

function shortened(text: string, row: number, column: number, { onCellTooLong }: XlsxWriterOptions): string {
  const instead = onCellTooLong?.(text, row, column);
  if (instead === undefined || instead.length > CELL_CHARS_MAX) throw validation('CELL_TOO_LONG', { n: text.length, limit: CELL_CHARS_MAX });
  return instead;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** XML has no place for control characters and lone surrogates, and turns CR into LF: Excel writes them `_x000D_`. */
function escapeText(text: string): string {
  return text
    .replace(/_(?=x[0-9a-f]{4}_)/gi, '_x005F_')
    .replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character)
    .replace(/[\0-\x08\x0b-\x1f\ufffe\uffff]|\p{Surrogate}/gu, (character) => `_x${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`);
}

function workbookText(sheets: number, name: string): string {
  const names = Array.from({ length: sheets }, (_, index) => (index === 0 ? name : `${name} ${index + 1}`));
  const list = names.map((each, index) => `<sheet name="${escapeText(each)}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`).join('');
  return `${XML}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets>${list}</sheets></workbook>`;
}

function workbookRelations(sheets: number): string {
  const list = Array.from({ length: sheets }, (_, index) => relation(index + 1, 'worksheet', `worksheets/sheet${index + 1}.xml`)).join('');
  return `${XML}<Relationships xmlns="${PACKAGE}/relationships">${list}${relation(sheets + 1, 'styles', 'styles.xml')}</Relationships>`;
}

function relation(id: number, type: string, target: string): string {
  return `<Relationship Id="rId${id}" Type="${OFFICE}/${type}" Target="${target}"/>`;
}

const PACKAGE_RELATIONS = `${XML}<Relationships xmlns="${PACKAGE}/relationships">${relation(1, 'officeDocument', 'xl/workbook.xml')}</Relationships>`;

/** Format 49 is text: a cell that is edited in Excel stays text. */
const STYLES =
  `${XML}<styleSheet xmlns="${MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders>` +
  '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf/><xf numFmtId="49" applyNumberFormat="1"/></cellXfs></styleSheet>';

function contentTypes(sheets: number): string {
  const override = (path: string, type: string): string => `<Override PartName="/xl/${path}" ContentType="${SHEET_TYPE}.${type}+xml"/>`;
  const list = Array.from({ length: sheets }, (_, index) => override(`worksheets/sheet${index + 1}.xml`, 'worksheet')).join('');
  return (
    `${XML}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
    `<Default Extension="xml" ContentType="application/xml"/>${override('workbook.xml', 'sheet.main')}${override('styles.xml', 'styles')}${list}</Types>`
  );
}
