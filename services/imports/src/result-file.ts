import type { importsV1, targetsV1 } from '@caseledger/contracts';
import { isCode, issueMessage, messageFor, refused, type Code, type RowIssue } from '@caseledger/errors';
import { columnLetters, csvWriter, xlsxWriter } from '@caseledger/tabular';
import type { ImportContext } from './import.context.js';
import { readAnalysis } from './plan.inputs.js';
import type { ImportView } from './projections/import-view.js';
import { EVERY_ROW, listLedger, type LedgerRow } from './projections/ledger.queries.js';
import { ledgerEntry } from './row-entries.js';
import { readStoredRows } from './row.sources.js';
import { shownRow, type Hiding } from './sensitive.js';

/*
 * The three result files: succeeded, failed, not applied (LED-005, LED-006). Their rows add up to the rows read; each
 * holds the original columns in original order with the original text.
 */

export type ResultKind = 'SUCCEEDED' | 'FAILED' | 'NOT_APPLIED';
export type ResultFormat = 'CSV' | 'XLSX';

const PAGE_ROWS = 500;

/** What stands before the original columns. A failed file uploaded again is recognised by the first two (LED-007). */
const OWN_COLUMNS: Readonly<Record<ResultKind, readonly string[]>> = {
  SUCCEEDED: ['_import', '_row', '_outcome', '_records'],
  FAILED: ['_import', '_row', '_error_code', '_error', '_suggestion'],
  NOT_APPLIED: ['_import', '_row', '_reason', '_explanation'],
};

const TYPES: Readonly<Record<ResultFormat, string>> = {
  CSV: 'text/csv; charset=utf-8',
  XLSX: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

const CHUNK_BYTES = 256 * 1024;

/** A result file, piece by piece; the first piece names it. @throws DomainError FILE_EXPIRED when the text is gone. */
export async function* resultFile(
  context: ImportContext,
  tenant: string,
  view: ImportView,
  { kind, format, hiding }: { readonly kind: ResultKind; readonly format: ResultFormat; readonly hiding: Hiding },
): AsyncGenerator<importsV1.FileChunk> {
  if (!view.file.kept) throw refused('FILE_EXPIRED', view.file.removedOn === '' ? {} : { date: view.file.removedOn });
  const state = await context.commands.load(tenant, view.id);
  const { facts } = await readAnalysis(context, tenant, state);
  const headers = facts.columns.map(({ name }) => name);
  const rows = resultRows(context, tenant, view, { kind, headers, hiding });
  const header = [...OWN_COLUMNS[kind], ...headers];
  const base = view.file.name.replace(/\.[A-Za-z]{1,5}$/, '');
  const name = `${base}-${kind.toLowerCase().replace('_', '-')}.${format.toLowerCase()}`;
  const pieces =
    format === 'XLSX'
      ? xlsxWriter({ header, onCellTooLong: (text) => text.slice(0, 32_000) })(rows)
      : csvWriter({ delimiter: facts.text?.delimiter.value ?? ',', bom: true })(withHeader(header, rows));
  yield { name, contentType: TYPES[format], bytes: Buffer.alloc(0) };
  yield* inChunks(pieces);
}

/** The uploaded bytes as they came (FIL-006). */
export async function* originalFile(view: ImportView, bytes: AsyncIterable<Buffer>): AsyncGenerator<importsV1.FileChunk> {
  if (!view.file.kept) throw refused('FILE_EXPIRED', view.file.removedOn === '' ? {} : { date: view.file.removedOn });
  yield { name: view.file.name, contentType: 'application/octet-stream', bytes: Buffer.alloc(0) };
  yield* inChunks(bytes);
}

async function* inChunks(pieces: AsyncIterable<Buffer>): AsyncGenerator<importsV1.FileChunk> {
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length; at += CHUNK_BYTES) yield { name: '', contentType: '', bytes: piece.subarray(at, at + CHUNK_BYTES) };
  }
}

async function* withHeader(header: string[], rows: AsyncIterable<string[]>): AsyncGenerator<string[]> {
  yield header;
  yield* rows;
}

interface Told {
  readonly kind: ResultKind;
  readonly headers: readonly string[];
  readonly hiding: Hiding;
}

async function* resultRows(context: ImportContext, tenant: string, view: ImportView, told: Told): AsyncGenerator<string[]> {
  const configs = new Map<number, string>();
  const rowsOfFile = view.endedAs === 'CANCELLED' ? (view.analysis?.rows ?? 0) : 0;
  for (let afterRow = 0; ; ) {
    const page = { first: PAGE_ROWS, afterRow, rowsOfFile };
    const entries = await context.store.transaction(tenant, (tx) => listLedger(tx, view.id, EVERY_ROW, page));
    const last = entries.at(-1);
    if (last === undefined) return;
    const wanted = entries.filter(({ outcome }) => kindOf(outcome) === told.kind);
    const numbers = wanted.map(({ row }) => row);
    const stored = numbers.length === 0 ? [] : await readStoredRows(context, tenant, view.id, numbers, configs);
    const rowOf = new Map(stored.map((row) => [row.row, row]));
    for (const entry of wanted) yield line(view.id, entry, rowOf.get(entry.row), told);
    afterRow = last.row;
  }
}

function kindOf(outcome: string): ResultKind {
  if (outcome === 'FAILED') return 'FAILED';
  return outcome === 'SKIPPED' ? 'NOT_APPLIED' : 'SUCCEEDED';
}

/** Cells beyond the columns come along: whoever imports the file as it is hears of them again (ROW_TOO_LONG). */
function line(importId: string, entry: LedgerRow, row: targetsV1.Row | undefined, { kind, headers, hiding }: Told): string[] {
  const { cells, ...shown } = shownRow(ledgerEntry(entry, row, { differences: [] }), hiding);
  return [importId, String(entry.row), ...explanation(kind, entry, shown, headers), ...headers.map((_, column) => cells[column] ?? ''), ...cells.slice(headers.length)];
}

type Shown = Pick<importsV1.RowEntry, 'issues' | 'heldFor'>;

function explanation(kind: ResultKind, entry: LedgerRow, { issues, heldFor }: Shown, headers: readonly string[]): string[] {
  switch (kind) {
    case 'SUCCEEDED':
      return [entry.outcome, [...new Set(entry.effects.map(({ record }) => record))].join(' ')];
    case 'NOT_APPLIED':
      return [entry.reason, [reasonText(entry), ...heldFor.map(waitsFor)].join(' ')];
    case 'FAILED': {
      const errors = errorsOf(entry, issues);
      const suggestions = errors.flatMap(({ suggestion }) => (suggestion === undefined || suggestion === '' ? [] : [suggestion]));
      return [errors.map(({ code }) => code).join('; '), errors.map((issue) => message(issue, headers)).join('; '), suggestions.join('; ')];
    }
  }
}

/** The errors of a row in the words of its ledger entry; where only the reason says why it failed, that. */
function errorsOf(entry: LedgerRow, issues: readonly targetsV1.RowIssue[]): RowIssue[] {
  const errors = issues.flatMap((issue) => (issue.severity === 'ERROR' && isCode(issue.code) ? [errorOf(issue, issue.code)] : []));
  if (errors.length > 0 || !isCode(entry.reason)) return errors;
  return [{ code: entry.reason, severity: 'ERROR' }];
}

function errorOf({ column, field, text, suggestion, params }: targetsV1.RowIssue, code: Code): RowIssue {
  return {
    code,
    severity: 'ERROR',
    column,
    params,
    ...(field === '' ? {} : { field }),
    ...(text === '' ? {} : { text }),
    ...(suggestion === '' ? {} : { suggestion }),
  };
}

/** The message with the column it is about (FIL-013). */
function message(issue: RowIssue, headers: readonly string[]): string {
  const place = issue.column === undefined || issue.column < 0 ? '' : `${headers[issue.column] ?? columnLetters(issue.column)}: `;
  return place + issueMessage(issue);
}

/** Who a record of a held row may be, so that whoever decides finds them. */
function waitsFor({ who, key, records }: importsV1.HeldFor): string {
  const same = key === '' ? '' : ` (same ${words(key)})`;
  return `${who} may be ${records.join(' or ')}${same}.`;
}

function words(key: string): string {
  return key.toLowerCase().replaceAll('_', ' ');
}

function reasonText({ reason, match }: LedgerRow): string {
  if (!isCode(reason)) return reason;
  if (match === null) return messageFor(reason);
  const { key, record, earlierRow } = match;
  return messageFor(reason, {
    ...(key === '' ? {} : { key: words(key) }),
    ...(record === '' ? {} : { record }),
    ...(earlierRow === 0 ? {} : { row: earlierRow }),
  });
}
