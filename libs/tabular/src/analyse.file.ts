import { isDomainError, type Code } from '@caseledger/errors';
import type { ByteSource } from './byte.source.js';
import { findDialect } from './csv.dialect.js';
import { csvRows } from './csv.rows.js';
import type { FileFacts, FileFormat, FileWarning, TextFacts, WorkbookFacts } from './file.facts.js';
import { DEFAULT_LIMITS, type TabularLimits } from './file.limits.js';
import { sniffSource } from './format.sniff.js';
import { TableAnalysis, type TableHead } from './table.analysis.js';
import { decodeHead, guessEncoding } from './text.decoder.js';
import { chooseSheet, holdsRows, openWorkbook, type WorkbookReading } from './xlsx.reading.js';

/** How much of a text file is looked at to find its delimiter. */
const DIALECT_BYTES = 1024 * 1024;

/** What the user decides instead of the analysis; each has confidence 1 in the facts. */
export interface FileOverrides {
  /** Name of the sheet to read; may be a hidden one. */
  readonly sheet?: string;
  /** One character. */
  readonly delimiter?: string;
  /** Physical line (CSV, TSV) or sheet row (XLSX) of the header; NONE names the columns A, B, C… */
  readonly headerRow?: number | 'NONE';
}

export interface AnalyseOptions {
  readonly fileName: string;
  readonly limits?: Partial<TabularLimits>;
  readonly overrides?: FileOverrides;
  readonly signal?: AbortSignal;
  /** Called once the header and the first rows are known; the rest of the file is still being read (ANA-001). */
  readonly onHead?: (head: TableHead) => void;
}

/**
 * Reads a whole file once and tells what it is (ANA-001 to ANA-007). Memory does not grow with the file, but for a
 * workbook's table of strings, which has its own limit.
 * What it cannot decide it asks by `question` in the facts, an override that names no header row included.
 * Throws the refusals of FIL-008, `FILE_FORMAT_UNSUPPORTED`, `TEXT_UNDECODABLE` {encoding, line}, and `NOT_FOUND` for a
 * sheet that is not there.
 */
export async function analyseFile(source: ByteSource, options: AnalyseOptions): Promise<FileFacts> {
  try {
    return await analyseAs(source, options);
  } catch (thrown) {
    if (!isCode(thrown, 'HEADER_NOT_FOUND')) throw thrown;
    // The rows are shown from the first one on, so that one of them can be chosen.
    const facts = await analyseAs(source, { ...options, overrides: { ...options.overrides, headerRow: 'NONE' } });
    return { ...facts, headerRow: { value: 0, confidence: 0 }, question: { code: 'HEADER_NOT_FOUND' } };
  }
}

async function analyseAs(source: ByteSource, options: AnalyseOptions): Promise<FileFacts> {
  const sniffed = await sniffSource(source, options.fileName);
  const limits: TabularLimits = { ...DEFAULT_LIMITS, ...options.limits };
  const warnings = sniffed.warning === undefined ? [] : [sniffed.warning];
  return sniffed.format === 'XLSX' ? analyseWorkbook(source, limits, warnings, options) : analyseText(source, limits, warnings, options);
}

async function analyseText(source: ByteSource, limits: TabularLimits, warnings: readonly FileWarning[], options: AnalyseOptions): Promise<FileFacts> {
  const text = await findTextFacts(source, options.overrides?.delimiter);
  const format: FileFormat = text.delimiter.value === '\t' ? 'TSV' : 'CSV';
  const analysis = tableAnalysis(options, limits, false);
  for await (const rows of csvRows(source, text, limits, options.signal)) {
    for (const row of rows) analysis.add(row);
  }
  const table = analysis.finish();
  return { factsVersion: 1, format: { value: format, confidence: 1 }, text, ...table, warnings: [...warnings, ...table.warnings], limits };
}

async function findTextFacts(source: ByteSource, delimiter: string | undefined): Promise<TextFacts> {
  const head = await source.read(0, DIALECT_BYTES);
  const guess = guessEncoding(head);
  // Undecodable bytes refuse the file when it is read, where their line is known.
  const dialect = findDialect(decodeHead(head, guess) ?? '', head.length >= source.size);
  if (delimiter !== undefined && (delimiter.length !== 1 || '"\r\n'.includes(delimiter))) throw new RangeError('A delimiter is one character, no quote and no line end');
  return {
    encoding: { value: guess.encoding, confidence: guess.confidence },
    bomBytes: guess.bomBytes,
    delimiter: delimiter === undefined ? dialect.delimiter : { value: delimiter, confidence: 1 },
    quote: { value: '"', confidence: 1 },
    lineEnd: dialect.lineEnd,
    sepLine: dialect.sepLine,
  };
}

async function analyseWorkbook(source: ByteSource, limits: TabularLimits, warnings: readonly FileWarning[], options: AnalyseOptions): Promise<FileFacts> {
  const reading = await openWorkbook(source, limits, options.signal);
  try {
    return await analyseSheet(reading, limits, warnings, options);
  } catch (thrown) {
    if (!isCode(thrown, 'FILE_EMPTY') || !(await holdsRows(reading))) throw thrown;
    const { sheets, epoch } = reading.workbook;
    const workbook: WorkbookFacts = { sheets: sheets.map(({ name, hidden }) => ({ name, hidden })), sheet: { value: '', confidence: 0 }, epoch };
    return { ...facts(workbook, limits, warnings), ...NO_TABLE, question: { code: 'REQUIRED_MISSING', params: { field: 'The choice of a sheet that holds rows' } } };
  } finally {
    reading.close();
  }
}

async function analyseSheet(reading: WorkbookReading, limits: TabularLimits, warnings: readonly FileWarning[], options: AnalyseOptions): Promise<FileFacts> {
  const workbook = await chooseSheet(reading, options.overrides?.sheet, limits);
  const analysis = tableAnalysis(options, limits, true);
  for await (const rows of reading.rows(workbook.sheet.value)) {
    for (const row of rows) analysis.add(row);
  }
  const table = analysis.finish();
  return { ...facts(workbook, limits, warnings), ...table, warnings: [...warnings, ...table.warnings] };
}

const NO_TABLE = { headerRow: { value: 0, confidence: 0 }, dataAfter: 0, columns: [], rows: 0, blankRows: 0, blankRowsAtEnd: 0 };

function facts(workbook: WorkbookFacts, limits: TabularLimits, warnings: readonly FileWarning[]) {
  return { factsVersion: 1, format: { value: 'XLSX', confidence: 1 }, workbook, warnings, limits } as const;
}

function isCode(thrown: unknown, code: Code): boolean {
  return isDomainError(thrown) && thrown.code === code;
}

function tableAnalysis({ overrides, onHead }: AnalyseOptions, limits: TabularLimits, isSheet: boolean): TableAnalysis {
  const rowsMax = isSheet ? limits.sheetRowsMax : limits.textRowsMax;
  const headerRow = overrides?.headerRow;
  return new TableAnalysis(headerRow === undefined ? { limits, rowsMax, isSheet } : { limits, rowsMax, isSheet, headerRow }, onHead);
}
