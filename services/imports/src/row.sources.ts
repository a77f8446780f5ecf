import type { targetsV1 } from '@caseledger/contracts';
import type { ReadOptions } from '@caseledger/fields';
import { readRows, unguard, type FileRow } from '@caseledger/tabular';
import { factsOf } from './file/analyse.js';
import { encodeRows, fileRows, type EncodedRows } from './file/file-rows.js';
import { retryColumns } from './file/mapping.js';
import { readAside } from './file/read-aside.js';
import { decodeRows } from './file/row-objects.js';
import { reorderCells, toRow } from './file/row-reading.js';
import type { ImportContext } from './import.context.js';
import type { Attempt } from './import/import.js';
import { copyFile } from './objects/file-copy.js';
import { objectsWithRows, placeOf } from './objects/manifest.js';
import { columnsOf, readAnalysis, type Mapped } from './plan.inputs.js';
import { alreadyApplied, latestAttempts, retryable } from './projections/ledger.queries.js';
import { configOfPlan } from './projections/plan.queries.js';

/*
 * Where the rows of a plan come from: the file, a corrected file uploaded again, or rows of earlier attempts. Each
 * gives batches of rows in file order, the same at each reading.
 */

interface Reading {
  readonly context: ImportContext;
  readonly tenant: string;
  readonly state: Mapped;
  readonly options: ReadOptions;
  readonly signal: AbortSignal;
}

/** The rows of an attempt's plan; without an attempt those of the whole file. */
export function rowsToPlan(reading: Reading, attempt: Attempt | undefined): AsyncGenerator<EncodedRows> {
  if (attempt === undefined) return rowsOfFile(reading);
  return attempt.source.kind === 'FILE'
    ? rowsOfCorrectedFile(reading, attempt.source.importId)
    : rowsOfEarlierAttempts(reading, attempt);
}

async function* rowsOfFile({ context, tenant, state, options, signal }: Reading): AsyncGenerator<EncodedRows> {
  const { facts } = await readAnalysis(context, tenant, state);
  const copy = await copyFile(context, { tenant, importId: state.importId, sha256: state.file.sha256 });
  try {
    const reading = { path: copy.path, facts, columns: columnsOf(state), options };
    yield* context.readThread === undefined ? fileRows(reading, signal) : readAside(context.readThread, reading, signal);
  } finally {
    await copy.remove();
  }
}

/** Rows keep the numbers and columns of the first file; those applied before are marked, and told as such (LED-007). */
async function* rowsOfCorrectedFile(reading: Reading, uploadId: string): AsyncGenerator<EncodedRows> {
  const { context, tenant, state, options, signal } = reading;
  const upload = await context.commands.load(tenant, uploadId);
  if (upload.status === 'NONE' || upload.file === undefined) return;
  const first = await readAnalysis(context, tenant, state);
  const copy = await copyFile(context, { tenant, importId: uploadId, sha256: upload.file.sha256 });
  try {
    const facts = await factsOf(copy.source, upload, context.limits, signal);
    const names = facts.columns.map(({ name }) => name);
    const columnOf = first.facts.columns.map(({ name }) => names.indexOf(name));
    const rowColumn = retryColumns(names)?.rowColumn ?? -1;
    const sheet = facts.workbook?.sheet.value ?? '';
    const columns = columnsOf(state);
    for await (const rows of readRows(copy.source, facts, { signal })) {
      const numbered = rows
        .filter(({ blank }) => !blank)
        .map((row) => ({ row, number: Number(row.cells[rowColumn]?.text.trim()) }));
      const numbers = numbered.map(({ number }) => number);
      const applied = await context.store.transaction(tenant, (tx) => alreadyApplied(tx, state.importId, numbers));
      const marked = numbered.map(({ row, number }) => ({
        ...toRow(reorderCells(unguarded(row), columnOf), { row: number, line: row.line, sheet }, columns, options),
        appliedBefore: applied.has(number),
      }));
      yield encodeRows(marked);
    }
  } finally {
    await copy.remove();
  }
}

/** Rows as the attempt that tried them last had normalised and stored them. */
async function* rowsOfEarlierAttempts({ context, tenant, state }: Reading, attempt: Attempt): AsyncGenerator<EncodedRows> {
  const { importId } = state;
  const numbers = await context.store.transaction(tenant, (tx) =>
    retryable(tx, importId, attempt.selection, state.analysis.rows),
  );
  const configs = new Map<number, string>();
  for (let at = 0; at < numbers.length; at += BATCH_ROWS) {
    const batch = numbers.slice(at, at + BATCH_ROWS);
    yield encodeRows(await readStoredRows(context, tenant, importId, batch, configs));
  }
}

const BATCH_ROWS = 500;

/**
 * Reads rows out of the objects of the attempts that tried them last; rows that were never tried come from the first.
 * `configs` remembers which objects belong to an attempt. Rows come in the order of `numbers`.
 */
export async function readStoredRows(
  context: Pick<ImportContext, 'store' | 'objects'>,
  tenant: string,
  importId: string,
  numbers: readonly number[],
  configs: Map<number, string> = new Map(),
): Promise<targetsV1.Row[]> {
  const wanted = await context.store.transaction(tenant, async (tx) => {
    const attempts = await latestAttempts(tx, importId, numbers);
    const byConfig = new Map<string, number[]>();
    for (const number of numbers) {
      const attempt = attempts.get(number) ?? 1;
      const config = configs.get(attempt) ?? (await configOfPlan(tx, importId, attempt));
      if (config === undefined) continue;
      configs.set(attempt, config);
      byConfig.set(config, [...(byConfig.get(config) ?? []), number]);
    }
    const objects = [];
    for (const [config, rows] of byConfig) {
      for (const entry of await objectsWithRows(tx, config, 'rows', rows)) objects.push({ entry, rows: new Set(rows) });
    }
    return objects;
  });
  const found = new Map<number, targetsV1.Row>();
  for (const { entry, rows } of wanted) {
    const bytes = await context.objects.get(tenant, importId, placeOf(entry), entry.sha256);
    for (const row of decodeRows(bytes)) if (rows.has(row.row)) found.set(row.row, row);
  }
  return numbers.flatMap((number) => found.get(number) ?? []);
}

function unguarded(row: FileRow): FileRow {
  return { ...row, cells: row.cells.map((cell) => ({ ...cell, text: unguard(cell.text) })) };
}
