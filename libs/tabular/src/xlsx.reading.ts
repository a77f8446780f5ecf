import { notFound, validation } from '@caseledger/errors';
import type { ByteSource } from './byte.source.js';
import type { SheetFacts, WorkbookFacts } from './file.facts.js';
import type { TabularLimits } from './file.limits.js';
import { filledWidth } from './header.row.js';
import type { RawRow } from './raw.row.js';
import { openArchive, type XlsxArchive } from './xlsx.archive.js';
import { xlsxRows, type SheetContext } from './xlsx.rows.js';
import { readSharedStrings } from './xlsx.strings.js';
import { readStyles } from './xlsx.styles.js';
import { readWorkbook, type Workbook } from './xlsx.workbook.js';

/** An open workbook: its sheets, what its cells refer to, and their rows. */
export interface WorkbookReading {
  readonly workbook: Workbook;
  /** The rows of a sheet. Throws `NOT_FOUND` if there is no sheet of this name. */
  rows(sheet: string): AsyncGenerator<RawRow[]>;
  close(): void;
}

/** Opens a workbook; the caller closes it. Throws the refusals of FIL-008. */
export async function openWorkbook(source: ByteSource, limits: TabularLimits, signal?: AbortSignal): Promise<WorkbookReading> {
  const archive = await openArchive(source, limits, signal);
  try {
    const workbook = await readWorkbook(archive);
    const strings = await readSharedStrings(archive, workbook.stringsPart, limits);
    const styles = await readStyles(archive, workbook.stylesPart);
    const context = { strings, styles, epoch: workbook.epoch, limits };
    return {
      workbook,
      rows: (sheet) => sheetRows(archive, workbook, sheet, { ...context, budget: { cellsLeft: limits.unpackedCellsMax } }),
      close: () => archive.close(),
    };
  } catch (error) {
    archive.close();
    throw error;
  }
}

function sheetRows(archive: XlsxArchive, workbook: Workbook, name: string, context: SheetContext): AsyncGenerator<RawRow[]> {
  const sheet = workbook.sheets.find((candidate) => candidate.name === name);
  if (sheet === undefined) throw notFound();
  return xlsxRows(archive, sheet.part, context);
}

/**
 * Chooses the sheet (ANA-005): the one named, else the visible one with most filled cells. A hidden or empty sheet is
 * never chosen alone: without a visible cell this is `FILE_EMPTY`.
 */
export async function chooseSheet(reading: WorkbookReading, chosen: string | undefined, limits: TabularLimits): Promise<WorkbookFacts> {
  const { sheets, epoch } = reading.workbook;
  if (chosen !== undefined) {
    if (!sheets.some(({ name }) => name === chosen)) throw notFound();
    return { sheets: sheets.map(({ name, hidden }) => ({ name, hidden })), sheet: { value: chosen, confidence: 1 }, epoch };
  }
  const onlyVisible = sheets.filter(({ hidden }) => !hidden);
  // One visible sheet needs no counting; whether it is empty shows when it is read.
  if (onlyVisible.length === 1 && onlyVisible[0] !== undefined) {
    return { sheets: sheets.map(({ name, hidden }) => ({ name, hidden })), sheet: { value: onlyVisible[0].name, confidence: 1 }, epoch };
  }
  const counted: SheetFacts[] = [];
  let cells = 0;
  for (const { name, hidden } of sheets) {
    const filledCells = hidden ? undefined : await countFilled(reading, name);
    cells += filledCells ?? 0;
    if (cells > limits.unpackedCellsMax) throw validation('FILE_UNPACKED_TOO_LARGE', { limit: `${limits.unpackedCellsMax.toLocaleString('en-US')} cells` });
    counted.push(filledCells === undefined ? { name, hidden } : { name, hidden, filledCells });
  }
  const visible = counted.filter(({ filledCells }) => filledCells !== undefined && filledCells > 0);
  const [best, second] = visible.toSorted((a, b) => (b.filledCells ?? 0) - (a.filledCells ?? 0));
  if (best === undefined) throw validation('FILE_EMPTY');
  const share = (best.filledCells ?? 0) / ((best.filledCells ?? 0) + (second?.filledCells ?? 0));
  return { sheets: counted, sheet: { value: best.name, confidence: Math.round(share * 100) / 100 }, epoch };
}

/** Whether any sheet, hidden ones included, has a cell that holds something. */
export async function holdsRows(reading: WorkbookReading): Promise<boolean> {
  for (const { name } of reading.workbook.sheets) {
    for await (const rows of reading.rows(name)) {
      if (rows.some((row) => filledWidth(row) > 0)) return true;
    }
  }
  return false;
}

async function countFilled(reading: WorkbookReading, sheet: string): Promise<number> {
  let filled = 0;
  for await (const rows of reading.rows(sheet)) {
    for (const row of rows) {
      for (const cell of row.cells) if (cell.text.length > 0 || cell.kind !== undefined) filled += 1;
      if (filledWidth(row) > row.cells.length) filled += 1;
    }
  }
  return filled;
}
