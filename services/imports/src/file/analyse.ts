import type { importsV1 } from '@caseledger/contracts';
import { validation, type DomainError, type RowIssue } from '@caseledger/errors';
import { analyseFile, columnLetters, type ByteSource, type ColumnFacts, type FileFacts, type FileOverrides, type FileRow } from '@caseledger/tabular';
import { DateOrderProof } from '@caseledger/normalise';
import { proposeMapping, type MappedColumn, type Proposal } from './mapping.js';
import type { AnalysisOverride, ImportType } from '../import/import.events.js';
import { toProtoIssue } from './row-reading.js';

/** What is kept of an analysis, sealed: samples are personal data. Versioned like everything stored. */
export interface StoredAnalysis {
  readonly version: 1;
  readonly facts: FileFacts;
  /** By column, for date columns: PROVEN_US, PROVEN_EU, MIXED_US, MIXED_EU or UNPROVEN. */
  readonly dateOrders: Readonly<Record<number, string>>;
  /** Hash of the object with the first rows (PRE-001). */
  readonly previewSha256: string;
}

/** An uploaded file and how its user wants it read. */
export interface FileToRead {
  readonly fileName: string;
  readonly override: AnalysisOverride;
}

/** Limits of an installation for the files it takes. */
export interface FileReadLimits {
  readonly rows: number;
  readonly columns: number;
  readonly cellCharacters: number;
}

/** Reads an uploaded file under its overrides, the same for the analysis and for each reading after it. */
export function factsOf(source: ByteSource, { fileName, override }: FileToRead, limits: FileReadLimits, signal: AbortSignal): Promise<FileFacts> {
  const { rows, columns, cellCharacters } = limits;
  return analyseFile(source, {
    fileName,
    limits: { textRowsMax: rows, columnsMax: columns, textCellCharsMax: cellCharacters },
    overrides: overridesOf(override),
    signal,
  });
}

function overridesOf({ delimiter, sheet, headerRow }: AnalysisOverride): FileOverrides {
  return {
    ...(delimiter === '' ? {} : { delimiter }),
    ...(sheet === '' ? {} : { sheet }),
    ...(headerRow === 0 ? {} : { headerRow: headerRow < 0 ? ('NONE' as const) : headerRow }),
  };
}

/**
 * Checks a choice against what is known of the file, before it costs the findings.
 * @throws DomainError VALUE_NOT_ALLOWED naming the choice: a sheet that is not there, or one of the other kind of file
 */
export function checkOverride({ delimiter, sheet, headerRow }: AnalysisOverride, { workbook }: FileFacts): void {
  const isOneCharacter = delimiter === '' || (delimiter.length === 1 && !'"\r\n'.includes(delimiter));
  if (!isOneCharacter || (delimiter !== '' && workbook !== undefined)) throw notAllowed('delimiter', delimiter);
  const isThere = sheet === '' || (workbook?.sheets.some(({ name }) => name === sheet) ?? false);
  if (!isThere) throw notAllowed('sheet', sheet);
  if (headerRow < NO_HEADER) throw notAllowed('headerRow', String(headerRow));
}

/** The header row of a file that has none. */
const NO_HEADER = -1;

function notAllowed(field: keyof AnalysisOverride, text: string): DomainError {
  return validation('VALUE_NOT_ALLOWED', { text, field }, field);
}

/** How many rows are shown at once, before there is a plan (PRE-001). */
export const PREVIEW_ROWS = 200;

/**
 * Gathers, in a second reading, what the first could not tell: the order of date columns that hold both, or none, and
 * the first rows.
 */
export class AnalysisGathering {
  readonly preview: FileRow[] = [];
  private readonly proofs: ReadonlyMap<number, DateOrderProof>;

  constructor(private readonly facts: FileFacts) {
    const open = facts.columns.filter(({ dateOrder }) => dateOrder === 'MIXED' || dateOrder === 'UNPROVEN');
    this.proofs = new Map(open.map(({ index }) => [index, new DateOrderProof()]));
  }

  /** Whether the rest of the file need not be read. */
  get isDone(): boolean {
    return this.proofs.size === 0 && this.preview.length >= Math.min(PREVIEW_ROWS, this.facts.rows);
  }

  add(row: FileRow): void {
    if (this.preview.length < PREVIEW_ROWS) this.preview.push(row);
    for (const [column, proof] of this.proofs) proof.add(row.cells[column]?.text ?? '');
  }

  dateOrders(): Record<number, string> {
    const orders: Record<number, string> = {};
    for (const column of this.facts.columns) {
      const order = this.orderOf(column);
      if (order !== '') orders[column.index] = order;
    }
    return orders;
  }

  private orderOf({ index, dateOrder }: ColumnFacts): string {
    if (dateOrder === 'DMY') return 'PROVEN_EU';
    if (dateOrder === 'MDY') return 'PROVEN_US';
    const proof = this.proofs.get(index)?.result();
    if (proof === undefined || proof.verdict === 'NOT_NEEDED') return '';
    if (proof.verdict === 'UNPROVEN') return 'UNPROVEN';
    const side = proof.order === 'PROVEN_EU' ? 'EU' : 'US';
    return `${proof.verdict}_${side}`;
  }
}

/** The columns of an analysed file as the mapping needs them. */
export function mappedColumns({ facts, dateOrders }: StoredAnalysis): MappedColumn[] {
  return facts.columns.map(({ index, name, filled, type }) => ({
    column: index,
    header: name,
    filled,
    likelyType: type.value,
    dateOrder: dateOrders[index] ?? '',
  }));
}

/** The findings as the contract shows them (ANA-001, MAP-001). */
export function analysisView(stored: StoredAnalysis, type: ImportType): importsV1.Analysis {
  const { facts } = stored;
  // Until the header row is chosen the names are letters, which say nothing about what a column holds.
  const proposed = facts.question === undefined ? proposeMapping(mappedColumns(stored), type) : [];
  const proposals = new Map(proposed.map((proposal) => [proposal.column, proposal]));
  return {
    findings: findingsOf(facts),
    columns: facts.columns.map((column) => columnView(column, proposals.get(column.index), stored.dateOrders[column.index] ?? '')),
    sheets: (facts.workbook?.sheets ?? []).map(({ name, hidden, filledCells }) => ({ name, hidden, filledCells: filledCells ?? 0 })),
    rows: facts.rows,
    issues: facts.warnings.map(({ code, params }) => toProtoIssue(warning(code, params))),
  };
}

function warning(code: RowIssue['code'], params: RowIssue['params']): RowIssue {
  return { code, severity: 'WARNING', ...(params === undefined ? {} : { params }) };
}

function columnView(column: ColumnFacts, proposal: Proposal | undefined, dateOrder: string): importsV1.ColumnProfile {
  const { index, name, filled, distinct, type, samples } = column;
  return {
    column: index,
    header: name,
    filled,
    distinct: distinct.length,
    likelyType: type.value,
    samples: [...samples],
    target: proposal?.target ?? '',
    confidence: proposal?.confidence ?? 0,
    reason: proposal?.reason ?? '',
    dateOrder: dateOrder === '' ? (column.dateOrder ?? '') : dateOrder,
    notImportable: proposal?.notImportable ?? '',
  };
}

function findingsOf(facts: FileFacts): importsV1.Finding[] {
  const { format, text, workbook, headerRow, rows, columns, blankRows, blankRowsAtEnd } = facts;
  const sure = (name: string, value: number): importsV1.Finding => ({ name, value: String(value), confidence: 1 });
  const one = (name: string, finding: { value: string | number; confidence: number } | undefined): importsV1.Finding[] =>
    finding === undefined ? [] : [{ name, value: String(finding.value), confidence: finding.confidence }];
  return [
    ...one('format', format),
    ...one('encoding', text?.encoding),
    ...one('delimiter', text?.delimiter),
    ...one('quote', text?.quote),
    ...one('lineEnd', text?.lineEnd),
    ...one('sheet', workbook?.sheet),
    ...one('headerRow', headerRow),
    sure('rows', rows),
    sure('columns', columns.length),
    sure('blankRows', blankRows),
    sure('blankRowsAtEnd', blankRowsAtEnd),
  ];
}

/** Where a row stands, for issues and ledgers (FIL-013): the line, or the sheet and its row. */
export function placeInFile(facts: FileFacts, row: Pick<FileRow, 'line'>): { line: number; sheet: string } {
  return { line: row.line, sheet: facts.workbook?.sheet.value ?? '' };
}

/** `C12`, or empty for a text file (FIL-013). */
export function cellAddress(sheet: string, column: number, line: number): string {
  return sheet === '' || column < 0 ? '' : `${columnLetters(column)}${line}`;
}

